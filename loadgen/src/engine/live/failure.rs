//! Why there is no run in real time.

use imds_client::SharedCacheError;
use imds_emulator::StartError;
use thiserror::Error;

/// Why a scenario could not be run in real time.
#[derive(Debug, Error)]
pub(crate) enum LiveError {
    /// The embedded emulator did not start.
    #[error(transparent)]
    Emulator(#[from] StartError),
    /// There is no folder or port for what sessions share: a profile, the queue of a gate, tokens, a broker.
    #[error("cannot set up what sessions share: {0}")]
    Share(#[from] std::io::Error),
    /// The target is not allowed.
    #[error(
        "sessions with an Azure context ask the embedded emulator's Resource Manager: leave --target out, or take a client without one"
    )]
    NoManager,
    /// The queue of a gate cannot be used.
    #[error("cannot queue at a gate: {0}")]
    Gate(#[from] SharedCacheError),
    /// The shared cache cannot be used.
    #[error("cannot share tokens: {0}")]
    Cache(#[source] SharedCacheError),
    /// A session's HTTP client could not be set up.
    #[error("cannot set up an HTTP client: {0}")]
    Client(String),
    /// The system allows too few open files for so many sessions.
    #[error(
        "{sessions} sessions at once need {needed} open files, and the system allows {allowed}: raise the limit (ulimit -n)"
    )]
    Files {
        /// Sessions of the scenario that there can be at once.
        sessions: u32,
        needed: u64,
        /// Files that the system allows.
        allowed: u64,
    },
}
