//! Speaks IMDS to programs that cannot be changed, with a cache, single flight and pacing behind it.
//!
//! A program that is told `AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:PORT` asks the [`Broker`]
//! as it would ask IMDS. A plain request for a token is answered from memory, or by one request to IMDS
//! for all who wait. Whatever else is asked beneath `/metadata` is passed on in turn: other endpoints,
//! and requests for tokens that say more than the cache can know (`bypass_cache`, claims, selectors
//! beyond the documented three). IMDS judges those, not the broker.
//!
//! Where IMDS refuses, the broker waits and asks again as its policy says, instead of its clients. A
//! client is kept waiting for [`BrokerSettings::max_wait`] at most, while the request goes on for
//! whoever asks next.
//!
//! **Whoever can connect gets tokens**, as from IMDS itself: every user of the machine, where it listens
//! on loopback. What it keeps out are pages in a browser: a request must carry the `Metadata` header
//! (or that of App Service), must have no `Origin`, and its `Host` must be an address or `localhost`,
//! since a name can be made to lead anywhere (DNS rebinding).

mod app_service;
mod counts;
mod guard;
mod head;
mod inquiry;
mod port;
mod relay;
mod reply;
mod upstream;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

pub use counts::Counts;
pub use upstream::Upstream;

use crate::cache::{CachingClient, TokenSource};
use crate::client::Client;
use crate::policy::Policy;
#[cfg(feature = "shared-cache")]
use crate::shared::{SharedCache, SharingClient};
use crate::transport::Transport;
use head::Head;
use inquiry::Inquiry;
use reply::Outgoing;

/// How a broker treats its clients.
#[derive(Debug, Clone)]
pub struct BrokerSettings {
    /// So many connections are open at most, and as many requests wait; at least 1.
    pub max_clients: usize,
    /// A client that has waited for so long is answered 503 with a Retry-After. Scheduled events are
    /// waited for longer, since the first request of a day may take two minutes (documented).
    pub max_wait: Duration,
    /// What `X-IDENTITY-HEADER` must be in App Service's protocol.
    pub identity_header: String,
    /// Names that `Host` may be besides addresses and `localhost`.
    pub allowed_hosts: Vec<String>,
}

impl BrokerSettings {
    /// A tenth of what a VM's processes open would do. (Ours.)
    pub const MAX_CLIENTS: usize = 1024;

    /// Shorter than the least time in which a client that is known hangs up: a minute (Go and Rust,
    /// read in their sources).
    pub const MAX_WAIT: Duration = Duration::from_secs(50);
}

/// Where programs ask for App Service's tokens: the path of `IDENTITY_ENDPOINT`.
pub const APP_SERVICE_PATH: &str = app_service::PATH;

/// Answers as IMDS does, out of a cache.
#[derive(Debug)]
pub struct Broker<S, T> {
    tokens: CachingClient<S>,
    relay: Client<Upstream<T>>,
    settings: BrokerSettings,
    /// Places for requests that wait for IMDS.
    places: Arc<Semaphore>,
    counts: Arc<Counts>,
}

impl<T: Transport + 'static> Broker<Client<Upstream<T>>, T> {
    /// A broker with a cache in memory; nothing is asked for yet. All that it sends goes through this
    /// transport, which should be a [`Paced`](crate::Paced) one.
    #[must_use]
    pub fn new(
        transport: T,
        policy: &Arc<Policy>,
        settings: BrokerSettings,
        seed: ChaCha8Rng,
    ) -> Self {
        Self::above(transport, policy, settings, seed, |client, _| client)
    }
}

#[cfg(feature = "shared-cache")]
impl<T: Transport + 'static> Broker<SharingClient<Client<Upstream<T>>>, T> {
    /// As [`Broker::new`], with the tokens shared with other processes of the user.
    #[must_use]
    pub fn sharing(
        transport: T,
        policy: &Arc<Policy>,
        cache: SharedCache,
        settings: BrokerSettings,
        seed: ChaCha8Rng,
    ) -> Self {
        let share = |client, rng| SharingClient::new(client, cache, rng);
        Self::above(transport, policy, settings, seed, share)
    }
}

impl<S: TokenSource + 'static, T: Transport + 'static> Broker<S, T> {
    fn above(
        transport: T,
        policy: &Arc<Policy>,
        settings: BrokerSettings,
        mut seed: ChaCha8Rng,
        source: impl FnOnce(Client<Upstream<T>>, ChaCha8Rng) -> S,
    ) -> Self {
        let mut rng = || ChaCha8Rng::from_rng(&mut seed);
        let counts = Arc::new(Counts::default());
        let upstream = Upstream::new(transport, Arc::clone(&counts));
        let asking = Client::new(upstream.clone(), Arc::clone(policy), rng());
        let source = source(asking, rng());
        Self {
            tokens: CachingClient::new(source, rng()),
            relay: Client::new(upstream, Arc::clone(policy), rng()),
            places: Arc::new(Semaphore::new(settings.max_clients.max(1))),
            settings,
            counts,
        }
    }

    /// Serves until the future is done; answers that are under way then have five seconds left.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) -> Arc<Counts> {
        let counts = Arc::clone(&self.counts);
        port::serve(Arc::new(self), listener, stop).await;
        counts
    }

    /// Answers one request.
    async fn answer(self: Arc<Self>, head: Head) -> Outgoing {
        self.counts.requests();
        let inquiry = match Inquiry::of(&head, &self.settings) {
            Ok(inquiry) => inquiry,
            Err(flaw) => {
                self.counts.turned_away();
                return reply::flawed(&head, &flaw);
            }
        };
        match inquiry {
            Inquiry::Health => reply::health(&self.counts),
            Inquiry::Token(request) => reply::token(&request, self.token(&request).await),
            Inquiry::AppService(request) => {
                app_service::reply(&request, self.token(&request).await)
            }
            Inquiry::Other(relayed) => reply::relayed(&head, self.relayed(relayed).await),
        }
    }
}
