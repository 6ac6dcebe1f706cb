//! When the sessions of a group start: pure functions of the group's size and a random stream.

pub(crate) mod closed;
mod numbers;
pub(crate) mod rate;
pub(crate) mod recording;
pub(crate) mod replay;
pub(crate) mod stages;

use std::time::Duration;

use rand::{Rng, RngExt};
use serde::Deserialize;

use imds_emulator::document::FriendlyDuration;

pub(crate) use self::closed::Closed;
use self::numbers::{is_rate, part_of};
pub(crate) use self::rate::Rate;
pub(crate) use self::replay::Replay;
pub(crate) use self::stages::Stages;

/// How the sessions of one group arrive. All but the last are open: a session starts when it is due,
/// however those before it fare.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arrival {
    /// All at once, or uniformly at random over a spread.
    Herd(Herd),
    /// One after the other at a fixed interval, each with its own jitter, as a scheduler does.
    Every(Every),
    /// Independent of each other at a mean rate.
    Poisson(Poisson),
    /// So many a second, evenly.
    Rate(Rate),
    /// At a rate that changes from stage to stage.
    Stages(Stages),
    /// At recorded times.
    Replay(Replay),
    /// Closed: users, each of which begins a session when the one before has ended.
    Closed(Closed),
}

/// `herd = { at = "0s", spread = "0s" }`
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Herd {
    /// The first instant at which a session may start, since the run's start.
    #[serde(default)]
    pub at: FriendlyDuration,
    /// The sessions start uniformly at random within this length of time; zero: all at once.
    #[serde(default)]
    pub spread: FriendlyDuration,
}

/// `every = { at = "0s", interval = "1s", jitter = "0s" }`
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Every {
    /// When the first session starts, since the run's start.
    #[serde(default)]
    pub at: FriendlyDuration,
    /// From one session's planned start to the next one's.
    pub interval: FriendlyDuration,
    /// Each start is late by a uniformly random part of this.
    #[serde(default)]
    pub jitter: FriendlyDuration,
}

/// `poisson = { at = "0s", per_second = 2.0 }`
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Poisson {
    /// When the process starts, since the run's start.
    #[serde(default)]
    pub at: FriendlyDuration,
    /// Mean number of starts per second, greater than zero.
    pub per_second: f64,
}

impl Arrival {
    /// Their names in scenarios.
    pub(crate) const KINDS: [&str; 7] = [
        "herd", "every", "poisson", "rate", "stages", "replay", "closed",
    ];

    /// When each of `count` sessions starts, since the run's start, earliest first. Of a closed arrival
    /// these are the users' first sessions only.
    pub(crate) fn starts(&self, count: u32, rng: &mut dyn Rng) -> Vec<Duration> {
        let mut starts = match self {
            Self::Herd(herd) => herd.starts(count, rng),
            Self::Every(every) => every.starts(count, rng),
            Self::Poisson(poisson) => poisson.starts(count, rng),
            Self::Rate(rate) => rate.starts(count),
            Self::Stages(stages) => stages.starts(),
            Self::Replay(replay) => replay.starts(rng),
            Self::Closed(closed) => closed.starts(),
        };
        starts.sort_unstable();
        starts
    }

    /// The first instant at which a session may start, since the run's start; none: it starts none.
    pub(crate) fn first_start(&self) -> Option<Duration> {
        match self {
            Self::Herd(herd) => Some(herd.at.0),
            Self::Every(every) => Some(every.at.0),
            Self::Poisson(poisson) => Some(poisson.at.0),
            Self::Rate(rate) => Some(rate.at.0),
            Self::Stages(stages) => stages.first_start(),
            Self::Replay(replay) => replay.first_start(),
            Self::Closed(closed) => Some(closed.at.0),
        }
    }

    /// The last instant at which one of so many sessions may start, or a user may begin one; none: that depends on chance, or on the sessions before it.
    pub(crate) fn last_start(&self, count: u32) -> Option<Duration> {
        let between = count.saturating_sub(1);
        match self {
            Self::Herd(herd) => Some(herd.at.0.saturating_add(herd.spread.0)),
            Self::Every(every) => {
                let last = every.interval.0.saturating_mul(between);
                Some(
                    every
                        .at
                        .0
                        .saturating_add(last)
                        .saturating_add(every.jitter.0),
                )
            }
            Self::Poisson(_) => None,
            Self::Rate(rate) => rate.starts(count).last().copied(),
            Self::Stages(stages) => stages.starts().last().copied(),
            Self::Replay(replay) => replay.last_start(),
            Self::Closed(closed) => closed.until(),
        }
    }

    /// How many sessions it makes, or may make at most, where that follows from it; none: it makes as
    /// many as it is asked for.
    #[must_use]
    pub(crate) fn sessions(&self) -> Option<u32> {
        match self {
            Self::Herd(_) | Self::Every(_) | Self::Poisson(_) => None,
            Self::Rate(rate) => rate.sessions(),
            Self::Stages(stages) => Some(stages.sessions()),
            Self::Replay(replay) => Some(replay.sessions()),
            Self::Closed(closed) => Some(closed.most()),
        }
    }

    #[must_use]
    pub(crate) fn closed(&self) -> Option<&Closed> {
        match self {
            Self::Closed(closed) => Some(closed),
            _ => None,
        }
    }

    /// Its name in scenarios.
    #[must_use]
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Herd(_) => "herd",
            Self::Every(_) => "every",
            Self::Poisson(_) => "poisson",
            Self::Rate(_) => "rate",
            Self::Stages(_) => "stages",
            Self::Replay(_) => "replay",
            Self::Closed(_) => "closed",
        }
    }

    /// What is wrong with the numbers, if anything.
    #[must_use]
    pub(crate) fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Herd(_) | Self::Every(_) | Self::Replay(_) => None,
            Self::Poisson(p) => (!is_rate(p.per_second))
                .then_some("a mean rate per_second greater than zero, at least 1e-9"),
            Self::Rate(rate) => rate.problem(),
            Self::Stages(stages) => stages.problem(),
            Self::Closed(closed) => closed.problem(),
        }
    }
}

impl Herd {
    fn starts(self, count: u32, rng: &mut dyn Rng) -> Vec<Duration> {
        let start = |_| self.at.0.saturating_add(part_of(self.spread.0, rng));
        (0..count).map(start).collect()
    }
}

impl Every {
    fn starts(self, count: u32, rng: &mut dyn Rng) -> Vec<Duration> {
        let start = |i| {
            let planned = self.at.0.saturating_add(self.interval.0.saturating_mul(i));
            planned.saturating_add(part_of(self.jitter.0, rng))
        };
        (0..count).map(start).collect()
    }
}

impl Poisson {
    fn starts(self, count: u32, rng: &mut dyn Rng) -> Vec<Duration> {
        let mut start = self.at.0;
        let mut next = |_| {
            // The gaps of a Poisson process are exponential: inverse transform of a uniform draw.
            let gap_s = -(1.0 - rng.random::<f64>()).ln() / self.per_second;
            start =
                start.saturating_add(Duration::try_from_secs_f64(gap_s).unwrap_or(Duration::MAX));
            start
        };
        (0..count).map(&mut next).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    #[derive(Deserialize)]
    struct Text {
        herd: Option<Herd>,
        every: Option<Every>,
        poisson: Option<Poisson>,
    }

    fn arrival(toml: &str) -> Arrival {
        let text: Text = toml::from_str(toml).expect("a valid arrival");
        let herd = text.herd.map(Arrival::Herd);
        let every = text.every.map(Arrival::Every);
        let poisson = text.poisson.map(Arrival::Poisson);
        herd.or(every).or(poisson).expect("one kind")
    }

    fn starts(toml: &str, count: u32, seed: u64) -> Vec<Duration> {
        arrival(toml).starts(count, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn a_herd_without_spread_starts_at_one_instant() {
        let all = starts(r#"herd = { at = "2s" }"#, 50, 1);
        assert_eq!(all, vec![Duration::from_secs(2); 50]);
    }

    #[test]
    fn every_starts_at_the_interval() {
        let all = starts(r#"every = { at = "1s", interval = "500ms" }"#, 3, 1);
        assert_eq!(all, [1000, 1500, 2000].map(Duration::from_millis));
    }

    #[test]
    fn poisson_keeps_its_mean_rate() {
        let all = starts("poisson = { per_second = 4.0 }", 10_000, 1);
        let rate = 10_000.0 / all[9_999].as_secs_f64();
        assert!((3.8..4.2).contains(&rate), "{rate}");
    }

    #[test]
    fn a_rate_of_nothing_is_refused() {
        for rate in ["0.0", "-1.0", "nan", "inf"] {
            let arrival = arrival(&format!("poisson = {{ per_second = {rate} }}"));
            assert!(arrival.problem().is_some(), "{rate}");
        }
    }

    #[test]
    fn a_rate_next_to_nothing_starts_never_and_does_not_overflow() {
        let all = starts("poisson = { per_second = 1e-300 }", 3, 1);
        assert_eq!(all, [Duration::MAX; 3]);
    }

    proptest! {
        #[test]
        fn a_herd_stays_within_its_spread(seed: u64, spread_ms in 0_u64..100_000) {
            let all = starts(&format!(r#"herd = {{ spread = "{spread_ms}ms" }}"#), 20, seed);
            prop_assert!(all.is_sorted());
            prop_assert!(all[19] <= Duration::from_millis(spread_ms));
        }

        #[test]
        fn every_is_late_by_at_most_its_jitter(seed: u64) {
            let all = starts(r#"every = { interval = "1s", jitter = "300ms" }"#, 10, seed);
            for (start, i) in all.into_iter().zip(0_u64..) {
                let planned = Duration::from_secs(i);
                prop_assert!((planned..=planned + Duration::from_millis(300)).contains(&start));
            }
        }
    }
}
