//! What was seen of a herd, recorded as a run's sessions are.

use std::collections::BTreeMap;
use std::time::Duration;

use super::seen::request::{SeenRequest, asked, is_granted, managed, tokens};
use super::seen::{HerdSeen, ProcessSeen};
use crate::engine::sample::sample;
use crate::engine::streams::Streams;
use crate::record::commands::CommandEnd;
use crate::record::raw::{Mode, Raw, service_time};
use crate::record::{GroupKind, Record, SessionId};
use crate::scenario::definition::Scenario;

/// What happens to one process at one time. At one instant a process starts before it asks, and ends last.
#[derive(Clone, Copy, Debug)]
enum Event<'s> {
    Starts(&'s ProcessSeen),
    Sends(SeenRequest),
    Answered(SeenRequest),
    Exits(&'s ProcessSeen),
}

/// The record of the herd, as a driver hands it over. `about` describes the command.
#[must_use]
pub(crate) fn raw(scenario: &Scenario, seen: &HerdSeen, about: &str) -> Raw {
    let starts: Vec<_> = seen.processes.iter().map(|process| process.start).collect();
    let mut recording = Recording {
        record: Record::new([GroupKind::default()]),
        seen,
        about,
        paths: BTreeMap::new(),
    };
    recording.record.traces = sample(scenario, &starts, &Streams::new(scenario.seed));
    for (at, id, event) in events(seen) {
        recording.happens(at, id, event);
    }
    let mut record = recording.record;
    record.ended_at = seen.ended_at;
    record.connections.counted(seen.dropped.0, seen.dropped.1);
    let service_time = service_time(&record, &seen.tally);
    let cut_short = record.end(scenario.planned());
    Raw {
        unknown_identities: vec![],
        vms: vec![],
        mode: Mode::Processes,
        target: None,
        record,
        service_time,
        cut_short,
    }
}

struct Recording<'s> {
    record: Record,
    seen: &'s HerdSeen,
    about: &'s str,
    /// What no client could have saved each process so far: its intended start and the services of its tokens.
    paths: BTreeMap<u32, Duration>,
}

impl Recording<'_> {
    fn happens(&mut self, at: Duration, id: SessionId, event: Event<'_>) {
        let record = &mut self.record;
        match event {
            Event::Starts(process) => {
                record.started(id, process.start.at, at);
                record.began_command(id, self.about, at);
                self.paths.insert(id.session, process.start.at);
            }
            Event::Sends(request) => record.sent(id, &request.sending),
            Event::Answered(request) => self.answered(at, id, &request),
            Event::Exits(process) => self.exits(at, id, process),
        }
    }

    fn answered(&mut self, at: Duration, id: SessionId, request: &SeenRequest) {
        if let Some(attempt) = &request.attempt {
            self.record.answered(id, attempt);
        }
        if is_granted(request) {
            let path = self.paths.entry(id.session).or_default();
            *path += request.service_time;
            self.record.got_token(id, at, *path);
        }
    }

    fn exits(&mut self, at: Duration, id: SessionId, process: &ProcessSeen) {
        let failure = process.failure();
        let end = CommandEnd {
            intended: process.start.at,
            at,
            last_token: tokens(self.seen, id).into_iter().max(),
            failure: failure.as_deref(),
            wrong_context: self.seen.is_another(id),
        };
        self.record.ended_command(id, &end);
    }
}

/// Everything in the order of time.
fn events(seen: &HerdSeen) -> Vec<(Duration, SessionId, Event<'_>)> {
    let mut events = Vec::new();
    for process in &seen.processes {
        let id = process.start.id();
        let own = process
            .started
            .map(|started| of_process(seen, process, started));
        events.extend(own.into_iter().flatten().map(|(at, event)| (at, id, event)));
    }
    events.sort_by_key(|(at, _, event)| (*at, order(event)));
    events
}

fn of_process<'s>(
    seen: &HerdSeen,
    process: &'s ProcessSeen,
    started: Duration,
) -> Vec<(Duration, Event<'s>)> {
    let id = process.start.id();
    let mut events = vec![(started, Event::Starts(process))];
    for request in [asked(seen, id), managed(seen, id)].into_iter().flatten() {
        let sent_at = request.sending.at.max(started);
        events.push((sent_at, Event::Sends(request)));
        let answered = request.attempt.map(|attempt| attempt.ended.max(sent_at));
        events.extend(answered.map(|at| (at, Event::Answered(request))));
    }
    events.extend(process.ended().map(|at| (at, Event::Exits(process))));
    events
}

fn order(event: &Event<'_>) -> u8 {
    match event {
        Event::Starts(_) => 0,
        Event::Sends(_) => 1,
        Event::Answered(_) => 2,
        Event::Exits(_) => 3,
    }
}

#[cfg(test)]
mod tests {
    use imds_emulator::{Config, Tally};

    use super::*;
    use crate::command::check::seen::samples::{managed, request, run};
    use crate::command::check::seen::{CommandRun, End};
    use crate::engine::schedule::Start;
    use crate::result::run::RunResult;
    use crate::result::scenario::from_toml;

    const TWO: &str = r#"
        schema = 1
        name = "two"
        [[sessions]]
        name = "processes"
        count = 2
        arrival = { herd = {} }
        client = "no-retry"
        script = [{ connect = {} }]
    "#;
    const ANOTHER: &str = "5a1f0c9e-0000-4000-8000-000000000009";

    fn process(session: u32, end: End) -> ProcessSeen {
        let run: CommandRun = run(end);
        ProcessSeen {
            start: Start {
                session,
                group: 0,
                at: Duration::ZERO,
                earliest: Duration::ZERO,
                startup: Duration::ZERO,
            },
            started: Some(Duration::from_millis(5)),
            run: Some(run),
        }
    }

    /// The first process is refused, comes back and gets its token; the second is refused, and Resource Manager
    /// answers it as another identity.
    fn seen() -> HerdSeen {
        let mut requests = vec![
            request(0, 100, 429),
            request(1, 200, 429),
            request(0, 1101, 200),
        ];
        for request in &mut requests {
            request.query = "resource=https%3A%2F%2Fmanagement.azure.com%2F".into();
        }
        HerdSeen {
            identities: Config::default().vm.identities,
            processes: vec![process(0, End::Code(0)), process(1, End::Code(7))],
            forgotten: 0,
            requests,
            manager: vec![managed(300, None, 200, ANOTHER)],
            origin: Duration::ZERO,
            ended_at: Duration::from_secs(4),
            dropped: (None, None),
            tally: Tally::default(),
        }
    }

    #[test]
    fn a_request_like_one_that_failed_is_a_retry_and_exits_are_failures() {
        let scenario = from_toml("two.toml", TWO).expect("a scenario");
        let result = RunResult::new(&scenario, &raw(&scenario, &seen(), "job"));
        assert_eq!((result.sessions.succeeded, result.sessions.failed), (1, 1));
        assert_eq!(result.sessions.by_failure["exit_code_7"], 1);
        assert_eq!(result.sessions.wrong_context, 1);
        assert_eq!(result.attempts.by_retry_index[&0].sent, 2);
        assert_eq!(result.attempts.by_retry_index[&1].granted, 1);
        assert!(
            (result.time_spent_ms.waiting - 1000.0).abs() < 0.001,
            "from its refusal on"
        );
        assert_eq!(result.makespan_ms, Some(1102.0));
        assert_eq!(result.resource_manager.sent, 1);
        assert!(!result.cut_short);
    }

    #[test]
    fn a_process_whose_time_was_over_has_not_ended() {
        let scenario = from_toml("two.toml", TWO).expect("a scenario");
        let mut seen = seen();
        seen.processes[1] = process(1, End::TimedOut);
        let result = RunResult::new(&scenario, &raw(&scenario, &seen, "job"));
        assert_eq!(result.sessions.by_failure["unfinished"], 1);
        assert!(result.cut_short);
    }
}
