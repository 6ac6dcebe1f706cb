//! The service times of tokens.

use std::time::Duration;

use imds_emulator::Tally;

/// The service times of tokens that were issued, in sum. Each was drawn before the token was served, so no answer
/// came sooner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServiceTimes {
    /// How many tokens.
    pub tokens: u64,
    /// All of them together.
    pub total: Duration,
    pub shortest: Duration,
    pub longest: Duration,
}

impl ServiceTimes {
    /// Those of all tokens that a VM has issued, those for the background and those that no client got among them. Unknown
    /// where clients got more.
    pub(crate) fn issued(got: u64, tally: &Tally) -> Option<Self> {
        (got <= tally.granted).then_some(Self {
            tokens: tally.granted,
            total: tally.granted_service_time,
            shortest: tally.shortest_service_time,
            longest: tally.longest_service_time,
        })
    }

    /// One of each token.
    pub(crate) fn of(times: impl Iterator<Item = Duration> + Clone) -> Self {
        Self {
            tokens: u64::try_from(times.clone().count()).unwrap_or(u64::MAX),
            total: times.clone().sum(),
            shortest: times.clone().min().unwrap_or_default(),
            longest: times.max().unwrap_or_default(),
        }
    }
}
