//! A broker: answers as IMDS does to programs that cannot be changed, with a cache, single flight and
//! pacing behind it.
//!
//! A program that runs with `AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:PORT` sends the [`Broker`]
//! what it would send to IMDS. The broker answers a request for a token from memory, or by one request to IMDS
//! for all callers that wait for this token: those whose requests have the same parameters with the same
//! values, known to the broker or not. It keeps what IMDS answered to `/metadata/instance` for a second, likewise.
//! It forwards every other request beneath `/metadata`, at the same pace: other endpoints, and requests for
//! tokens that ask for a new one (`bypass_cache`, claims) or that lack something. IMDS validates those, not the
//! broker.
//!
//! Where IMDS refuses, the broker waits and retries by its policy, instead of its clients. A client waits
//! for [`BrokerSettings::max_wait`] at most. A request for a token then continues, for the next client that
//! asks for it.
//!
//! **Every program that can connect gets tokens**, as from IMDS itself: on a loopback address, every user
//! of the machine. The broker keeps out web pages. A request must have the `Metadata` header (or that of
//! App Service) and no `Origin`, and its `Host` must be an address, `localhost` or an allowed name, since
//! another name can be made to resolve to this machine (DNS rebinding).

mod app_service;
mod asked_token;
mod backend;
mod connections;
mod counts;
mod guard;
mod head;
mod listen;
mod path;
mod port;
mod recent;
mod relay;
mod reply;
mod response;
mod route;
mod seen;
mod settings;
mod shared_answers;
mod unanswered;
mod upstream;

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tokio::net::TcpListener;

pub use asked_token::AskedToken;
pub use counts::Counts;
pub use listen::listen;
pub use seen::{busy, seen};
pub use settings::BrokerSettings;
pub use upstream::Upstream;

use crate::cache::TokenSource;
use crate::client::Client;
use crate::policy::Policy;
#[cfg(feature = "shared-cache")]
use crate::shared::{SharedCache, SharingClient};
use crate::transport::Transport;
use backend::Backend;
use head::Head;
use response::BrokerResponse;
use route::Route;

/// The path of App Service's token endpoint, for `IDENTITY_ENDPOINT`.
pub const APP_SERVICE_PATH: &str = app_service::PATH;

/// Answers as IMDS does, out of a cache.
#[derive(Debug)]
pub struct Broker<S, T> {
    backend: Arc<Backend<S, T>>,
    settings: BrokerSettings,
    counts: Arc<Counts>,
}

impl<T: Transport + 'static> Broker<Client<Upstream<T>>, T> {
    /// A broker with a cache in memory; it sends nothing yet. It sends everything through this transport,
    /// which should be a [`Paced`](crate::Paced) one.
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

impl<S: TokenSource<AskedToken> + 'static, T: Transport + 'static> Broker<S, T> {
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
        let client = Client::new(upstream.clone(), Arc::clone(policy), rng());
        let source = source(client, rng());
        let tokens_rng = rng();
        let relay = Client::new(upstream, Arc::clone(policy), rng());
        let backend = Backend::new(source, tokens_rng, relay, &settings, Arc::clone(&counts));
        Self {
            backend: Arc::new(backend),
            settings,
            counts,
        }
    }

    /// Serves until `stop` completes; responses in progress then have five seconds left.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) -> Arc<Counts> {
        let counts = Arc::clone(&self.counts);
        let max_connections = self.settings.max_clients;
        let broker = Arc::new(self);
        let answer = move |head| Arc::clone(&broker).answer(head);
        port::serve(listener, max_connections, answer, stop).await;
        counts
    }

    /// Answers one request.
    async fn answer(self: Arc<Self>, head: Head) -> BrokerResponse {
        self.counts.requests();
        let route = match Route::of(&head, &self.settings) {
            Ok(route) => route,
            Err(rejection) => {
                self.counts.turned_away();
                return reply::rejected(&head, &rejection);
            }
        };
        match route {
            Route::Health => reply::health(&self.counts),
            Route::Token(request) => reply::token(&request, self.backend.token(&request).await),
            Route::AppService(request) => {
                app_service::reply(&request, self.backend.token(&request).await)
            }
            Route::Other(relayed) => reply::relayed(&head, self.backend.relay(relayed).await),
        }
    }
}
