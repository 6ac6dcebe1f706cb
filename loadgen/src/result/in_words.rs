//! What happened in a run, and what to change: two sentences made of its result alone.

mod commonest;
mod processes;
mod remedy;

use self::commonest::Commonest;
use self::processes::refused_processes;
use crate::result::because::length;
use crate::result::run::{Binding, CommandsResult, FailureResult, FleetResult, RunResult};

/// The sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InWords {
    /// How many failed, of which group, and why.
    pub happened: String,
    /// The remedy; none: there is nothing to change.
    pub change: Option<String>,
}

/// The sentences of a run.
#[must_use]
pub(crate) fn in_words(result: &RunResult) -> InWords {
    let failed = result.sessions.failed;
    let commonest = Commonest::of(result).filter(|_| failed > 0);
    let happened = match failed {
        0 => all_succeeded(result),
        _ => failed_sessions(result, commonest.as_ref()),
    };
    InWords {
        happened: format!("{happened}{}", through(result)),
        change: match &result.fleet {
            Some(fleet) => of_fleet(fleet).map(str::to_owned),
            None => remedy::change(result, commonest.as_ref()),
        },
    }
}

/// What to change in a fleet: what one VM's sessions share differs from what all of them share.
fn of_fleet(fleet: &FleetResult) -> Option<&'static str> {
    match fleet.binding {
        Binding::Imds => Some(
            "on each VM put a gate or a broker before the sessions: IMDS's limits are each VM's own (`imds-loadgen remedies` on a scenario of one such VM ranks them)",
        ),
        Binding::Principal | Binding::Tenant => Some(
            "start the VMs' sessions at different times, or give the VMs different identities: this budget of Resource Manager is each principal's own",
        ),
        Binding::Subscription => Some(
            "start the VMs' sessions at different times: all principals share this budget of the subscription, so that other identities do not help",
        ),
        Binding::None | Binding::Other => None,
    }
}

/// What to change for the sessions of this group that failed so; none: that is not known.
#[must_use]
pub(crate) fn change_for(result: &RunResult, group: &str, kind: &str) -> Option<String> {
    if let Some(fleet) = &result.fleet {
        return of_fleet(fleet).map(str::to_owned);
    }
    let commonest = Commonest::of_kind(result, group, kind)?;
    remedy::change(result, Some(&commonest))
}

/// What a remedy came to that sessions went through; nothing where there was none.
fn through(result: &RunResult) -> String {
    let groups = result.sessions.by_group.values();
    let waits = groups.filter_map(|group| group.through.as_ref()?.waited_ms);
    let gate = longest_wait(
        waits
            .filter(|waited| waited.min.is_some())
            .map(|waited| waited.max),
    );
    let broker = result.broker.as_ref().map_or(String::new(), |requests| {
        let (sent, refused) = (requests.sent, requests.refused);
        let plural = if sent == 1 { "" } else { "s" };
        format!(
            "; the broker sent {sent} request{plural} for tokens, of which {refused} were refused"
        )
    });
    format!("{gate}{broker}")
}

/// The longest of the longest waits at gates, of which none is "never"; nothing if one is, or if there were none.
pub(super) fn longest_wait(waits: impl Iterator<Item = Option<f64>>) -> String {
    let waits: Option<Vec<f64>> = waits.collect();
    let longest = waits.unwrap_or_default().into_iter().max_by(f64::total_cmp);
    longest.map_or(String::new(), |ms| {
        let longest = length(ms);
        format!("; no session waited for its turn at the gate for longer than {longest}")
    })
}

fn all_succeeded(result: &RunResult) -> String {
    let all = match result.sessions.total {
        1 => "the only session succeeded".to_owned(),
        total => format!("all of {total} sessions succeeded"),
    };
    match refused(result) {
        None => format!("{all}, and no request was refused"),
        Some(refused) => format!("{all}, though {refused} were refused"),
    }
}

/// How many requests were refused of how many, by what they asked for; none: no request was.
fn refused(result: &RunResult) -> Option<String> {
    let (metadata, manager) = (&result.metadata, &result.resource_manager);
    let (tokens, refused_tokens) = (result.attempts.total, result.attempts.refused.total());
    let kinds = [
        (refused_tokens, tokens, "requests for tokens"),
        (metadata.refused, metadata.sent, "requests for metadata"),
        (
            manager.refused,
            manager.sent,
            "requests to Resource Manager",
        ),
    ];
    let refused = kinds.into_iter().filter(|(refused, _, _)| *refused > 0);
    let refused = refused.map(|(refused, sent, what)| format!("{refused} of {sent} {what}"));
    let refused: Vec<String> = refused.collect();
    (!refused.is_empty()).then(|| refused.join(" and "))
}

fn failed_sessions(result: &RunResult, commonest: Option<&Commonest<'_>>) -> String {
    let (total, failed) = (result.sessions.total, result.sessions.failed);
    let how_many = match total {
        1 => "the only session failed".to_owned(),
        total => format!("{failed} of {total} sessions failed"),
    };
    let Some(commonest) = commonest else {
        return how_many;
    };
    let Commonest { group, counts, .. } = commonest;
    let part = part(counts.failed, failed);
    let client = &counts.client;
    let why = match (&result.commands, commonest.failure) {
        (Some(commands), _) => why_processes(commands),
        (None, Some(failure)) => why(result, failure),
        (None, None) => String::new(),
    };
    format!("{how_many} ({part}of group {group}, client {client}){why}")
}

/// How many of those that failed; nothing if all of them.
fn part(count: u64, failed: u64) -> String {
    if count == failed {
        String::new()
    } else if 2 * count > failed {
        "most of them ".to_owned()
    } else {
        format!("{count} of them ")
    }
}

/// Where sessions failed so, and why one of them did, if an example is known.
fn why(result: &RunResult, failure: &FailureResult) -> String {
    let Some(example) = &failure.example else {
        return String::new();
    };
    let (step, because, session) = (&failure.step, &example.because, example.session);
    let source = example.source.as_ref();
    if result.sessions.failed == 1 {
        let source = source.map_or(String::new(), |source| format!(" in {source}"));
        return format!(", at {step}{source} because {because}");
    }
    let source = source.map_or(String::new(), |source| format!(" of {source}"));
    let often = how_often(result, failure);
    format!(", {often}at {step}: session {session}{source}, for example, because {because}")
}

/// Sessions are counted by the kind of their first failure: where such a failure happened at several steps, it is not
/// known how many of them failed at this one.
fn how_often(result: &RunResult, failure: &FailureResult) -> String {
    let kind = &failure.kind;
    let places = result.failures.iter().filter(|other| other.kind == *kind);
    match (places.count(), result.sessions.by_failure.get(kind)) {
        (1, Some(sessions)) => part(*sessions, result.sessions.failed),
        _ => "some of them ".to_owned(),
    }
}

/// What is known of processes that failed is what they asked: how many of them were refused a token.
fn why_processes(commands: &CommandsResult) -> String {
    const REFUSED: &str = "after a request for a token was refused with 429";
    match refused_processes(commands) {
        (0, _) => String::new(),
        (1, 1) => format!(", {REFUSED}"),
        (refused, failed) if refused == failed => format!(", all of them {REFUSED}"),
        (refused, failed) => format!(", {}{REFUSED}", part(refused, failed)),
    }
}

#[cfg(test)]
mod tests;
