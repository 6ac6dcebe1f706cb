//! When a token is refreshed and until when it is handed out.

use std::time::Duration;

use rand::{Rng, RngExt};

/// A token of this life or longer is refreshed at about half of it. (Azure's own clients do so, too:
/// read in azure-identity for Python and in MSAL.)
pub const HALF_LIFE_FROM: Duration = Duration::from_hours(2);

/// A token is not handed out so short before its expiry, so that its receiver can still use it; a tenth
/// of its life if that is less. (Ours.)
pub const USABLE_MARGIN: Duration = Duration::from_secs(30);

/// A token of a shorter life is refreshed so long before its expiry: drawn between these. (Ours; the
/// clients of Azure SDKs require five minutes of remaining life, measured.)
const REFRESH_MARGIN: [Duration; 2] = [Duration::from_mins(5), Duration::from_mins(10)];

/// The longest pause between refreshes that fail while the old token is valid. (Ours.)
pub const MAX_REFRESH_PAUSE: Duration = Duration::from_mins(5);

/// The pause after a refresh that failed when so much of the old token's life was left: a tenth of
/// that.
pub(crate) fn refresh_pause(left: Duration) -> Duration {
    MAX_REFRESH_PAUSE.min(left / 10)
}

/// The times of a token's life, by the clock that its `now` was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// When the next token is asked for.
    pub refresh_at: Duration,
    /// Until when the token is handed out.
    pub usable_until: Duration,
    /// When it expires.
    pub expires_at: Duration,
}

impl Life {
    /// The life of a token that expires after `left`. The time of its refresh is spread at random, so
    /// that clients that started together do not refresh together.
    pub fn begin(now: Duration, left: Duration, rng: &mut dyn Rng) -> Self {
        let expires_at = now.saturating_add(left);
        Self {
            refresh_at: now.saturating_add(refresh_after(left, rng)),
            usable_until: expires_at.saturating_sub(USABLE_MARGIN.min(left / 10)),
            expires_at,
        }
    }
}

fn refresh_after(left: Duration, rng: &mut dyn Rng) -> Duration {
    if left >= HALF_LIFE_FROM {
        return left.mul_f64(rng.random_range(0.45..0.55));
    }
    let share = left.mul_f64(rng.random_range(0.2..0.4));
    let margin = rng.random_range(REFRESH_MARGIN[0]..REFRESH_MARGIN[1]);
    left.saturating_sub(margin.min(share))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    fn life(left: Duration, seed: u64) -> Life {
        let now = Duration::from_secs(7);
        Life::begin(now, left, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    proptest! {
        #[test]
        fn a_token_is_refreshed_while_it_can_be_handed_out(
            left in 1_u64..200_000_000, seed: u64,
        ) {
            let left = Duration::from_millis(left);
            let life = life(left, seed);
            prop_assert!(life.refresh_at < life.usable_until);
            prop_assert!(life.usable_until < life.expires_at);
            prop_assert_eq!(life.expires_at, Duration::from_secs(7) + left);
        }

        #[test]
        fn a_long_life_is_about_half_over_at_its_refresh(hours in 2_u32..48, seed: u64) {
            let left = Duration::from_hours(hours.into());
            let refreshed = life(left, seed).refresh_at.saturating_sub(Duration::from_secs(7));
            prop_assert!(refreshed >= left.mul_f64(0.45) && refreshed < left.mul_f64(0.55));
        }

        #[test]
        fn an_hour_has_five_to_ten_minutes_left_at_its_refresh(seed: u64) {
            let life = life(Duration::from_hours(1), seed);
            let left = life.expires_at.saturating_sub(life.refresh_at);
            prop_assert!(left >= REFRESH_MARGIN[0] && left < REFRESH_MARGIN[1]);
        }
    }

    #[test]
    fn a_fleet_does_not_refresh_in_step() {
        let mut times: Vec<_> = (0..100)
            .map(|seed| life(Duration::from_hours(24), seed))
            .collect();
        times.sort_by_key(|life| life.refresh_at);
        assert!(times[99].refresh_at > times[0].refresh_at + Duration::from_hours(2));
    }
}
