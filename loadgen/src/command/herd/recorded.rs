//! What was seen of a herd, recorded as a run's sessions are: a pure function of the journals.
//!
//! A request that is like one of its process that failed before is a retry of it. Times are the emulator's: from a
//! request's arrival to its answer.

use std::collections::BTreeMap;
use std::time::Duration;

use imds_client::acquire::TransportFailure;
use imds_emulator::journal::{Entry, Fate, StubEntry};

use super::seen::{HerdSeen, ProcessSeen};
use crate::command::check::rule::requests::is_expected;
use crate::command::check::seen::cmdlets::{identity, is_for_manager};
use crate::command::check::seen::{End, is_like, is_served};
use crate::engine::sample::sample;
use crate::engine::streams::Streams;
use crate::record::commands::CommandEnd;
use crate::record::raw::{Mode, Raw, service_time};
use crate::record::{Answer, Attempt, Record, RequestKind, Sending, SessionId};
use crate::scenario::definition::Scenario;

/// The part of a path by which requests for tokens are known, in every protocol.
const TOKEN: &str = "/token";

/// What happens to one process at one time.
enum Event<'s> {
    Starts(&'s ProcessSeen),
    Sends(Sending),
    /// An attempt ends, the token being granted after that service time.
    Ends(Attempt, Option<Duration>),
    Exits(&'s ProcessSeen),
}

/// The record of the herd, as a driver hands it over. `about` describes the command.
#[must_use]
pub(crate) fn raw(scenario: &Scenario, seen: &HerdSeen, about: &str) -> Raw {
    let mut record = Record::new([false]);
    let starts: Vec<_> = seen.processes.iter().map(|process| process.start).collect();
    record.traces = sample(scenario, &starts, &Streams::new(scenario.seed));
    let mut paths: BTreeMap<u32, Duration> = BTreeMap::new();
    for (at, id, event) in events(seen) {
        match event {
            Event::Starts(process) => {
                record.started(id, process.start.at, at);
                record.began_command(id, about, at);
                paths.insert(id.session, process.start.at);
            }
            Event::Sends(sending) => record.sent(id, &sending),
            Event::Ends(attempt, granted) => {
                record.answered(id, &attempt);
                if let Some(service_time) = granted {
                    let path = paths.entry(id.session).or_default();
                    *path += service_time;
                    record.got_token(id, at, *path);
                }
            }
            Event::Exits(process) => exited(&mut record, seen, process, at),
        }
    }
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

/// Everything in the order of time; at one instant a process starts before it asks, and ends last.
fn events(seen: &HerdSeen) -> Vec<(Duration, SessionId, Event<'_>)> {
    let mut events = Vec::new();
    for process in &seen.processes {
        let id = process.start.id();
        let Some(started) = process.started else {
            continue;
        };
        events.push((started, id, Event::Starts(process)));
        for requests in [asked(seen, id), managed(seen, id)] {
            for (sending, attempt, granted) in requests {
                let sent_at = sending.at.max(started);
                events.push((sent_at, id, Event::Sends(sending)));
                if let Some(attempt) = attempt {
                    let ended_at = attempt.ended.max(sent_at);
                    events.push((ended_at, id, Event::Ends(attempt, granted)));
                }
            }
        }
        if let Some(run) = process.run
            && run.end != End::TimedOut
        {
            events.push((started + run.took, id, Event::Exits(process)));
        }
    }
    events.sort_by_key(|(at, _, event)| (*at, order(event)));
    events
}

fn order(event: &Event<'_>) -> u8 {
    match event {
        Event::Starts(_) => 0,
        Event::Sends(_) => 1,
        Event::Ends(..) => 2,
        Event::Exits(_) => 3,
    }
}

type Request = (Sending, Option<Attempt>, Option<Duration>);

/// The requests of a process to IMDS.
fn asked(seen: &HerdSeen, id: SessionId) -> Vec<Request> {
    let own: Vec<&Entry> = seen.of_process(id).collect();
    let mut retries: Vec<(&Entry, u32)> = Vec::new();
    let mut requests = Vec::new();
    for entry in own {
        let earlier = retries.iter().rev().find(|(it, _)| is_like(it, entry));
        let failed = earlier.filter(|(it, _)| !is_served(it) && !is_expected(it));
        let retry_index = failed.map_or(0, |(_, index)| index + 1);
        let waited = failed.map_or(Duration::ZERO, |(it, _)| {
            entry
                .at
                .saturating_sub(it.outcome.ended_at.unwrap_or(it.at))
        });
        retries.push((entry, retry_index));
        let sending = Sending {
            kind: kind(entry),
            path: None,
            retry_index,
            at: seen.at(entry.time),
            waited,
        };
        let ended = entry.outcome.ended_at;
        let attempt = ended.map(|ended| Attempt {
            kind: sending.kind,
            retry_index,
            sent: sending.at,
            ended: sending.at + ended.saturating_sub(entry.at),
            answer: answer(entry),
        });
        let is_token = attempt.is_some_and(|it| it.answer == Answer::Granted)
            && sending.kind == RequestKind::Token;
        let granted = is_token.then(|| entry.outcome.service_time.unwrap_or_default());
        requests.push((sending, attempt, granted));
    }
    requests
}

/// The requests of a process to Resource Manager.
fn managed(seen: &HerdSeen, id: SessionId) -> Vec<Request> {
    let own = seen.managed_by(id);
    let requests = own.map(|entry| {
        let sending = Sending {
            kind: RequestKind::ResourceManager,
            path: None,
            retry_index: 0,
            at: seen.at(entry.time),
            waited: Duration::ZERO,
        };
        let attempt = entry.outcome.ended_at.map(|ended| Attempt {
            kind: sending.kind,
            retry_index: 0,
            sent: sending.at,
            ended: sending.at + ended.saturating_sub(entry.at),
            answer: match entry.outcome.status {
                Some(200..300) => Answer::Granted,
                Some(429) => Answer::Refused(entry.outcome.limiter),
                Some(status) => Answer::Status(status),
                None => Answer::None(TransportFailure::Other),
            },
        });
        (sending, attempt, None)
    });
    requests.collect()
}

/// Whether a token is asked for, or something else.
pub(super) fn kind(entry: &Entry) -> RequestKind {
    if entry.path.ends_with(TOKEN) {
        RequestKind::Token
    } else {
        RequestKind::Metadata
    }
}

/// Only a token is what a request for one asks for.
fn answer(entry: &Entry) -> Answer {
    let outcome = &entry.outcome;
    let is_whole = match kind(entry) {
        RequestKind::Token => outcome.token_expires_in.is_some(),
        RequestKind::Metadata | RequestKind::ResourceManager => true,
    };
    match outcome.status {
        Some(200..300) if is_whole && is_served(entry) => Answer::Granted,
        Some(429) if outcome.verdict == Some(Fate::Refused) => Answer::Refused(outcome.limiter),
        Some(429) => Answer::Refused(None),
        Some(status) => Answer::Status(status),
        None => Answer::None(match outcome.reason.as_deref() {
            Some("reset") => TransportFailure::Reset,
            Some("close") => TransportFailure::Closed,
            _ => TransportFailure::Other,
        }),
    }
}

fn exited(record: &mut Record, seen: &HerdSeen, process: &ProcessSeen, at: Duration) {
    let id = process.start.id();
    let failure = process.run.and_then(|run| super::runner::failure(run.end));
    let end = CommandEnd {
        intended: process.start.at,
        at,
        last_token: seen.tokens(id).max(),
        failure: failure.as_deref(),
        wrong_context: seen.is_another(id),
    };
    record.ended_command(id, &end);
}

impl HerdSeen {
    /// The time since the run's start of a time since 1970.
    pub(super) fn at(&self, time: Duration) -> Duration {
        time.saturating_sub(self.origin)
    }

    /// The requests of a process to IMDS, in the order of arrival.
    pub(super) fn of_process(&self, id: SessionId) -> impl Iterator<Item = &Entry> {
        let name = id.session.to_string();
        let requests = self.requests.iter();
        requests.filter(move |it| it.session.as_deref() == Some(name.as_str()))
    }

    /// Its requests to Resource Manager, likewise.
    pub(super) fn managed_by(&self, id: SessionId) -> impl Iterator<Item = &StubEntry> {
        let name = id.session.to_string();
        let requests = self.manager.iter();
        requests.filter(move |it| it.session.as_deref() == Some(name.as_str()))
    }

    /// When its tokens were given, since the run's start.
    pub(super) fn tokens(&self, id: SessionId) -> impl Iterator<Item = Duration> {
        let granted = |it: &&Entry| kind(it) == RequestKind::Token && answer(it) == Answer::Granted;
        let requests = self.of_process(id).filter(granted);
        requests.map(|it| {
            let lasted = it.outcome.ended_at.unwrap_or(it.at).saturating_sub(it.at);
            self.at(it.time) + lasted
        })
    }

    /// Whether Resource Manager answered it as another identity than it first asked to be.
    fn is_another(&self, id: SessionId) -> bool {
        let Some(first) = self.of_process(id).find(|it| is_for_manager(it)) else {
            return false;
        };
        let meant = identity(first, &self.identities);
        let answered = |it: &&StubEntry| it.outcome.status.is_some_and(|status| status < 300);
        let clients = self.managed_by(id).filter(answered);
        let clients: Vec<_> = clients.filter_map(|it| it.client_id.as_deref()).collect();
        !clients.is_empty() && !clients.iter().any(|client| Some(*client) == meant)
    }
}
