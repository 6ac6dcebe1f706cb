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
    for (number, group) in scenario.groups.iter().enumerate() {
        let mut sessions = sessions(scenario, number, starts);
        sessions.sort_by_key(|candidate| candidate.session);
        let places = share(scenario, group).min(room).min(sessions.len());
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

fn sessions(scenario: &Scenario, number: usize, starts: &[Start]) -> Vec<Candidate> {
    let group = &scenario.groups[number];
    let of_group = starts.iter().filter(|start| start.group == number);
    let first_of_user = |start: &Start| Candidate {
        session: start.session,
        at: start.at,
        after_another: false,
    };
    let mut sessions: Vec<Candidate> = of_group.map(first_of_user).collect();
    if let Some(closed) = group.arrival.closed() {
        let first: u32 = scenario.groups[..number].iter().map(|g| g.count).sum();
        let begun = u32::try_from(sessions.len()).unwrap_or(u32::MAX);
        let later = (first + begun)..(first + group.count);
        sessions.extend(later.map(|session| Candidate {
            session,
            at: closed.at.0,
            after_another: true,
        }));
    }
    sessions
}

/// The places of a group by the number of its sessions.
fn share(scenario: &Scenario, group: &Group) -> usize {
    let all = scenario.groups.iter().map(known).sum::<u64>();
    let places = u64::from(scenario.traces).min(all);
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
        sample(&scenario, &schedule(&scenario, &streams), &streams).kept()
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
