//! The client of a live session, and what it shares with those of others: that of `imds-client token`.

use std::sync::Arc;

use imds_client::{
    Answer, Client, Endpoint, Observer, OperationError, Paced, Pass, Policy, Request, SharedCache,
    SharedCacheError, SharingClient, SingleConnection, Token, TokenRequest, TokenSource, Transport,
    TransportFailure,
};
use rand::rngs::ChaCha8Rng;
use tempfile::TempDir;

use crate::scenario::definition::{Group, Scenario};

/// The folder of the tokens that sessions of a run share, which is removed with this.
#[derive(Debug)]
pub(super) struct CacheFolder(TempDir);

impl CacheFolder {
    /// A folder, if sessions of the scenario share tokens.
    pub(super) fn of(scenario: &Scenario) -> std::io::Result<Option<Self>> {
        let mut options = scenario.groups.iter().filter_map(Group::client_options);
        let shared = options.any(|options| options.shared_cache);
        shared.then(|| TempDir::new().map(Self)).transpose()
    }

    /// The cache for tokens of this service. A session that cannot use it later asks by itself, as a process does.
    pub(super) fn open(&self, service: &Endpoint) -> Result<SharedCache, SharedCacheError> {
        SharedCache::open(self.0.path().join("cache"), service, |_| {})
    }
}

/// A client, with its shared cache if it has one.
#[derive(Debug)]
pub(super) struct SessionClient {
    pub(super) itself: Arc<Client<SessionTransport>>,
    sharing: Option<SharingClient<Arc<Client<SessionTransport>>>>,
}

impl SessionClient {
    /// Its retries are drawn from `retries`, and what sharing draws from `sharing`.
    pub(super) fn new(
        transport: SingleConnection,
        pace: bool,
        (policy, cache): (Arc<Policy>, Option<SharedCache>),
        retries: ChaCha8Rng,
        mut sharing: ChaCha8Rng,
    ) -> Self {
        let transport = match (&cache, pace) {
            (_, false) => SessionTransport::Plain(transport),
            (None, true) => SessionTransport::Paced(Paced::new(transport)),
            (Some(cache), true) => {
                SessionTransport::Paced(Paced::shared(transport, cache, &mut sharing))
            }
        };
        let itself = Arc::new(Client::new(transport, without_memory(policy), retries));
        let sharing = cache.map(|cache| SharingClient::new(Arc::clone(&itself), cache, sharing));
        Self { itself, sharing }
    }

    /// An operation is boxed: of thousands of sessions most wait, and their tasks have no room for it.
    pub(super) async fn token(
        &self,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        match &self.sharing {
            Some(sharing) => Box::pin(sharing.acquire(request, observer)).await,
            None => Box::pin(self.itself.token_observed(request, observer)).await,
        }
    }
}

/// The policy of a client that repeats no failure from memory: each step of a session stands for a process of its own.
fn without_memory(policy: Arc<Policy>) -> Arc<Policy> {
    if policy.replay.is_none() {
        return policy;
    }
    let mut own = Arc::unwrap_or_clone(policy);
    own.replay = None;
    Arc::new(own)
}

/// A connection, paced or not. Thousands of sessions have one in this process.
#[derive(Debug)]
pub(super) enum SessionTransport {
    Plain(SingleConnection),
    Paced(Paced<SingleConnection>),
}

impl Transport for SessionTransport {
    async fn pass(&self, request: &Request) -> Pass {
        match self {
            Self::Plain(transport) => transport.pass(request).await,
            Self::Paced(transport) => transport.pass(request).await,
        }
    }

    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        match self {
            Self::Plain(transport) => transport.send(request).await,
            Self::Paced(transport) => transport.send(request).await,
        }
    }
}
