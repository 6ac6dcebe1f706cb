//! The retry advice of a refusal.

use std::time::Duration;

use super::settings::RetryAfter;

/// Retry advice: in whole seconds, and in milliseconds.
pub(super) type Advice = (Option<Duration>, Option<Duration>);

impl RetryAfter {
    /// Whether the advice differs by the wait that is left.
    pub(super) fn depends_on_wait(self) -> bool {
        match self {
            RetryAfter::None | RetryAfter::Fixed(_) => false,
            RetryAfter::WholeSeconds | RetryAfter::Exact | RetryAfter::Reservation => true,
        }
    }

    /// The advice to a request that would be admitted after `wait`.
    #[inline]
    pub(super) fn advise(self, wait: Duration) -> Advice {
        match self {
            RetryAfter::None => (None, None),
            RetryAfter::Fixed(wait) => (Some(wait), None),
            RetryAfter::WholeSeconds => (Some(whole_seconds(wait)), None),
            RetryAfter::Exact | RetryAfter::Reservation => {
                (Some(whole_seconds(wait)), Some(whole_milliseconds(wait)))
            }
        }
    }
}

/// Rounded up, at least one.
pub(crate) fn whole_seconds(wait: Duration) -> Duration {
    let rest = u64::from(wait.subsec_nanos() > 0);
    Duration::from_secs((wait.as_secs() + rest).max(1))
}

/// Rounded up, at least one: to a client zero means no advice.
fn whole_milliseconds(wait: Duration) -> Duration {
    const MILLISECOND: Duration = Duration::from_millis(1);
    let rest = wait.subsec_nanos() % 1_000_000;
    let whole = wait.saturating_sub(Duration::from_nanos(rest.into()));
    let rounded_up = if rest > 0 { whole + MILLISECOND } else { whole };
    rounded_up.max(MILLISECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn says_only_what_it_is_set_to() {
        let wait = Duration::from_micros(700_001);
        let second = Some(millis(1000));
        let seven = millis(7000);
        for (setting, advice) in [
            (RetryAfter::None, (None, None)),
            (RetryAfter::Exact, (second, Some(millis(701)))),
            (RetryAfter::WholeSeconds, (second, None)),
            (RetryAfter::Fixed(seven), (Some(seven), None)),
            (RetryAfter::Reservation, (second, Some(millis(701)))),
        ] {
            assert_eq!(setting.advise(wait), advice, "{setting:?}");
        }
    }

    #[test]
    fn rounds_up_and_never_says_nothing() {
        let exact = |wait| RetryAfter::Exact.advise(wait);
        assert_eq!(exact(Duration::ZERO), (Some(millis(1000)), Some(millis(1))));
        assert_eq!(
            exact(millis(2000)),
            (Some(millis(2000)), Some(millis(2000)))
        );
        assert_eq!(
            exact(millis(2001)),
            (Some(millis(3000)), Some(millis(2001)))
        );
    }
}
