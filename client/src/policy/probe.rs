//! A request that comes before the first attempt, to see whether IMDS is there.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::{Deserialize, Deserializer, Serialize};

use super::matcher::StatusRange;

/// A first request without the header `Metadata`, which IMDS refuses with a 400 (documented).
///
/// Only the listed statuses let the operation go on, at once. A token ends it well; anything else ends it without a
/// retry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Statuses that let the operation go on: `"400"`; at least one.
    #[serde(deserialize_with = "at_least_one")]
    pub statuses: Vec<StatusRange>,
    /// The longest that it may take; `None` leaves it to the policy's `attempt_timeout`.
    #[serde(
        default,
        with = "compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub timeout: Option<Duration>,
}

impl Probe {
    /// Whether the operation goes on after an answer with this status.
    #[must_use]
    pub fn passes(&self, status: u16) -> bool {
        self.statuses.iter().any(|range| range.contains(status))
    }
}

fn at_least_one<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<StatusRange>, D::Error> {
    let statuses = Vec::deserialize(from)?;
    if statuses.is_empty() {
        let problem = "expected at least one status that lets the operation go on";
        return Err(serde::de::Error::custom(problem));
    }
    Ok(statuses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_nothing_passes_is_refused() {
        let error = toml::from_str::<Probe>("statuses = []").expect_err("it never goes on");
        assert!(
            error.to_string().contains("expected at least one status"),
            "{error}"
        );
    }
}
