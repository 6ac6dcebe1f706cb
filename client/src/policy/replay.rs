//! Failures that a client answers again from memory, without a request to the service.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::{Deserialize, Serialize};

use super::matcher::StatusRange;
use crate::outcome::Outcome;

/// Which final failures are kept, and for how long. MSAL for Python keeps every 429 and 5xx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Statuses that are kept.
    #[serde(default)]
    pub statuses: Vec<StatusRange>,
    /// Whether any status with a Retry-After in seconds is kept, too.
    #[serde(default)]
    pub with_retry_after: bool,
    /// For how long, if the answer has no Retry-After in seconds.
    #[serde(with = "compact::required")]
    pub lasts: Duration,
    /// The longest time for a Retry-After.
    #[serde(with = "compact::required")]
    pub longest: Duration,
}

impl Replay {
    /// For how long a final failure is kept; `None` if it is not.
    #[must_use]
    pub fn keeps(&self, outcome: &Outcome) -> Option<Duration> {
        let Outcome::Status {
            status,
            retry_after,
        } = outcome
        else {
            return None;
        };
        let listed = self.statuses.iter().any(|range| range.contains(*status));
        let kept = listed || (self.with_retry_after && retry_after.seconds.is_some());
        let time = retry_after
            .seconds
            .map_or(self.lasts, |asked| asked.min(self.longest));
        (kept && !time.is_zero()).then_some(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{RetryAfter, TransportFailure};

    fn kept(status: u16, seconds: Option<u64>) -> Option<u64> {
        let replay = Replay {
            statuses: vec![
                "429".parse().expect("a status"),
                "500-599".parse().expect("statuses"),
            ],
            with_retry_after: true,
            lasts: Duration::from_secs(5),
            longest: Duration::from_hours(1),
        };
        let retry_after = RetryAfter {
            seconds: seconds.map(Duration::from_secs),
            ..RetryAfter::default()
        };
        let outcome = Outcome::Status {
            status,
            retry_after,
        };
        replay.keeps(&outcome).map(|time| time.as_secs())
    }

    #[test]
    fn keeps_what_is_listed_for_its_time_or_for_retry_after_up_to_the_longest() {
        assert_eq!(kept(429, None), Some(5));
        assert_eq!(kept(503, Some(1)), Some(1));
        assert_eq!(kept(429, Some(9000)), Some(3600));
        assert_eq!(kept(429, Some(0)), None);
    }

    #[test]
    fn keeps_another_status_only_with_a_retry_after() {
        assert_eq!(kept(404, None), None);
        assert_eq!(kept(404, Some(7)), Some(7));
    }

    #[test]
    fn keeps_no_failure_without_an_answer() {
        let replay = Replay {
            statuses: vec![],
            with_retry_after: true,
            lasts: Duration::from_secs(5),
            longest: Duration::from_secs(5),
        };
        let failure = Outcome::Transport(TransportFailure::Reset);
        assert_eq!(replay.keeps(&failure), None);
    }
}
