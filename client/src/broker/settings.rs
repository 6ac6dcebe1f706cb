//! What a broker can be set to.

use std::time::Duration;

/// How a broker treats its clients.
#[derive(Debug, Clone)]
pub struct BrokerSettings {
    /// The most requests that wait for IMDS at once, at least 1. [`Self::MORE_CONNECTIONS`] more connections are open.
    pub max_clients: usize,
    /// A client that has waited for so long is answered 503 with a Retry-After. A request for scheduled
    /// events waits longer, since the first of a day may take two minutes (documented).
    pub max_wait: Duration,
    /// What `X-IDENTITY-HEADER` must be in App Service's protocol.
    pub identity_header: String,
    /// Names that `Host` may be besides addresses and `localhost`.
    pub allowed_hosts: Vec<String>,
}

impl BrokerSettings {
    /// Connections beyond those that may wait: for `/healthz`, and for the 503 that says that too many wait. (Ours.)
    pub const MORE_CONNECTIONS: usize = 64;

    /// About ten times what the processes of a VM need. (Ours.)
    pub const MAX_CLIENTS: usize = 1024;

    /// Shorter than the shortest timeout of a known client: one minute (Go and Rust, read in their
    /// sources).
    pub const MAX_WAIT: Duration = Duration::from_secs(50);
}
