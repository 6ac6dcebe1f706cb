//! The least makespan that the limits allow, whatever a client does. A run that beats it would show
//! that the bound is wrong.
//!
//! It counts what was received: tokens, their service times, and the sessions that got them. A run in which most
//! sessions fail is not held to a bound for all of them.

use std::time::Duration;

use imds_emulator::limit::{Algorithm, CategoryLimits, RateLimit};

use crate::scenario::processor::Cores;

/// The work that a run has done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    /// Tokens that were received.
    pub tokens: u64,
    /// The service times of these tokens together; none where they are not known.
    pub service_time: Option<Duration>,
    /// The longest way of any one session, since the first intended start.
    pub longest_own_path: Duration,
    /// The cores that the sessions share, if their work takes any.
    pub cores: Option<Cores>,
    /// How long these sessions had kept them busy when the last token came.
    pub processor: Duration,
}

/// Lower bounds on the makespan, each for a reason of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// By the limit of requests per window.
    pub rate: Duration,
    /// By the limit of requests at once.
    pub concurrency: Duration,
    /// By the sessions' own starts, pauses, work and service times.
    pub session: Duration,
    /// By the cores that they share.
    pub processor: Duration,
}

impl Bounds {
    /// The bounds for this work under these limits.
    #[must_use]
    pub(crate) fn of(limits: &CategoryLimits, work: &Work) -> Self {
        Self {
            rate: limits
                .rate
                .as_ref()
                .map_or(Duration::ZERO, |limit| by_rate(limit, work.tokens)),
            concurrency: by_concurrency(limits.concurrent, work.service_time),
            session: work.longest_own_path,
            processor: work
                .cores
                .map_or(Duration::ZERO, |cores| by_cores(cores, work.processor)),
        }
    }

    /// The bound that counts: the largest.
    #[must_use]
    pub(crate) fn largest(&self) -> Duration {
        let by_limits = self.rate.max(self.concurrency);
        by_limits.max(self.session).max(self.processor)
    }

    /// Which bound counts.
    #[must_use]
    pub(crate) fn binding(&self) -> &'static str {
        let largest = self.largest();
        match largest {
            _ if largest == self.rate => "rate",
            _ if largest == self.concurrency => "concurrency",
            _ if largest == self.processor => "processor",
            _ => "session",
        }
    }
}

fn by_rate(limit: &RateLimit, tokens: u64) -> Duration {
    let requests = u64::from(limit.requests);
    let windows = match limit.algorithm {
        Algorithm::SlidingWindow => tokens.div_ceil(requests).saturating_sub(1),
        // Two full windows can meet at a boundary of unknown place.
        Algorithm::FixedWindow => tokens.div_ceil(requests).saturating_sub(2),
        Algorithm::TokenBucket | Algorithm::Gcra => return refill(limit, tokens),
    };
    limit
        .window
        .saturating_mul(u32::try_from(windows).unwrap_or(u32::MAX))
}

/// The time in which a full bucket gains what is asked beyond its burst.
fn refill(limit: &RateLimit, tokens: u64) -> Duration {
    let beyond = u128::from(tokens.saturating_sub(limit.largest_burst().into()));
    let ns = beyond * limit.window.as_nanos() / u128::from(limit.requests);
    Duration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX))
}

fn by_concurrency(slots: Option<u32>, service_time: Option<Duration>) -> Duration {
    match (slots, service_time) {
        (Some(slots), Some(service_time)) => service_time / slots,
        _ => Duration::ZERO,
    }
}

fn by_cores(cores: Cores, work: Duration) -> Duration {
    let ns = work.as_nanos() * 1000 / u128::from(cores.thousandths());
    Duration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(algorithm: Algorithm, burst: Option<u32>, tokens: u64) -> Duration {
        let limit = RateLimit {
            algorithm,
            requests: 20,
            window: Duration::from_secs(1),
            burst,
        };
        by_rate(&limit, tokens)
    }

    #[test]
    fn a_sliding_window_is_full_at_once_and_then_every_window() {
        for (tokens, seconds) in [(0, 0), (20, 0), (21, 1), (100, 4), (1000, 49)] {
            let bound = rate(Algorithm::SlidingWindow, None, tokens);
            assert_eq!(bound, Duration::from_secs(seconds), "{tokens}");
        }
    }

    #[test]
    fn two_fixed_windows_can_meet() {
        assert_eq!(rate(Algorithm::FixedWindow, None, 40), Duration::ZERO);
        assert_eq!(
            rate(Algorithm::FixedWindow, None, 41),
            Duration::from_secs(1)
        );
    }

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        assert_eq!(rate(Algorithm::TokenBucket, Some(20), 20), Duration::ZERO);
        assert_eq!(
            rate(Algorithm::TokenBucket, Some(20), 30),
            Duration::from_millis(500)
        );
        assert_eq!(rate(Algorithm::Gcra, Some(1), 21), Duration::from_secs(1));
    }

    #[test]
    fn slots_share_the_service_time() {
        let limits = CategoryLimits {
            rate: None,
            concurrent: Some(5),
        };
        let work = Work {
            tokens: 100,
            service_time: Some(Duration::from_secs(50)),
            ..Work::default()
        };
        let bounds = Bounds::of(&limits, &work);
        assert_eq!(
            (bounds.largest(), bounds.binding()),
            (Duration::from_secs(10), "concurrency")
        );
    }

    #[test]
    fn a_late_session_bounds_the_run() {
        let limits = CategoryLimits {
            rate: None,
            concurrent: None,
        };
        let work = Work {
            tokens: 1,
            longest_own_path: Duration::from_secs(9),
            ..Work::default()
        };
        let bounds = Bounds::of(&limits, &work);
        assert_eq!(
            (bounds.largest(), bounds.binding()),
            (Duration::from_secs(9), "session")
        );
    }

    #[test]
    fn cores_share_the_work() {
        let limits = CategoryLimits {
            rate: None,
            concurrent: None,
        };
        let work = Work {
            tokens: 1,
            longest_own_path: Duration::from_secs(9),
            cores: Cores::of(2.0),
            processor: Duration::from_secs(30),
            ..Work::default()
        };
        let bounds = Bounds::of(&limits, &work);
        assert_eq!(
            (bounds.largest(), bounds.binding()),
            (Duration::from_secs(15), "processor")
        );
    }
}
