//! The part of a merged result that keeps its sources apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::Peak;
use crate::record::Refusals;
use crate::record::distribution::{CurvePoint, Percentiles};
use crate::result::verdict::Verdict;

/// One of the results that were merged, such as that of one VM.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Source {
    /// Its name: as `merge --name` gave it, or that of its file.
    pub name: String,
    /// Whether all is as expected there.
    pub verdict: Verdict,
    /// The expectations that are not met there, with what was found.
    pub not_met: Vec<String>,
    /// The seed of its random streams.
    pub seed: u64,
    /// Where its sessions asked; null: an emulator of the run's own, or virtual time.
    pub target: Option<String>,
    /// The command that plays the same again; null: the run was not made by a command.
    pub replay: Option<String>,
    /// All sessions, those in the background left out.
    pub sessions: u64,
    /// Those whose every step succeeded.
    pub succeeded: u64,
    /// Succeeded by total.
    pub success_ratio: f64,
    /// Requests for tokens.
    pub attempts: u64,
    /// Those refused, by limiter.
    pub refused: Refusals,
    /// From the intended start of every connect to its token; null where a percentile is "never".
    pub time_to_token_ms: Percentiles,
    /// Its percentile curve.
    pub time_to_token_curve: Vec<CurvePoint>,
    /// From the first intended start to the last token; null if there was none.
    pub makespan_ms: Option<f64>,
    /// The most at once.
    pub peak: Peak,
    /// Whether the generator itself was the bottleneck.
    pub generator_late: bool,
    /// Connections that the system dropped; null: it is not known.
    pub connections_dropped: Option<u64>,
    /// Whether the run was ended before its sessions were.
    pub cut_short: bool,
}

/// A part of a merged result that is no sum of those of its sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct NoSum {
    /// The paths.
    pub paths: Vec<String>,
    /// What stands there, in words.
    pub instead: String,
}
