//! The document of a herd: a run's, with its processes.

use std::path::Path;

use imds_emulator::environment::Protocol;

use super::recorded;
use super::seen::request::{SeenRequest, asked, is_granted, tokens};
use super::seen::{HerdSeen, ProcessSeen};
use crate::command::check::seen::End;
use crate::command::check::seen::cmdlets;
use crate::record::distribution::ms;
use crate::record::{Answer, RequestKind};
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
    let mut raw = recorded::raw(scenario, seen, &command.words.join(" "));
    let mut result = RunResult::mergeable(scenario, &mut raw);
    // The model's name is not the client's: the processes are a program of the user's.
    for group in result.sessions.by_group.values_mut() {
        group.client = program(command);
    }
    result.generator_late = is_late(&result, seen);
    // Where in its work a process was is not known.
    result.failures.clear();
    result.commands = Some(commands(seen, command));
    if seen.forgotten > 0 {
        result.leave_undecided();
    }
    result
}

/// The program's name without its folder.
fn program(command: &Command) -> String {
    let given = command
        .words
        .first()
        .map(String::as_str)
        .unwrap_or_default();
    let name = Path::new(given).file_name();
    name.map_or_else(|| given.to_owned(), |name| name.display().to_string())
}

/// Whether processes started later than planned by more than the quickest takes to its first request: their
/// starts then were the generator's.
fn is_late(result: &RunResult, seen: &HerdSeen) -> bool {
    let until_asking = seen.processes.iter().filter_map(|process| {
        let first = seen.asked_by(process.start.id()).next()?;
        Some(seen.at(first.time).saturating_sub(process.started?))
    });
    let quickest = until_asking.min().map(ms);
    let lag = result.start_lag_ms.p99;
    lag.zip(quickest)
        .is_some_and(|(lag, quickest)| lag > quickest)
}

fn commands(seen: &HerdSeen, command: &Command) -> CommandsResult {
    let processes = || seen.processes.iter();
    let first = processes().map(|process| process.start.at).min();
    let last = processes().filter_map(ProcessSeen::ended).max();
    let span = first.zip(last);
    CommandsResult {
        command: command.words.clone(),
        protocol: command.protocol.name().to_owned(),
        all_ended_ms: span.map(|(first, last)| ms(last.saturating_sub(first))),
        requests_forgotten: seen.forgotten,
        processes: processes().map(|it| process(seen, it)).collect(),
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
    let asked = asked(seen, id);
    let count = |of: &dyn Fn(&SeenRequest) -> bool| number(asked.iter().filter(|it| of(it)));
    let given = tokens(seen, id);
    let took = process.run.filter(|run| run.end != End::TimedOut);
    ProcessResult {
        process: id.session,
        intended_ms: ms(process.start.at),
        started_ms: process.started.map(ms),
        took_ms: took.map(|run| ms(run.took)),
        exit_code,
        signal,
        timed_out: end == Some(End::TimedOut),
        output_left_out_bytes: process.run.map_or(0, |run| run.left_out),
        first_token_ms: given.iter().min().copied().map(ms),
        last_token_ms: given.iter().max().copied().map(ms),
        token_requests: count(&is_for_token),
        tokens: count(&is_granted),
        refused: count(&is_refused),
        metadata_requests: count(&|it| !is_for_token(it)),
        resource_manager_requests: number(seen.managed_by(id)),
    }
}

fn number<T>(of: impl Iterator<Item = T>) -> u64 {
    u64::try_from(of.count()).unwrap_or(u64::MAX)
}

fn is_for_token(request: &SeenRequest) -> bool {
    request.sending.kind == RequestKind::Token
}

/// By a limit or by a fault, with 429.
fn is_refused(request: &SeenRequest) -> bool {
    let answer = request.attempt.map(|attempt| attempt.answer);
    is_for_token(request) && matches!(answer, Some(Answer::Refused(_)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use imds_emulator::{Config, Tally};

    use super::*;
    use crate::result::judging::Judgement;
    use crate::result::scenario::from_toml;
    use crate::result::verdict::Verdict;

    const SCENARIO: &str = r#"
        schema = 1
        name = "one"
        expect = { "attempts.total" = "< 100" }
        [[sessions]]
        name = "processes"
        count = 1
        arrival = { herd = {} }
        client = "no-retry"
        script = [{ connect = {} }]
    "#;

    /// A herd that asked nothing which is kept.
    fn of(forgotten: u64) -> RunResult {
        let scenario = from_toml("one.toml", SCENARIO).expect("a scenario");
        let command = Command {
            words: vec!["job".to_owned()],
            protocol: Protocol::Imds,
        };
        let seen = HerdSeen {
            identities: Config::default().vm.identities,
            processes: Vec::new(),
            forgotten,
            requests: Vec::new(),
            manager: Vec::new(),
            origin: Duration::ZERO,
            ended_at: Duration::from_secs(1),
            dropped: (None, None),
            tally: Tally::default(),
        };
        result(&scenario, &seen, &command)
    }

    #[test]
    fn a_herd_whose_requests_were_too_many_is_not_judged_by_those_that_are_kept() {
        let met = |result: &RunResult| result.expectations.iter().all(|it| it.met);
        let decided = of(0);
        assert!(met(&decided) && decided.forgotten().is_none());
        let undecided = of(3);
        let found: Vec<_> = undecided
            .expectations
            .iter()
            .map(Judgement::found)
            .collect();
        assert_eq!(found, ["not measured"]);
        assert!(!met(&undecided));
        assert_eq!(undecided.verdict, Verdict::Failed);
        assert_eq!(undecided.forgotten(), Some(3));
    }
}
