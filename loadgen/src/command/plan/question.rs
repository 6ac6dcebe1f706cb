//! What is sought: of what, on which scale of whole steps, and how a scenario is changed to a step of it.

use std::time::Duration;

use imds_emulator::document::FriendlyDuration;

use crate::record::distribution::ms;
use crate::result::plan::Sought;
use crate::scenario::arrival::{Arrival, Every};
use crate::scenario::definition::{Group, Scenario};

/// A question: what is sought, of which groups.
#[derive(Clone, Debug)]
pub(in crate::command) struct Question {
    pub(in crate::command) sought: Sought,
    /// What one step is, where steps are lengths of time.
    pub(in crate::command) step: Duration,
    /// The numbers of the groups that are changed.
    pub(in crate::command) groups: Vec<usize>,
}

/// Starts a second go up in steps of a tenth.
const STEPS_PER_START: f64 = 10.0;

impl Question {
    /// Whether it is the most that is sought, and not the least.
    pub(super) fn is_most(&self) -> bool {
        self.sought.is_most()
    }

    /// What a step stands for.
    pub(super) fn value(&self, steps: u32) -> f64 {
        match self.sought {
            // Each group has one at least.
            Sought::Sessions => f64::from(steps).max(count(self.groups.len())),
            Sought::SpreadMs | Sought::IntervalMs => ms(self.step.saturating_mul(steps)),
            Sought::StartsPerSecond => f64::from(steps) / STEPS_PER_START,
        }
    }

    /// The scenario with so much of what is sought.
    pub(in crate::command) fn changed(&self, scenario: &Scenario, steps: u32) -> Scenario {
        let mut changed = scenario.clone();
        match self.sought {
            Sought::Sessions => self.resize(&mut changed, steps),
            Sought::SpreadMs => self.spread(&mut changed, self.step.saturating_mul(steps)),
            Sought::IntervalMs => self.space(&mut changed, self.step.saturating_mul(steps)),
            Sought::StartsPerSecond => {
                let interval = Duration::from_secs_f64(STEPS_PER_START / f64::from(steps.max(1)));
                self.space(&mut changed, interval);
            }
        }
        changed
    }

    /// The same with starts that are each late by a uniformly random part of `jitter`.
    pub(super) fn late(&self, scenario: &mut Scenario, jitter: Duration) {
        for number in &self.groups {
            if let Arrival::Every(every) = &mut scenario.groups[*number].arrival {
                every.jitter = FriendlyDuration(jitter);
            }
        }
    }

    /// Each group gets its part of all sessions, at least one: the parts add up to as many as there are to be.
    fn resize(&self, scenario: &mut Scenario, sessions: u32) {
        let all: u64 = self.of(scenario).map(|group| u64::from(group.count)).sum();
        let (mut before, mut given) = (0, 0);
        for number in &self.groups {
            let group = &mut scenario.groups[*number];
            before += u64::from(group.count);
            let until = before * u64::from(sessions) / all.max(1);
            let part = until.saturating_sub(given).max(1);
            group.count = u32::try_from(part).unwrap_or(u32::MAX);
            given += part;
        }
    }

    fn spread(&self, scenario: &mut Scenario, spread: Duration) {
        for number in &self.groups {
            if let Arrival::Herd(herd) = &mut scenario.groups[*number].arrival {
                herd.spread = FriendlyDuration(spread);
            }
        }
    }

    /// The sessions start one after the other, group by group in the order in which the groups start as they are: none
    /// starts before its group did, and none before the last of the group before it.
    fn space(&self, scenario: &mut Scenario, interval: Duration) {
        let mut at = Duration::ZERO;
        for (number, first) in self.by_start(scenario) {
            let group = &mut scenario.groups[number];
            at = at.max(first);
            group.arrival = Arrival::Every(Every {
                at: FriendlyDuration(at),
                interval: FriendlyDuration(interval),
                jitter: FriendlyDuration::default(),
            });
            at = at.saturating_add(interval.saturating_mul(group.count));
        }
    }

    /// The groups and their first starts, the earliest first.
    fn by_start(&self, scenario: &Scenario) -> Vec<(usize, Duration)> {
        let first = |number: &usize| {
            let start = scenario.groups[*number].arrival.first_start();
            (*number, start.unwrap_or_default())
        };
        let mut groups: Vec<_> = self.groups.iter().map(first).collect();
        groups.sort_by_key(|(_, first)| *first);
        groups
    }

    fn of<'s>(&'s self, scenario: &'s Scenario) -> impl Iterator<Item = &'s Group> {
        self.groups.iter().map(|number| &scenario.groups[*number])
    }
}

fn count(groups: usize) -> f64 {
    u32::try_from(groups).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::result::scenario::from_toml;

    fn scenario(counts: &[u32]) -> Scenario {
        starting(&counts.iter().map(|count| (*count, 0)).collect::<Vec<_>>())
    }

    /// Groups of so many sessions that start after so many seconds.
    fn starting(groups: &[(u32, u64)]) -> Scenario {
        let mut text = "schema = 1\nname = \"groups\"\n".to_owned();
        for (number, (count, at)) in groups.iter().enumerate() {
            let group = format!(
                "[[sessions]]\nname = \"{number}\"\ncount = {count}\narrival = {{ herd = {{ at = \"{at}s\" }} }}\n\
                 client = \"azure-cli\"\nscript = [{{ connect = {{}} }}]\n"
            );
            text.write_str(&group).expect("a string takes it all");
        }
        from_toml("groups.toml", &text).expect("a scenario")
    }

    proptest! {
        #[test]
        fn as_many_sessions_are_played_as_are_answered(counts in prop::collection::vec(1_u32..60, 1..6), sessions in 1_u32..300) {
            let scenario = scenario(&counts);
            let question = Question {
                sought: Sought::Sessions,
                step: Duration::ZERO,
                groups: (0..counts.len()).collect(),
            };
            let sessions = sessions.max(60 * u32::try_from(counts.len()).expect("few"));
            let changed = question.changed(&scenario, sessions);
            prop_assert_eq!(changed.sessions(), sessions);
            prop_assert!((question.value(sessions) - f64::from(sessions)).abs() < 1e-9);
        }

        #[test]
        fn spaced_starts_are_apart_and_no_group_starts_earlier(
            groups in prop::collection::vec((1_u32..30, 0_u64..200), 1..6),
            interval_ms in 1_u64..20_000,
        ) {
            let scenario = starting(&groups);
            let interval = Duration::from_millis(interval_ms);
            let question = Question {
                sought: Sought::IntervalMs,
                step: interval,
                groups: (0..groups.len()).collect(),
            };
            let changed = question.changed(&scenario, 1);
            let mut spans = vec![];
            for (group, (count, at)) in changed.groups.iter().zip(&groups) {
                let start = group.arrival.first_start().expect("it is known");
                prop_assert!(start >= Duration::from_secs(*at));
                spans.push((start, group.arrival.last_start(*count).expect("it is known")));
            }
            spans.sort_unstable();
            for pair in spans.windows(2) {
                prop_assert!(pair[1].0 >= pair[0].1 + interval);
            }
            // As early as that allows: the first one starts with the first group.
            let first = groups.iter().map(|(_, at)| *at).min();
            prop_assert_eq!(Some(spans[0].0), first.map(Duration::from_secs));
        }
    }
}
