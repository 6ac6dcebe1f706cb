//! Where a command's token comes from: IMDS, or a cache that the processes of the user share.
#![expect(clippy::disallowed_methods, reason = "a driver: it draws the seeds")]

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use imds_client::{
    Client, Endpoint, HttpTransport, Observer, OperationError, Paced, Policy, SharedCache,
    SharedCacheError, SharingClient, Token, TokenRequest, TokenSource, Transport,
};
use rand::rngs::ChaCha8Rng;

use super::connection::Connection;
use super::output::report;

/// Whether tokens are shared with other processes, and where.
#[derive(Debug, Args)]
pub(super) struct SharedCacheOptions {
    /// Share tokens with other processes of this user, in files that only the user can read
    #[arg(long)]
    shared_cache: bool,
    /// The folder of those files [default: imds-client in the user's folder of caches]
    #[arg(long, value_name = "DIR", requires = "shared_cache")]
    cache_dir: Option<PathBuf>,
}

/// Where tokens come from, and how fast.
#[derive(Debug, Args)]
pub(super) struct TokenOptions {
    #[command(flatten)]
    sharing: SharedCacheOptions,
    /// Ask no faster than IMDS serves, together with the processes of the shared cache if there is one
    #[arg(long)]
    pace: bool,
}

impl TokenOptions {
    /// Gets a token. If the shared cache cannot be used, this writes a warning and continues without
    /// it.
    pub(super) async fn token(
        &self,
        connection: &Connection,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> anyhow::Result<Result<Token, OperationError>> {
        let (endpoint, policy) = (connection.endpoint(), connection.policy()?);
        let cache = self.sharing.open(endpoint);
        let transport = HttpTransport::new(endpoint.clone())?;
        Ok(match (&cache, self.pace) {
            (_, false) => acquire(transport, policy, cache, request, observer).await,
            (None, true) => acquire(Paced::new(transport), policy, cache, request, observer).await,
            (Some(shared), true) => {
                let mut rng: ChaCha8Rng = rand::make_rng();
                let transport = Paced::shared(transport, shared, &mut rng);
                acquire(transport, policy, cache, request, observer).await
            }
        })
    }
}

impl SharedCacheOptions {
    /// The shared cache, if the options want one. If it cannot be used, this writes a warning.
    pub(super) fn open(&self, endpoint: &Endpoint) -> Option<SharedCache> {
        if !self.shared_cache {
            return None;
        }
        let folder = self
            .cache_dir
            .clone()
            .map_or_else(SharedCache::default_folder, Ok);
        let opened = folder.and_then(|folder| SharedCache::open(folder, endpoint, warn));
        opened.map_err(|problem| warn(&problem)).ok()
    }
}

fn warn(problem: &SharedCacheError) {
    report(&format!("warning: {problem}; going on without it"));
}

async fn acquire(
    transport: impl Transport,
    policy: Arc<Policy>,
    cache: Option<SharedCache>,
    request: &TokenRequest,
    observer: &mut (impl Observer + Send),
) -> Result<Token, OperationError> {
    let client = Client::new(transport, policy, rand::make_rng());
    match cache {
        None => client.acquire(request, observer).await,
        Some(cache) => {
            let client = SharingClient::new(client, cache, rand::make_rng());
            client.acquire(request, observer).await
        }
    }
}
