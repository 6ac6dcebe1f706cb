//! The least makespan that the limits allow, whatever a client does. A run that beats it would show
//! that the bound is wrong.
//!
//! It counts what was received: tokens, their service times, and the sessions that got them. A run in which most
//! sessions fail is not held to a bound for all of them.

mod least;

use std::time::Duration;

use imds_emulator::limit::{Category, Limits, Queue, RateChecked, RetryAfter};

use self::least::{Counted, Demand};
use crate::record::raw::ServiceTimes;
use crate::scenario::processor::Cores;

/// The work that a run has done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    /// Tokens that were received.
    pub tokens: u64,
    /// The service times of these tokens, and of others that were issued; none where they are not known.
    pub service_times: Option<ServiceTimes>,
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
    /// By the limit of requests per window alone, with the service of the last token.
    pub rate: Duration,
    /// By the limit of requests at once alone.
    pub concurrency: Duration,
    /// By both together.
    pub limits: Duration,
    /// By the sessions' own starts, pauses, work and service times.
    pub session: Duration,
    /// By the cores that they share.
    pub processor: Duration,
}

impl Bounds {
    /// The bounds for this work under the limits of a category.
    #[must_use]
    pub(crate) fn of(limits: &Limits, category: Category, work: &Work) -> Self {
        let demand = Demand::new(work.tokens, work.service_times);
        let own = limits.of(category);
        let rate = own.rate.as_ref().map(|limit| (limit, counted(limits)));
        let slots = own.concurrent.filter(|_| work.service_times.is_some());
        Self {
            rate: demand.within(rate, None),
            concurrency: demand.within(None, slots),
            limits: demand.within(rate, slots),
            session: work.longest_own_path,
            processor: work
                .cores
                .map_or(Duration::ZERO, |cores| by_cores(cores, work.processor)),
        }
    }

    /// The same of something that begins so much later; what bounds nothing still does not.
    #[must_use]
    pub(crate) fn later(self, by: Duration) -> Self {
        let later = |bound: Duration| {
            if bound.is_zero() { bound } else { bound + by }
        };
        Self {
            rate: later(self.rate),
            concurrency: later(self.concurrency),
            limits: later(self.limits),
            session: later(self.session),
            processor: later(self.processor),
        }
    }

    /// The larger of each.
    #[must_use]
    pub(crate) fn or_larger(self, other: Self) -> Self {
        Self {
            rate: self.rate.max(other.rate),
            concurrency: self.concurrency.max(other.concurrency),
            limits: self.limits.max(other.limits),
            session: self.session.max(other.session),
            processor: self.processor.max(other.processor),
        }
    }

    /// The bound that counts: the largest.
    #[must_use]
    pub(crate) fn largest(&self) -> Duration {
        self.limits.max(self.session).max(self.processor)
    }

    /// Which bound counts. Of both limits together each alone is named where it suffices.
    #[must_use]
    pub(crate) fn binding(&self) -> &'static str {
        let largest = self.largest();
        match largest {
            _ if largest == self.rate => "rate",
            _ if largest == self.concurrency => "concurrency",
            _ if largest == self.limits => "limits",
            _ if largest == self.processor => "processor",
            _ => "session",
        }
    }
}

fn counted(limits: &Limits) -> Counted {
    let on_arrival = |queue: Queue| queue.rate_checked == RateChecked::Arrival;
    if limits.retry_after == RetryAfter::Reservation || limits.queue.is_some_and(on_arrival) {
        Counted::Before
    } else {
        Counted::AtStart
    }
}

fn by_cores(cores: Cores, work: Duration) -> Duration {
    let ns = work.as_nanos() * 1000 / u128::from(cores.thousandths());
    Duration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use imds_emulator::Config;
    use imds_emulator::limit::CategoryLimits;

    use super::*;

    fn bounds(own: Option<CategoryLimits>, work: &Work) -> (Duration, &'static str) {
        let mut limits = Config::default().vm.limits;
        limits.identity = own.unwrap_or(limits.identity);
        let bounds = Bounds::of(&limits, Category::Identity, work);
        (bounds.largest(), bounds.binding())
    }

    /// So many tokens of so many milliseconds each.
    fn tokens(tokens: usize, service_ms: u64) -> Work {
        let each = std::iter::repeat_n(Duration::from_millis(service_ms), tokens);
        let service_times = ServiceTimes::of(each);
        Work {
            tokens: service_times.tokens,
            service_times: Some(service_times),
            ..Work::default()
        }
    }

    const UNLIMITED: CategoryLimits = CategoryLimits {
        rate: None,
        concurrent: None,
    };

    #[test]
    fn one_limit_is_named_where_it_suffices() {
        let ms = Duration::from_millis;
        assert_eq!(bounds(None, &tokens(41, 100)), (ms(2100), "rate"));
        assert_eq!(bounds(None, &tokens(40, 125)), (ms(1500), "limits"));
        assert_eq!(bounds(None, &tokens(100, 300)), (ms(6000), "concurrency"));
    }

    #[test]
    fn without_limits_a_late_session_bounds_the_run() {
        let work = Work {
            longest_own_path: Duration::from_secs(9),
            ..tokens(1, 100)
        };
        let bound = bounds(Some(UNLIMITED), &work);
        assert_eq!(bound, (Duration::from_secs(9), "session"));
    }

    #[test]
    fn cores_share_the_work() {
        let work = Work {
            longest_own_path: Duration::from_secs(9),
            cores: Cores::of(2.0),
            processor: Duration::from_secs(30),
            ..tokens(1, 100)
        };
        let bound = bounds(Some(UNLIMITED), &work);
        assert_eq!(bound, (Duration::from_secs(15), "processor"));
    }
}
