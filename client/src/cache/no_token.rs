//! A failure that callers share, with the time until which the source is not asked again.

use std::sync::Arc;
use std::time::Duration;

use rand::{Rng, RngExt};

use crate::error::OperationError;
use crate::outcome::{Outcome, RetryAfter};

/// The pause after a failure without a Retry-After: the window of IMDS's limits, since a refused
/// request is not granted before. (Ours; MSAL for Python takes five seconds.)
pub const PAUSE: Duration = Duration::from_secs(1);

/// The longest pause that a Retry-After can cause. (Ours.)
pub const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Why there is no token, and when to ask again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}; ask again in {:.1} s", again_in.as_secs_f64())]
pub struct NoToken<E = Arc<OperationError>> {
    /// How the last acquisition ended.
    pub error: E,
    /// An earlier call to the cache gets this same failure.
    pub again_in: Duration,
}

impl NoToken {
    pub(super) fn of(error: OperationError, rng: &mut dyn Rng) -> Self {
        let outcome = error.outcome;
        Self::after(&outcome, Arc::new(error), rng)
    }
}

impl<E> NoToken<E> {
    /// An acquisition has ended so. The pause is the service's Retry-After, or [`PAUSE`]; it is lengthened at
    /// random by up to a half, so that the caches of several processes do not ask again together.
    pub fn after(outcome: &Outcome, error: E, rng: &mut dyn Rng) -> Self {
        let again_in = pause_after(outcome).mul_f64(rng.random_range(1.0..1.5));
        Self { error, again_in }
    }
}

/// The service's Retry-After, or a window of its limits.
pub(crate) fn pause_after(outcome: &Outcome) -> Duration {
    asked(outcome).unwrap_or(PAUSE).min(LONGEST_PAUSE)
}

/// The Retry-After of the last answer, in whichever form.
fn asked(outcome: &Outcome) -> Option<Duration> {
    let Outcome::Status { retry_after, .. } = outcome else {
        return None;
    };
    let RetryAfter {
        seconds,
        date,
        milliseconds,
    } = *retry_after;
    let asked = seconds.into_iter().chain(date).chain(milliseconds).max();
    asked.filter(|asked| !asked.is_zero())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;
    use crate::outcome::TransportFailure;

    fn pause(outcome: Outcome, seed: u64) -> Duration {
        let error = OperationError::of_one(outcome);
        NoToken::of(error, &mut ChaCha8Rng::seed_from_u64(seed)).again_in
    }

    fn asking(seconds: u64) -> Outcome {
        let retry_after = RetryAfter {
            seconds: Some(Duration::from_secs(seconds)),
            ..RetryAfter::default()
        };
        Outcome::Status {
            status: 503,
            retry_after,
        }
    }

    proptest! {
        #[test]
        fn the_pause_is_as_long_as_the_service_asks_within_reason(asked in 1_u64..10_000, seed: u64) {
            let reasonable = Duration::from_secs(asked).min(LONGEST_PAUSE);
            let pause = pause(asking(asked), seed);
            prop_assert!(pause >= reasonable && pause < reasonable.mul_f64(1.5));
        }

        #[test]
        fn without_a_wish_of_the_service_it_is_a_second_or_a_little_more(seed: u64) {
            for outcome in [asking(0), Outcome::Transport(TransportFailure::Reset)] {
                let pause = pause(outcome, seed);
                prop_assert!(pause >= PAUSE && pause < PAUSE.mul_f64(1.5));
            }
        }
    }
}
