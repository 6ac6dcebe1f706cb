//! The part of the result on attempts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::ratio;
use crate::record::distribution::Percentiles;
use crate::record::{GroupRecord, Record, Refusals, RetryCount};

/// What was sent, and what came of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Attempts {
    /// All requests sent.
    pub total: u64,
    /// Requests sent for each token received; null if there was none.
    pub per_token: Option<f64>,
    /// By HTTP status; "none" where there was no answer.
    pub by_status: BTreeMap<String, u64>,
    /// Those refused, by limiter.
    pub refused: Refusals,
    /// By retry index: 0 is the first attempt of an operation; the last one counts all beyond it too.
    pub by_retry_index: BTreeMap<u32, RetryCount>,
}

/// From sending to answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AttemptLatency {
    /// Of attempts that got a token.
    pub granted: Percentiles,
    /// Of attempts that were refused.
    pub refused: Percentiles,
    /// Of all the others.
    pub other: Percentiles,
}

impl Attempts {
    pub(super) fn new(record: &Record) -> Self {
        let total = record.groups.iter().map(|group| group.attempts).sum();
        let tokens = record.groups.iter().map(|group| group.granted).sum();
        Self {
            total,
            per_token: ratio(total, tokens),
            by_status: record.by_status.clone(),
            refused: refused(&record.groups),
            by_retry_index: record.by_retry_index.clone(),
        }
    }
}

impl AttemptLatency {
    pub(super) fn new(record: &Record) -> Self {
        Self {
            granted: record.granted_latency.percentiles(),
            refused: record.refused_latency.percentiles(),
            other: record.other_latency.percentiles(),
        }
    }
}

fn refused(groups: &[GroupRecord]) -> Refusals {
    let all = groups.iter().map(|group| group.refused);
    all.fold(Refusals::default(), Refusals::plus)
}
