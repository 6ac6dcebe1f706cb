//! The document of a herd: a run's, with its processes.

use imds_emulator::environment::Protocol;
use imds_emulator::journal::{Entry, Fate};

use super::recorded::{self, kind};
use super::seen::{HerdSeen, ProcessSeen};
use crate::command::check::seen::cmdlets;
use crate::command::check::seen::{CommandRun, End};
use crate::record::RequestKind;
use crate::record::distribution::ms;
use crate::result::run::{CommandsResult, ProcessResult, RunResult};
use crate::scenario::definition::Scenario;

/// What was run.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    /// The program and its arguments, as they were given.
    pub words: Vec<String>,
    /// The protocol in which it was to ask.
    pub protocol: Protocol,
}

/// The document of a herd, judged by the scenario's expectations.
#[must_use]
pub(crate) fn result(scenario: &Scenario, seen: &HerdSeen, command: &Command) -> RunResult {
    let raw = recorded::raw(scenario, seen, &command.words.join(" "));
    let mut result = RunResult::new(scenario, &raw);
    // The model's name is not the client's: the processes are a program of the user's.
    for group in result.sessions.by_group.values_mut() {
        command.words[0].clone_into(&mut group.client);
    }
    result.generator_late = is_late(&result, seen);
    // Where in its work a process was is not known.
    result.failures.clear();
    result.commands = Some(commands(seen, command));
    result
}

/// Whether processes started later than planned by more than the quickest takes to its first request: their
/// starts then were the generator's.
fn is_late(result: &RunResult, seen: &HerdSeen) -> bool {
    let until_asking = seen.processes.iter().filter_map(|process| {
        let first = seen.of_process(process.start.id()).next()?;
        Some(seen.at(first.time).saturating_sub(process.started?))
    });
    let quickest = until_asking.min().map(ms);
    let lag = result.start_lag_ms.p99;
    lag.zip(quickest)
        .is_some_and(|(lag, quickest)| lag > quickest)
}

fn commands(seen: &HerdSeen, command: &Command) -> CommandsResult {
    let first = seen.processes.iter().map(|process| process.start.at).min();
    let ended = |process: &ProcessSeen| Some(process.started? + process.run?.took);
    let last = seen.processes.iter().filter_map(ended).max();
    let span = first.zip(last);
    CommandsResult {
        command: command.words.clone(),
        protocol: command.protocol.name().to_owned(),
        all_ended_ms: span.map(|(first, last)| ms(last.saturating_sub(first))),
        processes: seen.processes.iter().map(|it| process(seen, it)).collect(),
        cmdlets: cmdlets::uses(&seen.requests, &seen.manager, &seen.identities),
        simulated: None,
    }
}

fn process(seen: &HerdSeen, process: &ProcessSeen) -> ProcessResult {
    let id = process.start.id();
    let end = process.run.map(|run| run.end);
    let (exit_code, signal) = match end {
        Some(End::Code(code)) => (Some(code), None),
        Some(End::Signal(signal)) => (None, Some(signal)),
        Some(End::TimedOut) | None => (None, None),
    };
    let count = |of: &dyn Fn(&Entry) -> bool| {
        let own = seen.of_process(id).filter(|entry| of(entry));
        u64::try_from(own.count()).unwrap_or(u64::MAX)
    };
    let is_token = |entry: &Entry| kind(entry) == RequestKind::Token;
    let refused = |entry: &Entry| is_token(entry) && entry.outcome.verdict == Some(Fate::Refused);
    let took = |run: CommandRun| (run.end != End::TimedOut).then(|| ms(run.took));
    ProcessResult {
        process: id.session,
        intended_ms: ms(process.start.at),
        started_ms: process.started.map(ms),
        took_ms: process.run.and_then(took),
        exit_code,
        signal,
        timed_out: end == Some(End::TimedOut),
        first_token_ms: seen.tokens(id).min().map(ms),
        last_token_ms: seen.tokens(id).max().map(ms),
        token_requests: count(&is_token),
        tokens: u64::try_from(seen.tokens(id).count()).unwrap_or(u64::MAX),
        refused: count(&refused),
        metadata_requests: count(&|entry| !is_token(entry)),
        resource_manager_requests: u64::try_from(seen.managed_by(id).count()).unwrap_or(u64::MAX),
    }
}
