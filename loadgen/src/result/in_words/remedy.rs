//! What to change after a run, by its most frequent failure.

mod suggestion;
mod through;

use self::suggestion::{PATIENT, gate};
use super::commonest::Commonest;
use super::processes::refused_processes;
use crate::record::UNFINISHED;
use crate::result::run::RunResult;

/// Waits of a client that outlast an update of IMDS: 70 s by Microsoft's documentation.
const UPDATE: &str = "take a client that retries for longer than IMDS is away: an update of it takes up to 70 s (documented); \
                      `imds-client policies` says how long each client waits";

/// Failures of a service that is not there for a while.
const AWAY: [&str; 4] = ["imds_404", "imds_410", "imds_500", "imds_503"];

const LATER: &str = "set a later max_duration, or a client that waits less: the run ended before these sessions did";

pub(super) const OWN_CONTEXT: &str = "give each process a context of its own: `-Scope Process` at Connect-AzAccount and at Set-AzContext";

const OWN_PROFILE: &str = "give each thread a context of its own: hand what its Set-AzContext returned to the cmdlets after it \
                           (`-DefaultProfile`), or run each job in a process of its own (`Start-Job`); \
                           `-Scope Process` is no remedy, since the threads of one process share that scope";

const NO_FILE: &str = "keep the profile's file out of it: `-Scope Process` at both cmdlets, or Disable-AzContextAutosave";

const CORRECT: &str = "correct the identity or the resource that is asked for: no retry helps";

/// What a target lacks that was not made for the scenario.
const SERVED: &str = "; or serve the scenario's own identities: `imds-loadgen scenarios config SCENARIO >vm.toml`, \
                      `imds-emulator serve --config vm.toml`";

const LATE: &str = "play fewer sessions, or on a machine with more free processor time, before you judge this run: \
                    the load generator fell behind";

/// One request a second less than the limit of 5 (documented).
const METADATA: &str = "queue the jobs below the limit of requests for metadata, 5 a second as documented \
                        (`imds-client exec --rate 4/s -- COMMAND`)";

/// What to change; none: nothing, or it is not known. What a run that did not go as planned says of its clients is to be
/// seen again in one that did.
pub(super) fn change(result: &RunResult, commonest: Option<&Commonest<'_>>) -> Option<String> {
    let remedy = commonest
        .and_then(|commonest| remedy(result, commonest))
        .or_else(|| through::long_places(result));
    let late = result.generator_late.then(|| LATE.to_owned());
    let parts: Vec<String> = late.into_iter().chain(remedy).collect();
    (!parts.is_empty()).then(|| parts.join("; and "))
}

fn remedy(result: &RunResult, commonest: &Commonest<'_>) -> Option<String> {
    let kind = commonest.kind;
    let is = |ending: &str| kind == ending || kind.ends_with(&format!("_{ending}"));
    let is_away = || AWAY.into_iter().any(is);
    Some(match kind {
        UNFINISHED => unfinished(commonest).to_owned(),
        _ if kind.starts_with("wrong_") => own_context(result, commonest.group).to_owned(),
        "file_lock_timeout" | "import_degraded" | "file_damaged" => NO_FILE.to_owned(),
        _ if is("imds_429") && asks_metadata(commonest) => metadata(result),
        _ if is("imds_429") || is_refused_herd(result) => {
            let through = commonest.counts.through.as_ref();
            through.map_or_else(|| throttled(result), |it| through::throttled(result, it))
        }
        _ if is_away() => UPDATE.to_owned(),
        _ if is("imds_400") => {
            let served = if result.has_target() { SERVED } else { "" };
            format!("{CORRECT}{served}")
        }
        _ => return None,
    })
}

/// Sessions that wait at a gate have asked nothing yet, so that another client changes nothing.
fn unfinished(commonest: &Commonest<'_>) -> &'static str {
    let at_gate = commonest.failure.is_some_and(|it| it.step == "gate");
    match commonest.counts.through.as_ref() {
        Some(through) if at_gate => through::unfinished_at_gate(through),
        _ => LATER,
    }
}

/// Whether more than half of the processes that failed were refused a token with 429.
fn is_refused_herd(result: &RunResult) -> bool {
    let refused = result.commands.as_ref().map(refused_processes);
    refused.is_some_and(|(refused, failed)| 2 * refused > failed)
}

/// A scope of the process does not help its threads.
fn own_context(result: &RunResult, group: &str) -> &'static str {
    let in_force = result.context.in_force.as_ref();
    let group = in_force.and_then(|in_force| in_force.groups.get(group));
    match group.and_then(|group| group.process.as_ref()) {
        Some(_) => OWN_PROFILE,
        None => OWN_CONTEXT,
    }
}

/// Whether the last request before the failure was one for metadata, which has a limit of its own.
fn asks_metadata(commonest: &Commonest<'_>) -> bool {
    let example = commonest.failure.and_then(|it| it.example.as_ref());
    let last = example.and_then(|example| example.cause.last.as_ref());
    last.is_some_and(|last| last.asked == "metadata")
}

/// There is nothing to queue of one session.
fn metadata(result: &RunResult) -> String {
    match result.sessions.total {
        1 => format!("leave the request for metadata out, or {PATIENT}"),
        _ => format!("{METADATA}, or leave the request for metadata out; or {PATIENT}"),
    }
}

/// Queue, share, or retry, by the limits of the run.
fn throttled(result: &RunResult) -> String {
    if result.sessions.total == 1 {
        return format!(
            "let the job share tokens with others (`imds-client serve`), which changes no script; or {PATIENT}"
        );
    }
    let gate = gate(&result.limits);
    format!(
        "queue the jobs (`{gate} -- COMMAND`), or let them share tokens (`imds-client serve`): \
         neither changes a script; or {PATIENT}"
    )
}
