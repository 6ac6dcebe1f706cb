//! Tokens kept in memory: one request for each token, however many callers want it.
//!
//! The decisions of a [`CachingClient`] are in `entry`, `life` and `lru`, which read no clock. This file
//! drives them: it reads the clock and starts flights. No lock is held across an await.
//!
//! ```
//! use imds_client::{
//!     Answer, CachingClient, Client, Identity, Policy, Request, TokenRequest, Transport,
//!     TransportFailure,
//! };
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! /// Grants the first request a token, and fails every other.
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

mod cached_token;
mod entry;
mod flight;
mod flight_end;
mod life;
mod lru;
mod memory;
mod no_token;
mod source;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use tokio::task::JoinSet;

pub use cached_token::CachedToken;
pub use entry::{Decision, Entry};
#[cfg(feature = "shared-cache")]
pub(crate) use life::refresh_pause;
pub use life::{HALF_LIFE_FROM, Life, MAX_REFRESH_PAUSE, USABLE_MARGIN};
pub use lru::MAX_KEYS;
#[cfg(feature = "shared-cache")]
pub(crate) use no_token::pause_after;
pub use no_token::{LONGEST_PAUSE, NoToken, PAUSE};
pub use source::TokenSource;
pub(crate) use source::acquire_awake;

use crate::client::Client;
use crate::clock::LifeClock;
use crate::transport::HttpTransport;
use crate::wire::{TokenQuery, TokenRequest};
use flight::Flight;
use flight_end::{FlightEnd, FlightReceiver};
use memory::Memory;

/// Hands out tokens from memory, and asks its source for those it does not have.
///
/// - Callers that want the same token at the same time share one request, its token and its failure.
/// - A token is refreshed before it expires: at about half its life if that is two hours or more.
///   Callers get the old token until the new one is received, as long as the old one is valid.
/// - After a failure the source is not asked again until [`NoToken::again_in`] has passed.
/// - At most [`MAX_KEYS`] tokens are kept; the one used least recently is evicted first.
///
/// A call can be dropped at any time: the request runs in a task of its own, for the other callers and
/// the next one. Dropping the client ends those tasks. Calls need a tokio runtime. The life of a token goes on while the
/// machine sleeps.
#[derive(Debug)]
pub struct CachingClient<S = Client<HttpTransport>, R = TokenRequest> {
    source: Arc<S>,
    memory: Memory<R>,
    /// Times in memory are its.
    clock: LifeClock,
    /// Aborted when dropped.
    flights: Mutex<JoinSet<()>>,
}

impl<R: TokenQuery, S: TokenSource<R> + 'static> CachingClient<S, R> {
    /// A cache above a source; it asks nothing yet. The spread of refreshes is drawn from `rng`.
    #[must_use]
    pub fn new(source: S, rng: ChaCha8Rng) -> Self {
        Self::by(LifeClock::start(), source, rng)
    }

    fn by(clock: LifeClock, source: S, rng: ChaCha8Rng) -> Self {
        Self {
            source: Arc::new(source),
            memory: Memory::new(rng),
            clock,
            flights: Mutex::default(),
        }
    }

    /// A token that is valid now: from memory, or as soon as the source has returned one.
    ///
    /// # Errors
    /// Why there is none, and when to ask again; the same for all callers that waited for it.
    ///
    /// # Panics
    /// If the source panics, or if the caller's runtime runs no tasks any more.
    pub async fn token(&self, request: &R) -> Result<CachedToken, NoToken> {
        for _ in 0..LOST_FLIGHTS {
            let mut receiver = match self.look(request) {
                Lookup::Found(result) => return result,
                Lookup::InFlight(receiver) => receiver,
            };
            let end = receiver.wait_for(Option::is_some).await;
            match end.as_deref() {
                Ok(Some(FlightEnd::Result(result))) => return result.clone(),
                Ok(_) => panic!("the source of tokens has panicked"),
                Err(_lost) => {}
            }
        }
        panic!("no task runs to its end in this runtime");
    }

    /// The source below the cache.
    #[must_use]
    pub fn source(&self) -> &S {
        &self.source
    }

    /// What there is in memory for a caller that does not wait, as [`CachingClient::token`] returns it; none: it would have
    /// to wait for the source.
    pub(crate) fn at_once(&self, request: &R) -> Option<Result<CachedToken, NoToken>> {
        let (found, flight) = self.decide(request, false);
        self.start(flight);
        match found? {
            Lookup::Found(result) => Some(result),
            Lookup::InFlight(_) => None,
        }
    }

    /// Answers from memory, or joins the flight for this token, which it starts if there is none.
    fn look(&self, request: &R) -> Lookup {
        let (lookup, flight) = self.decide(request, true);
        self.start(flight);
        lookup.expect("a caller that waits has something to wait for")
    }

    /// What there is for a caller, and a flight that is to be started; nothing for one that does not wait and would have to.
    fn decide(&self, request: &R, waits: bool) -> (Option<Lookup>, Option<Flight<R>>) {
        let now = self.clock.now();
        let mut memory = self.memory.lock();
        let item = if waits {
            memory.tokens.item(request)
        } else if let Some(known) = memory.tokens.known(request) {
            known
        } else {
            return (None, None);
        };
        match item.entry.decide(now, item.flight.is_some()) {
            Decision::Serve(token) => (Some(Lookup::Found(Ok(token))), None),
            Decision::Refuse(failure) => (Some(Lookup::Found(Err(failure))), None),
            Decision::Refresh(token) => {
                let (flight, _) = Flight::registered(&self.memory, request, item);
                (Some(Lookup::Found(Ok(token))), Some(flight))
            }
            Decision::Ask if !waits => (None, None),
            Decision::Ask => {
                if let Some(receiver) = &item.flight {
                    return (Some(Lookup::InFlight(receiver.clone())), None);
                }
                let (flight, receiver) = Flight::registered(&self.memory, request, item);
                (Some(Lookup::InFlight(receiver)), Some(flight))
            }
        }
    }

    /// Memory is not locked here: a runtime that is shutting down drops the flight at once, which locks
    /// memory.
    fn start(&self, flight: Option<Flight<R>>) {
        let Some(flight) = flight else {
            return;
        };
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        while flights.try_join_next().is_some() {}
        let (source, clock) = (Arc::clone(&self.source), self.clock.clone());
        flights.spawn(async move {
            let time = (&clock, || Duration::ZERO);
            let result = acquire_awake(&*source, flight.request(), time, &mut ()).await;
            flight.end(result, clock.now());
        });
    }
}

/// After so many lost flights a caller panics. A flight is lost when the runtime that it ran in has
/// ended.
const LOST_FLIGHTS: usize = 8;

enum Lookup {
    Found(Result<CachedToken, NoToken>),
    InFlight(FlightReceiver),
}

#[cfg(test)]
mod tests;
