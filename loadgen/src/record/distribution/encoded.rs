//! A distribution as a result stores it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lengths of time that other programs can read, and that can be added to those of other results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Encoded {
    /// How many lengths of time it has.
    pub count: u64,
    /// How many there are beside them that are "never".
    pub never: u64,
    /// The shortest, to the microsecond; null: there is none.
    pub min_ms: Option<f64>,
    /// The longest, to the microsecond; null: there is none.
    pub max_ms: Option<f64>,
    /// All lengths in microseconds as an `HdrHistogram` V2, compressed, in base64: from 1 to a day, with three significant
    /// digits; null: there is none.
    pub hdr_v2: Option<String>,
}
