//! Which sessions of a run leave their story behind: chosen before it starts, by its seed.

use rand::seq::index;

use crate::record::traces::{SessionTrace, Traces};
use crate::scenario::Scenario;
use crate::schedule::Start;
use crate::streams::Streams;

/// Room for the stories of at most `scenario.traces` sessions: all of them if they are no more, else
/// of every group as many as its share in all sessions, and at least one as long as there is room.
#[must_use]
pub fn sample(scenario: &Scenario, starts: &[Start], streams: &Streams) -> Traces {
    let mut rng = streams.traces();
    let mut room = scenario.traces as usize;
    let mut traces = Vec::new();
    for (number, group) in scenario.groups.iter().enumerate() {
        let mut sessions: Vec<&Start> = starts.iter().filter(|s| s.group == number).collect();
        sessions.sort_by_key(|start| start.session);
        let places = share(scenario, group.count).min(room);
        room -= places;
        let chosen = index::sample(&mut rng, sessions.len(), places).into_iter();
        traces.extend(chosen.map(|i| {
            let start = sessions[i];
            SessionTrace::new(start.session, &group.name, start.at)
        }));
    }
    Traces::of(traces)
}

/// The places of a group with so many sessions.
fn share(scenario: &Scenario, count: u32) -> usize {
    let all = u64::from(scenario.sessions());
    let places = u64::from(scenario.traces).min(all);
    let share = (places * u64::from(count) / all).max(1);
    usize::try_from(share).expect("a scenario has fewer sessions than that")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::schedule;

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
        let mut scenario = Scenario::from_toml("two.toml", text).expect("a valid scenario");
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
