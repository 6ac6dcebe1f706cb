//! The part of the result that tells of the Azure context.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::context::ContextCount;
use crate::record::distribution::Percentiles;

/// What happened to the profile and its file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ContextResult {
    /// Sessions that could not read the file at their start, and went on in memory without a context.
    pub import_degraded: u64,
    /// How often the file was found damaged, and what it held was lost.
    pub file_damaged: u64,
    /// The lock on the file.
    pub lock: LockResult,
}

/// How sessions got the file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LockResult {
    /// How often a session wanted the file.
    pub wanted: u64,
    /// How often one found it open, and slept.
    pub busy: u64,
    /// How often one gave up.
    pub timed_out: u64,
    /// The most sessions that waited for the mutex at once: the convoy.
    pub longest_queue: u64,
    /// From the wish to the open file, or to giving up.
    pub wait_ms: Percentiles,
    /// How long the file was open for writing.
    pub held_ms: Percentiles,
}

impl ContextResult {
    pub(super) fn new(count: &ContextCount) -> Self {
        Self {
            import_degraded: count.import_degraded,
            file_damaged: count.file_damaged,
            lock: LockResult {
                wanted: count.wanted,
                busy: count.busy,
                timed_out: count.timed_out,
                longest_queue: count.longest_queue as u64,
                wait_ms: count.waited.percentiles(),
                held_ms: count.held.percentiles(),
            },
        }
    }
}
