//! Which sessions of a run leave their story behind: chosen before it starts, by its seed.

use std::time::Duration;

use rand::seq::index;

use crate::engine::schedule::Start;
use crate::engine::streams::Streams;
use crate::record::traces::{SessionTrace, Traces};
use crate::scenario::definition::{Group, Scenario};

/// How many sessions a group counts as that ends by time.
const BY_TIME: u32 = 100;

/// Room for the stories of at most `scenario.traces` sessions: all of them if they are no more, else
/// of every group as many as its share in all sessions, and at least one as long as there is room.
#[must_use]
pub(crate) fn sample(scenario: &Scenario, starts: &[Start], streams: &Streams) -> Traces {
    if scenario.traces == 0 {
        return Traces::default();
    }
    let mut rng = streams.traces();
    let mut room = scenario.traces as usize;
    let mut traces = Vec::new();
    let all = scenario.groups.iter().map(known).sum::<u64>();
    for (group, mut sessions) in scenario.groups.iter().zip(candidates(scenario, starts)) {
        sessions.sort_by_key(|candidate| candidate.session);
        let share = share(scenario.traces, group, all);
        let places = share.min(room).min(sessions.len());
        room -= places;
        if group.planned().is_none() {
            sessions.truncate(places);
        }
        let chosen = index::sample(&mut rng, sessions.len(), places).into_iter();
        traces.extend(chosen.map(|i| sessions[i].untold(&group.name)));
    }
    Traces::of(traces)
}

/// A session that may be chosen.
#[derive(Clone, Copy)]
struct Candidate {
    session: u32,
    at: Duration,
    after_another: bool,
}

impl Candidate {
    fn untold(self, group: &str) -> SessionTrace {
        let trace = SessionTrace::new(self.session, group, self.at);
        if self.after_another {
            trace.after_another()
        } else {
            trace
        }
    }
}

/// Those of each group. All are looked at once, however many groups there are.
fn candidates(scenario: &Scenario, starts: &[Start]) -> Vec<Vec<Candidate>> {
    let mut by_group = vec![Vec::new(); scenario.groups.len()];
    for start in starts {
        by_group[start.group].push(Candidate {
            session: start.session,
            at: start.at,
            after_another: false,
        });
    }
    let mut first = 0;
    for (group, candidates) in scenario.groups.iter().zip(&mut by_group) {
        candidates.extend(later(group, first, candidates.len()));
        first += group.count;
    }
    by_group
}

/// The sessions of a closed group that begin after another one, where `begun` of them do not; `first` is the number of
/// its first session.
fn later(group: &Group, first: u32, begun: usize) -> impl Iterator<Item = Candidate> {
    let begun = u32::try_from(begun).unwrap_or(u32::MAX);
    let closed = group.arrival.closed().into_iter();
    closed.flat_map(move |closed| {
        let later = (first + begun)..(first + group.count);
        later.map(|session| Candidate {
            session,
            at: closed.at.0,
            after_another: true,
        })
    })
}

/// The places of a group by the number of its sessions among all.
fn share(traces: u32, group: &Group, all: u64) -> usize {
    let places = u64::from(traces).min(all);
    let share = (places * known(group) / all).max(1);
    usize::try_from(share).expect("a scenario has fewer sessions than that")
}

/// How many sessions a group is known to have. How many begin by time is not known, so such a group
/// counts as one of a hundred, and leaves the stories of its first sessions.
fn known(group: &Group) -> u64 {
    let planned = group.planned();
    planned.unwrap_or_else(|| group.count.min(BY_TIME)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::schedule::schedule;

    fn chosen(traces: u32, seed: u64) -> Vec<SessionTrace> {
        let text = r#"
            schema = 1
            name = "two"
            [[sessions]]
            name = "many"
            count = 90
            arrival = { herd = { spread = "9s" } }
            client = "azure-cli"
            script = [{ connect = {} }]
            [[sessions]]
            name = "few"
            count = 10
            arrival = { herd = {} }
            client = "azure-cli"
            script = [{ connect = {} }]
        "#;
        let mut scenario =
            Scenario::from_toml("two.toml", text, |_| |_: &str| Ok(())).expect("a valid scenario");
        (scenario.traces, scenario.seed) = (traces, seed);
        let streams = Streams::new(seed);
        sample(&scenario, &schedule(&scenario, &streams), &streams).into_kept()
    }

    fn of_group(traces: &[SessionTrace], name: &str) -> usize {
        traces.iter().filter(|trace| trace.group == name).count()
    }

    #[test]
    fn all_are_chosen_where_there_is_room() {
        let numbers = |traces: Vec<SessionTrace>| traces.into_iter().map(|t| t.session);
        assert!(numbers(chosen(100, 1)).eq(0..100));
        assert!(numbers(chosen(500, 1)).eq(0..100));
        assert_eq!(chosen(0, 1), []);
    }

    #[test]
    fn groups_have_their_share_and_at_least_one_place() {
        let twenty = chosen(20, 1);
        assert_eq!(
            (of_group(&twenty, "many"), of_group(&twenty, "few")),
            (18, 2)
        );
        let five = chosen(5, 1);
        assert_eq!((of_group(&five, "many"), of_group(&five, "few")), (4, 1));
        assert_eq!(chosen(1, 1).len(), 1);
    }

    #[test]
    fn the_seed_chooses() {
        assert_eq!(chosen(20, 1), chosen(20, 1));
        assert_ne!(chosen(20, 1), chosen(20, 2));
    }
}
