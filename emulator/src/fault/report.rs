//! What has become of a planned fault.

use serde::Serialize;

/// How often a fault has struck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultReport {
    /// Its name.
    pub name: String,
    /// What it does.
    pub effect: String,
    /// Requests that it is for, whether it struck them or not.
    pub seen: u64,
    /// Requests that it struck. 0 at the end of a test means that the test did not test it.
    pub struck: u64,
    /// Whether its counts let it strike no more.
    pub used_up: bool,
}
