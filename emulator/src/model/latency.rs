//! How long the service takes: from a request's admission to its departure.
//!
//! Nothing public says how long IMDS takes, so every figure here is a setting. A token that Entra has
//! to be asked for (*cold*) takes longer than one IMDS holds already (*warm*).

use std::time::Duration;

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::Serialize;

use crate::document::friendly;

/// The service times of one VM.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// A token until the first answer with it has departed.
    pub token_cold: ServiceTime,
    /// A token after that.
    pub token_warm: ServiceTime,
    /// Anything else.
    pub other: ServiceTime,
}

/// How one service time is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceTime {
    /// Always the same, at most [`ServiceTime::LONGEST`].
    #[serde(serialize_with = "friendly")]
    Fixed(Duration),
    /// Log-normal, given by two of its percentiles: `0 < p50 <= p99 <= LONGEST`.
    LogNormal {
        /// The median.
        #[serde(serialize_with = "friendly")]
        p50: Duration,
        /// What one in a hundred exceeds.
        #[serde(serialize_with = "friendly")]
        p99: Duration,
    },
}

impl ServiceTime {
    /// No service time is longer: a draw beyond it is cut to it.
    pub const LONGEST: Duration = Duration::from_hours(1);

    /// What half of the draws do not exceed.
    #[must_use]
    pub const fn median(&self) -> Duration {
        match *self {
            ServiceTime::Fixed(time) => time,
            ServiceTime::LogNormal { p50, .. } => p50,
        }
    }

    /// One service time. A fixed one draws nothing from `rng`.
    pub fn draw(&self, rng: &mut dyn Rng) -> Duration {
        match *self {
            ServiceTime::Fixed(time) => time,
            ServiceTime::LogNormal { p50, p99 } => log_normal(p50, p99, rng),
        }
    }
}

/// The standard normal distribution's 99th percentile.
const Z99: f64 = 2.326_347_874_040_841;

fn log_normal(p50: Duration, p99: Duration, rng: &mut dyn Rng) -> Duration {
    let sigma = p99.div_duration_f64(p50).ln() / Z99;
    let z: f64 = StandardNormal.sample(rng);
    let seconds = p50.as_secs_f64() * (sigma * z).exp();
    Duration::try_from_secs_f64(seconds)
        .map_or(ServiceTime::LONGEST, |time| time.min(ServiceTime::LONGEST))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    #[test]
    fn draws_have_the_percentiles_they_were_given() {
        let (p50, p99) = (Duration::from_millis(120), Duration::from_millis(600));
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut draw = || ServiceTime::LogNormal { p50, p99 }.draw(&mut rng);
        let mut drawn: Vec<Duration> = (0..100_000).map(|_| draw()).collect();
        drawn.sort();
        let off = |index: usize, of: Duration| (drawn[index].div_duration_f64(of) - 1.0).abs();
        assert!(off(50_000, p50) < 0.02, "{:?}", drawn[50_000]);
        assert!(off(99_000, p99) < 0.04, "{:?}", drawn[99_000]);
    }

    #[test]
    fn equal_percentiles_are_a_constant() {
        let time = Duration::from_millis(80);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let drawn = ServiceTime::LogNormal {
            p50: time,
            p99: time,
        }
        .draw(&mut rng);
        assert_eq!(drawn, time);
    }

    #[test]
    fn never_draws_longer_than_the_longest() {
        let (p50, p99) = (Duration::from_nanos(1), ServiceTime::LONGEST);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut draw = || ServiceTime::LogNormal { p50, p99 }.draw(&mut rng);
        let longest = (0..10_000).map(|_| draw()).max().unwrap();
        assert_eq!(longest, ServiceTime::LONGEST);
    }
}
