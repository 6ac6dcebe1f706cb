//! What happened in a run, and what to change: two sentences made of its result alone.

use crate::record::UNFINISHED;
use crate::result::run::{FailureResult, LimitsInForce, RunResult};

/// The sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InWords {
    /// How many failed, of which group, and why.
    pub happened: String,
    /// The remedy; none: there is nothing to change.
    pub change: Option<String>,
}

/// Waits of a client that outlast an update of IMDS: 70 s by Microsoft's documentation.
const UPDATE: &str = "take a client that retries for longer than IMDS is away: an update of it takes up to 70 s (documented); \
                      `imds-client policies` says how long each client waits";

/// Failures of a service that is not there for a while.
const AWAY: [&str; 4] = ["imds_404", "imds_410", "imds_500", "imds_503"];

const LATER: &str = "set a later max_duration, or a client that waits less: the run ended before these sessions did";

const OWN_CONTEXT: &str = "give each process a context of its own: `-Scope Process` at Connect-AzAccount and at Set-AzContext";

const NO_FILE: &str = "keep the profile's file out of it: `-Scope Process` at both cmdlets, or Disable-AzContextAutosave";

const CORRECT: &str = "correct the identity or the resource that is asked for: no retry helps";

/// What a target lacks that was not made for the scenario.
const SERVED: &str = "; or serve the scenario's own identities: `imds-loadgen scenarios config SCENARIO >vm.toml`, \
                      `imds-emulator serve --config vm.toml`";

/// The sentences of a run.
#[must_use]
pub(crate) fn in_words(result: &RunResult) -> InWords {
    let happened = match result.sessions.failed {
        0 => all_succeeded(result),
        failed => failed_sessions(result, failed),
    };
    InWords {
        happened,
        change: change(result),
    }
}

fn all_succeeded(result: &RunResult) -> String {
    let total = sessions(result.sessions.total);
    match result.attempts.refused.total() {
        0 => format!("all of {total} succeeded, and no request was refused"),
        refused => format!(
            "all of {total} succeeded, though {refused} of {} requests for tokens were refused",
            result.attempts.total
        ),
    }
}

fn failed_sessions(result: &RunResult, failed: u64) -> String {
    let total = sessions(result.sessions.total);
    let (group, why) = (most_failed(result, failed), most_often(result, failed));
    format!("{failed} of {total} failed{group}{why}")
}

/// The group with the most of them.
fn most_failed(result: &RunResult, failed: u64) -> String {
    let groups = result.sessions.by_group.iter();
    let most = groups.max_by_key(|(_, group)| group.failed);
    most.map_or(String::new(), |(name, group)| {
        let part = if group.failed == failed {
            ""
        } else {
            "most of them "
        };
        format!(" ({part}of group {name}, client {})", group.client)
    })
}

/// Why the most of them failed, if an example is known.
fn most_often(result: &RunResult, failed: u64) -> String {
    let Some(failure) = most_frequent(result) else {
        return String::new();
    };
    let often = if failure.count == failed {
        ""
    } else {
        "most often "
    };
    let because = failure.example.as_ref().map(|example| &example.because);
    because.map_or(String::new(), |because| {
        format!(", {often}at {} because {because}", failure.step)
    })
}

fn sessions(count: u64) -> String {
    match count {
        1 => "1 session".to_owned(),
        count => format!("{count} sessions"),
    }
}

fn most_frequent(result: &RunResult) -> Option<&FailureResult> {
    let failures = result.failures.iter().rev();
    failures.max_by_key(|failure| failure.count)
}

/// A run that did not go as planned says nothing of the clients; else it is the most frequent failure that decides.
fn change(result: &RunResult) -> Option<String> {
    if result.generator_late {
        let less = "play fewer sessions, or on a machine with more free processor time, before you judge this run: \
                    the load generator fell behind";
        return Some(less.to_owned());
    }
    if result.sessions.failed == 0 {
        return None;
    }
    let kind = most_frequent(result)?.kind.as_str();
    remedy(kind, result)
}

fn remedy(kind: &str, result: &RunResult) -> Option<String> {
    let is = |ending: &str| kind == ending || kind.ends_with(&format!("_{ending}"));
    let is_away = || AWAY.into_iter().any(is);
    Some(match kind {
        UNFINISHED => LATER.to_owned(),
        _ if kind.starts_with("wrong_") => OWN_CONTEXT.to_owned(),
        "file_lock_timeout" | "import_degraded" | "file_damaged" => NO_FILE.to_owned(),
        _ if is("imds_429") => throttled(&result.limits),
        _ if is_away() => UPDATE.to_owned(),
        _ if is("imds_400") => {
            let served = result.target.as_ref().map_or("", |_| SERVED);
            format!("{CORRECT}{served}")
        }
        _ => return None,
    })
}

/// Queue, share, or retry, by the limits of the run.
fn throttled(limits: &LimitsInForce) -> String {
    let at_once = limits
        .concurrent
        .map_or(String::new(), |slots| format!(" --at-once {slots}"));
    let rate = rate_below(limits).map_or(String::new(), |rate| format!(" --rate {rate}/s"));
    format!(
        "queue the jobs (`imds-client exec{at_once}{rate} -- COMMAND`), or let them share tokens (`imds-client serve`): \
         neither changes a script; or take a client that retries a 429 for longer (`--client proportional` plays one)"
    )
}

/// One start a second less than the limit admits; none: there is no such limit, or it is one a second or less.
fn rate_below(limits: &LimitsInForce) -> Option<u32> {
    let (requests, window_ms) = (limits.requests?, limits.window_ms?);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few starts a second"
    )]
    let a_second = (f64::from(requests) * 1000.0 / window_ms) as u32;
    (a_second > 1).then(|| a_second - 1)
}

#[cfg(test)]
mod tests;
