//! What the sessions of a run ask.

use imds_client::Endpoint;

/// A service of IMDS, and what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Service {
    pub(super) endpoint: Endpoint,
    /// Where Resource Manager is, if there is one.
    pub(super) manager: Option<String>,
    /// Whether it is the run's own emulator, which gets a header that no other service is to see.
    pub(super) embedded: bool,
}
