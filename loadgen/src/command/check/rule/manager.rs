//! Rules about what a command asks of Resource Manager. One that never asks it loses nothing.

use std::collections::BTreeSet;

use imds_emulator::journal::StubEntry;

use super::{Judgement, count};
use crate::command::check::seen::Seen;
use crate::command::check::seen::cmdlets::{self, identity, is_for_manager};
use crate::result::run::CmdletResult;

/// Which cmdlets asked, for how many tokens and how often.
#[must_use]
pub(crate) fn cmdlets(seen: &Seen) -> Judgement {
    if seen.manager.is_empty() {
        return Judgement::not_applicable("it asked nothing of Resource Manager");
    }
    let uses = cmdlets::uses(&seen.requests, &seen.manager, &seen.identities);
    let told: Vec<String> = uses.iter().map(told_of).collect();
    Judgement::noted(told.join("; "))
}

/// It works with the identity that it asked for, not with another one whose token it could have.
#[must_use]
pub(crate) fn own_identity(seen: &Seen) -> Judgement {
    let works_as: BTreeSet<&str> = successes(seen).filter_map(client).collect();
    if works_as.is_empty() {
        return Judgement::not_applicable("Resource Manager answered nothing to it");
    }
    let Some(first) = seen.requests.iter().find(|it| is_for_manager(it)) else {
        return Judgement::not_applicable("it asked for no token for Resource Manager");
    };
    let worked = works_as.iter().copied().collect::<Vec<_>>().join(", ");
    match identity(first, &seen.identities) {
        Some(meant) if works_as.contains(meant) => {
            Judgement::of(true, format!("worked as {worked}"))
        }
        Some(meant) => {
            let told = format!("asked for a token of {meant} first, and worked as {worked}");
            Judgement::of(false, told)
        }
        None => {
            let told = format!("the VM has no such identity; worked as {worked}");
            Judgement::of(false, told)
        }
    }
}

/// Without a token nothing is to be had of Resource Manager: what succeeds bears a token of an earlier run.
#[must_use]
pub(crate) fn no_access(seen: &Seen) -> Judgement {
    let asked = seen.manager.iter().filter(|it| !describes(it)).count();
    if asked == 0 {
        return Judgement::not_applicable("it asked nothing of Resource Manager");
    }
    if !seen.requests.iter().any(is_for_manager) {
        return Judgement::not_applicable("it asked for no token for Resource Manager");
    }
    let asked = count(asked, "request");
    match successes(seen).count() {
        0 => Judgement::of(
            true,
            format!("{asked} to Resource Manager, none successful"),
        ),
        well => Judgement::of(
            false,
            format!("{well} of {asked} to Resource Manager succeeded, with a token from elsewhere"),
        ),
    }
}

/// The requests that Resource Manager answered with what they asked for; its description, for which no
/// token is needed, is not among them.
pub(crate) fn successes(seen: &Seen) -> impl Iterator<Item = &StubEntry> {
    let is_success = |it: &&StubEntry| it.outcome.status.is_some_and(|status| status < 300);
    seen.manager
        .iter()
        .filter(|it| !describes(it))
        .filter(is_success)
}

/// What a command usually gets of Resource Manager and did not get here, by its cmdlets.
pub(super) fn missed(seen: &Seen) -> Option<String> {
    let here: BTreeSet<_> = successes(seen).map(|it| it.command.clone()).collect();
    let missed = seen.usual.iter().filter(|it| !here.contains(it));
    let missed: Vec<&str> = missed.map(|it| it.as_deref().unwrap_or("it")).collect();
    let named = missed.join(", ");
    (!missed.is_empty())
        .then(|| format!("{named} got nothing of Resource Manager, as it did alone"))
}

fn describes(request: &StubEntry) -> bool {
    request.operation == Some("metadata-endpoints")
}

fn client(request: &StubEntry) -> Option<&str> {
    request.client_id.as_deref()
}

fn told_of(it: &CmdletResult) -> String {
    let name = it.cmdlet.as_deref().unwrap_or("without a cmdlet");
    let plural = |number: u64, one| count(usize::try_from(number).unwrap_or(usize::MAX), one);
    let failed = match it.failed_token_requests {
        0 => String::new(),
        failed => format!(" after {}", plural(failed, "failure")),
    };
    let statuses = it.by_status.iter();
    let statuses: Vec<String> = statuses
        .filter(|(status, _)| *status != "200")
        .map(|(status, times)| format!(", {times} with {status}"))
        .collect();
    let (tokens, requests) = (plural(it.tokens, "token"), plural(it.requests, "request"));
    format!("{name}: {tokens}{failed}, {requests}{}", statuses.concat())
}
