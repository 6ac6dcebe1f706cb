//! What was seen of a herd, recorded as a run's sessions are.

use std::collections::BTreeMap;
use std::time::Duration;

use super::seen::request::{SeenRequest, asked, is_granted, managed, tokens};
use super::seen::{HerdSeen, ProcessSeen};
use crate::engine::sample::sample;
use crate::engine::streams::Streams;
use crate::record::commands::CommandEnd;
use crate::record::raw::{Mode, Raw, service_time};
use crate::record::{Record, SessionId};
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
        record: Record::new([false]),
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
