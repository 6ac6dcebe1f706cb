//! The counts of a planned fault.

use std::time::Duration;

use serde::Serialize;

use crate::document::{milliseconds, milliseconds_if_any};

/// How often a fault has struck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultReport {
    /// Its name.
    pub name: String,
    /// What it does.
    pub effect: String,
    /// When it begins, since the run's start.
    #[serde(rename = "from_ms", serialize_with = "milliseconds")]
    pub from: Duration,
    /// When it ends, since the run's start; `None` for never.
    #[serde(rename = "until_ms", serialize_with = "milliseconds_if_any")]
    pub until: Option<Duration>,
    /// Requests that it is for, whether it struck them or not.
    pub seen: u64,
    /// Requests that it struck. 0 at the end of a test means that the test did not test it.
    pub struck: u64,
    /// Whether its counts let it strike no more.
    pub used_up: bool,
}
