//! The document that a check makes: every grade with its evidence, and the verdict. What is rendered is in it.

use std::time::{Duration, SystemTime};

use imds_emulator::environment::Protocol;
use serde::Serialize;

use super::rule::{Grade, Rule, Weight};
use super::runner::CaseRun;
use super::seen::cmdlets;
use super::seen::{CommandRun, End, Seen, status};
use crate::report::made::Played;
use crate::result::run::CmdletResult;
use crate::result::verdict::Verdict;

/// The version of the document.
pub(crate) const SCHEMA: u32 = 1;

/// What a check found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// The version of the document: 1.
    pub schema: u32,
    /// The program and its arguments, as they were given.
    pub command: Vec<String>,
    /// The protocol in which it was to ask.
    pub protocol: &'static str,
    /// How long each run might take.
    pub time_limit_ms: f64,
    /// The cases, in the order in which they were played.
    pub cases: Vec<CaseReport>,
    /// What counts for the verdict.
    pub required: Tally,
    /// What does not.
    pub advised: Tally,
    /// Whether it was interrupted: the cases that are missing were not played.
    pub cut_short: bool,
    /// Whether all that is required was passed.
    pub verdict: Verdict,
}

/// How many grades there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    /// Rules that were passed.
    pub passed: u32,
    /// Rules that were not.
    pub failed: u32,
    /// Rules to which it never came.
    pub not_applicable: u32,
    /// Rules that rest on requests which are kept no more.
    pub undecided: u32,
}

/// One case.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CaseReport {
    /// What it is called.
    pub name: &'static str,
    /// What happened.
    pub about: &'static str,
    /// How the command did, rule by rule.
    pub grades: Vec<GradeReport>,
    /// How its runs ended.
    pub runs: Vec<RunReport>,
    /// How many requests came before those that are listed and are kept no more: if any, all counts are at least so many.
    pub requests_forgotten: u64,
    /// What they asked, in the order of arrival.
    pub requests: Vec<RequestReport>,
    /// What they asked of Resource Manager, likewise.
    pub resource_manager: Vec<ManagerRequestReport>,
    /// Connections that the system dropped meanwhile because a queue of them was full, for all programs in the
    /// network namespace. Null: it does not say.
    pub connections_dropped: Option<u64>,
    /// What each cmdlet asked, in the order of their first requests to Resource Manager.
    pub cmdlets: Vec<CmdletResult>,
}

/// How the command did by one rule.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GradeReport {
    /// The rule.
    pub rule: &'static str,
    /// How much it counts.
    pub weight: Weight,
    /// The grade.
    pub grade: Grade,
    /// What it rests on, in a line.
    pub evidence: String,
    /// The authority for it.
    pub source: &'static str,
    /// Where that is to be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<&'static str>,
}

/// How one run ended.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RunReport {
    /// The exit code, if it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// Whether its time was over.
    pub timed_out: bool,
    /// When it was started, by the clock of this machine.
    #[serde(skip)]
    pub began: SystemTime,
    /// How long it took.
    pub took_ms: f64,
    /// Bytes of what it printed that are not in the files of its output: they have the first and the last MiB of each
    /// stream.
    pub output_left_out_bytes: u64,
}

/// One request. It never holds a token.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RequestReport {
    /// Which copy of the command sent it, from 0.
    pub copy: Option<String>,
    /// Its arrival, since that of the case's first.
    pub at_ms: f64,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, in which values that are not IMDS's own are hidden.
    pub query: String,
    /// The status; none if there was no answer.
    pub status: Option<u16>,
    /// What was wrong with it, or what went wrong.
    pub reason: Option<String>,
    /// The cmdlet that asked for the token: that of the next request to Resource Manager with a token of the
    /// same identity. Null: none is known.
    pub cmdlet: Option<String>,
}

/// One request to Resource Manager. It never holds a token.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ManagerRequestReport {
    /// Which copy of the command sent it, from 0.
    pub copy: Option<String>,
    /// Its arrival, since that of the case's first request to IMDS or to Resource Manager.
    pub at_ms: f64,
    /// The method.
    pub method: String,
    /// The path, as it was sent.
    pub path: String,
    /// The cmdlet, by its header `CommandName`.
    pub cmdlet: Option<String>,
    /// The client id of its token; null: it bore none of the emulator's.
    pub client_id: Option<String>,
    /// The status; none if there was no answer.
    pub status: Option<u16>,
    /// Azure's code of an error.
    pub reason: Option<String>,
}

impl Report {
    /// The report of these cases; `cut_short` if there should have been more.
    #[must_use]
    pub(crate) fn new(
        command: Vec<String>,
        protocol: Protocol,
        time_limit: Duration,
        runs: &[CaseRun],
        cut_short: bool,
    ) -> Report {
        let cases = runs.iter().map(|runs| case(runs, protocol));
        let cases: Vec<CaseReport> = cases.collect();
        let required = tally(&cases, Weight::Required);
        let passed = required.failed == 0 && required.undecided == 0 && !cut_short;
        Report {
            schema: SCHEMA,
            command,
            protocol: protocol.name(),
            time_limit_ms: ms(time_limit),
            required,
            advised: tally(&cases, Weight::Advised),
            cases,
            cut_short,
            verdict: if passed {
                Verdict::Passed
            } else {
                Verdict::Failed
            },
        }
    }
}

impl CaseReport {
    /// Whether a rule that is required or advised was not passed.
    #[must_use]
    pub(crate) fn has_failed(&self) -> bool {
        self.grades.iter().any(|it| it.grade == Grade::Failed)
    }

    /// From the start of its first run to the end of its last; none: nothing was run.
    #[must_use]
    pub(crate) fn played(&self) -> Option<Played> {
        let began = self.runs.iter().map(|run| run.began).min()?;
        let length = |run: &RunReport| Duration::from_secs_f64(run.took_ms / 1e3);
        let ends = self.runs.iter().map(|run| run.began + length(run));
        let took = ends.max()?.duration_since(began);
        Some(Played {
            began: began.into(),
            took: took.unwrap_or_default(),
        })
    }
}

fn case(runs: &CaseRun, protocol: Protocol) -> CaseReport {
    let CaseRun { case, seen } = runs;
    let grades = case.rules.iter().map(|rule| grade(rule, seen, protocol));
    CaseReport {
        name: case.name,
        about: case.about,
        grades: grades.collect(),
        runs: seen.runs.iter().map(run).collect(),
        requests_forgotten: seen.forgotten,
        requests: requests(seen),
        resource_manager: manager_requests(seen),
        connections_dropped: seen.dropped,
        cmdlets: cmdlets::uses(&seen.requests, &seen.manager, &seen.identities),
    }
}

fn grade(rule: &Rule, seen: &Seen, protocol: Protocol) -> GradeReport {
    let (ground, judgement) = rule.graded(seen);
    GradeReport {
        rule: rule.name,
        weight: ground.weight_in(protocol),
        grade: judgement.grade,
        evidence: judgement.evidence,
        source: ground.source.name(),
        source_url: ground.source.url(),
    }
}

fn run(run: &CommandRun) -> RunReport {
    let (exit_code, signal) = match run.end {
        End::Code(code) => (Some(code), None),
        End::Signal(signal) => (None, Some(signal)),
        End::TimedOut => (None, None),
    };
    RunReport {
        exit_code,
        signal,
        timed_out: run.end == End::TimedOut,
        began: run.began,
        took_ms: ms(run.took),
        output_left_out_bytes: run.left_out,
    }
}

fn requests(seen: &Seen) -> Vec<RequestReport> {
    let shown = cmdlets::shown_by(&seen.requests, &seen.manager, &seen.identities);
    let requests = seen.requests.iter().zip(shown);
    let told = requests.map(|(request, shown)| RequestReport {
        copy: request.session.clone(),
        at_ms: ms(request.time.saturating_sub(seen.begun())),
        method: request.method.clone(),
        path: request.path.to_string(),
        query: request.query.to_string(),
        status: status(request),
        reason: request.outcome.reason.clone(),
        cmdlet: shown.and_then(|it| it.command.clone()),
    });
    told.collect()
}

fn manager_requests(seen: &Seen) -> Vec<ManagerRequestReport> {
    let told = seen.manager.iter().map(|request| ManagerRequestReport {
        copy: request.session.clone(),
        at_ms: ms(request.time.saturating_sub(seen.begun())),
        method: request.method.clone(),
        path: request.path.clone(),
        cmdlet: request.command.clone(),
        client_id: request.client_id.clone(),
        status: request.outcome.status,
        reason: request.outcome.reason.clone(),
    });
    told.collect()
}

fn tally(cases: &[CaseReport], weight: Weight) -> Tally {
    let mut tally = Tally::default();
    let grades = cases.iter().flat_map(|case| &case.grades);
    for grade in grades.filter(|grade| grade.weight == weight) {
        match grade.grade {
            Grade::Passed => tally.passed += 1,
            Grade::Failed => tally.failed += 1,
            Grade::NotApplicable => tally.not_applicable += 1,
            Grade::Undecided => tally.undecided += 1,
            Grade::Noted => {}
        }
    }
    tally
}

/// With whole microseconds.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests;
