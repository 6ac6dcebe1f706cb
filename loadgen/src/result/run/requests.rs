//! The parts of the result on requests for anything but tokens.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::distribution::Percentiles;
use crate::record::requests::Requests;

/// What was sent, and what came of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RequestsResult {
    /// All requests sent.
    pub sent: u64,
    /// Answered with what was asked for.
    pub granted: u64,
    /// Refused for a limit.
    pub refused: u64,
    /// By HTTP status; "none" where there was no answer.
    pub by_status: BTreeMap<String, u64>,
    /// From sending to answer, of those that were granted.
    pub granted_latency_ms: Percentiles,
}

impl RequestsResult {
    pub(super) fn new(requests: &Requests) -> Self {
        Self {
            sent: requests.sent,
            granted: requests.granted,
            refused: requests.refused,
            by_status: requests.by_status.clone(),
            granted_latency_ms: requests.granted_latency.percentiles(),
        }
    }
}
