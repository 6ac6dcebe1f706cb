//! Tokens kept in memory: one request for each token, however many callers want it.
//!
//! Everything a [`CachingClient`] decides is in `entry` and `life`, which are given the time; what is
//! here drives them: it reads the clock and starts flights. No lock is held while anything is awaited.
//!
//! ```
//! use imds_client::{
//!     Answer, CachingClient, Client, Identity, Policy, Request, TokenRequest, Transport,
//!     TransportFailure,
//! };
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! /// Grants the first request a token, and fails at every other.
//! #[derive(Default)]
//! struct Once(std::sync::atomic::AtomicBool);
//!
//! impl Transport for Once {
//!     async fn send(&self, _: &Request) -> Result<Answer, TransportFailure> {
//!         if self.0.swap(true, std::sync::atomic::Ordering::Relaxed) {
//!             return Err(TransportFailure::Reset);
//!         }
//!         let body = br#"{"access_token":"a.b.c","expires_in":"86400"}"#.to_vec();
//!         Ok(Answer { status: 200, headers: Vec::new(), body })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = Policy::preset("azure-cli").ok_or("no such preset")?; // it never retries
//! let client = Client::new(Once::default(), policy, ChaCha8Rng::seed_from_u64(1));
//! let client = CachingClient::new(client, ChaCha8Rng::seed_from_u64(2));
//! let request = TokenRequest {
//!     identity: Identity::SystemAssigned,
//!     resource: "https://management.azure.com/".to_owned(),
//! };
//! let (one, other) = tokio::join!(client.token(&request), client.token(&request));
//! assert_eq!(one?.token, other?.token);
//! assert_eq!(client.token(&request).await?.token.access_token, "a.b.c");
//! # Ok(())
//! # }
//! ```
#![expect(clippy::disallowed_methods, reason = "a driver: it reads the clock")]

mod entry;
mod flight;
mod life;
mod no_token;
mod shelf;
mod source;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use entry::Decision;
use flight::Flight;
pub(crate) use life::Life;
#[cfg(feature = "shared-cache")]
pub(crate) use life::refresh_pause;
pub use life::{HALF_LIFE_FROM, MAX_REFRESH_PAUSE, USABLE_MARGIN};
#[cfg(feature = "shared-cache")]
pub(crate) use no_token::pause_after;
pub use no_token::{LONGEST_PAUSE, NoToken, PAUSE};
pub use shelf::MAX_KEYS;
use shelf::Shelf;
pub use source::TokenSource;

use crate::client::Client;
use crate::transport::HttpTransport;
use crate::wire::{Token, TokenRequest};

/// Hands out tokens from memory, and asks its source for those it does not have.
///
/// - Callers who want the same token at the same time share one request, its token and its failure.
/// - A token is refreshed before it expires: at about half its life if that is two hours or more.
///   Until the new one is there, and for as long as it cannot be had, callers get the old one.
/// - After a failure the source is left alone until [`NoToken::again_in`] has passed.
/// - Of at most [`MAX_KEYS`] tokens, those asked for least recently are forgotten first.
///
/// A call can be dropped at any time: the request runs in a task of its own, for the others who wait
/// and for the next who asks. Dropping the client ends those tasks. Calls are made within a tokio
/// runtime. A machine that was suspended may be handed a token that has expired meanwhile, since the
/// clock that tokens are held by stands still then.
#[derive(Debug)]
pub struct CachingClient<S = Client<HttpTransport>> {
    core: Arc<Core<S>>,
    /// Aborted when dropped.
    flights: Mutex<JoinSet<()>>,
}

impl<S: TokenSource + 'static> CachingClient<S> {
    /// A cache above a source; nothing is asked for yet. The spread of refreshes is drawn from `rng`.
    #[must_use]
    pub fn new(source: S, rng: ChaCha8Rng) -> Self {
        let core = Core {
            source,
            began: Instant::now(),
            memory: Mutex::new(Memory {
                shelf: Shelf::default(),
                rng,
            }),
        };
        Self {
            core: Arc::new(core),
            flights: Mutex::default(),
        }
    }

    /// A token that is valid now: from memory, or as soon as the source has one.
    ///
    /// # Errors
    /// Why there is none, and when to ask again; the same for all who waited for it.
    ///
    /// # Panics
    /// If the source did, or if the runtime that it is called in runs no tasks any more.
    pub async fn token(&self, request: &TokenRequest) -> Result<CachedToken, NoToken> {
        for _ in 0..LOST_FLIGHTS {
            let mut landing = match self.look(request) {
                Looked::Found(result) => return result,
                Looked::Asked(landing) => landing,
            };
            let landed = landing.wait_for(Option::is_some).await;
            match landed.as_deref() {
                Ok(Some(Landed::With(result))) => return result.clone(),
                Ok(_) => panic!("the source of tokens has panicked"),
                Err(_lost) => {}
            }
        }
        panic!("no task runs to its end in this runtime");
    }

    /// What the cache asks.
    #[must_use]
    pub fn source(&self) -> &S {
        &self.core.source
    }

    /// Answers from memory, or joins the flight for this token, which it starts if there is none.
    fn look(&self, request: &TokenRequest) -> Looked {
        let (looked, flight) = self.core.look(request);
        if let Some(flight) = flight {
            self.start(flight);
        }
        looked
    }

    /// Memory is not locked here: a runtime that is shutting down drops the flight at once, and it
    /// locks memory then.
    fn start(&self, flight: Flight<S>) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        while flights.try_join_next().is_some() {}
        flights.spawn(flight.run());
    }
}

/// A token from a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedToken {
    /// As it was received, so that its `expires_in` counts from then.
    pub token: Arc<Token>,
    /// Its remaining life; `None` if the service did not say, and then it is not kept.
    pub expires_in: Option<Duration>,
}

/// What all who wait for a flight receive; empty until it has landed, and closed if it is lost since
/// the runtime that it ran in has ended.
type Landing = watch::Receiver<Option<Landed>>;

#[derive(Debug)]
enum Landed {
    With(Result<CachedToken, NoToken>),
    Crashed,
}

/// So many flights are lost to one caller: each to another runtime that ended, or all to its own.
const LOST_FLIGHTS: usize = 8;

enum Looked {
    Found(Result<CachedToken, NoToken>),
    Asked(Landing),
}

/// What calls and flights share.
#[derive(Debug)]
struct Core<S> {
    source: S,
    /// Times in memory count from here.
    began: Instant,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    shelf: Shelf,
    rng: ChaCha8Rng,
}

impl<S: TokenSource> Core<S> {
    /// What there is in memory, and a flight that is to be started.
    fn look(self: &Arc<Self>, request: &TokenRequest) -> (Looked, Option<Flight<S>>) {
        let now = self.now();
        let mut memory = self.memory();
        let slot = memory.shelf.slot(request);
        match slot.entry.decide(now, slot.flight.is_some()) {
            Decision::Serve(token) => (Looked::Found(Ok(token)), None),
            Decision::Refuse(failure) => (Looked::Found(Err(failure)), None),
            Decision::Refresh(token) => {
                let (flight, _) = Flight::booked(self, request, slot);
                (Looked::Found(Ok(token)), Some(flight))
            }
            Decision::Ask => {
                if let Some(landing) = &slot.flight {
                    return (Looked::Asked(landing.clone()), None);
                }
                let (flight, landing) = Flight::booked(self, request, slot);
                (Looked::Asked(landing), Some(flight))
            }
        }
    }
}

impl<S> Core<S> {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
