//! Which cmdlet asked for which token, as far as requests show it.
//!
//! A request to IMDS names no cmdlet: that of a token that was granted is the cmdlet of the next request to
//! Resource Manager with a token of the same identity. That of a request that failed is the cmdlet of the next
//! one like it that was granted; if there is none, it is not known.

use imds_emulator::identity::{Identities, Selector};
use imds_emulator::journal::{Entry, StubEntry};
use imds_emulator::resource_manager::AUDIENCES;

use super::{is_like, is_served, status};
use crate::record::NO_ANSWER;
use crate::result::run::CmdletResult;

/// The parameters by which the protocols select an identity, and what they name.
const BY_CLIENT: [&str; 2] = ["client_id", "clientid"];
const BY_OBJECT: [&str; 2] = ["object_id", "principal_id"];
const BY_RESOURCE: [&str; 2] = ["msi_res_id", "mi_res_id"];

/// The client id of the identity that a request selects; `None` if the VM lacks it, or the query does not
/// say.
pub(crate) fn identity<'i>(request: &Entry, identities: &'i Identities) -> Option<&'i str> {
    let first = |names: [&str; 2]| names.into_iter().find_map(|name| request.parameter(name));
    let selected = if let Some(id) = first(BY_CLIENT) {
        identities.select(Selector::ClientId(&id))
    } else if let Some(id) = first(BY_OBJECT) {
        identities.select(Selector::ObjectId(&id))
    } else if let Some(id) = first(BY_RESOURCE) {
        identities.select(Selector::ResourceId(&id))
    } else {
        identities.select(Selector::Default)
    };
    selected.ok().map(|identity| identity.client_id.as_str())
}

/// Whether a token for Resource Manager is asked for, in the query.
pub(crate) fn is_for_manager(request: &Entry) -> bool {
    let resource = request.parameter("resource");
    resource.is_some_and(|resource| AUDIENCES.contains(&resource.as_str()))
}

/// For each of the requests to IMDS the one to Resource Manager that shows its cmdlet.
#[must_use]
pub(crate) fn shown_by<'m>(
    requests: &[Entry],
    manager: &'m [StubEntry],
    identities: &Identities,
) -> Vec<Option<&'m StubEntry>> {
    let each = requests.iter().enumerate();
    each.map(|(index, request)| {
        let like = |later: &&Entry| is_like(request, later) && later.session == request.session;
        let mut likes = requests[index..].iter().filter(like);
        let granted = likes.find(|later| is_served(later))?;
        is_for_manager(granted).then(|| user(granted, manager, identities))?
    })
    .collect()
}

/// The next request to Resource Manager with a token such as this one.
fn user<'m>(
    granted: &Entry,
    manager: &'m [StubEntry],
    identities: &Identities,
) -> Option<&'m StubEntry> {
    let own = identity(granted, identities);
    manager.iter().find(|it| {
        let bears = it.client_id.as_deref();
        let is_own = bears.is_some() && (own.is_none() || bears == own);
        it.session == granted.session && it.time >= granted.time && is_own
    })
}

/// What each cmdlet asked, in the order of their first requests to Resource Manager.
#[must_use]
pub(crate) fn uses(
    requests: &[Entry],
    manager: &[StubEntry],
    identities: &Identities,
) -> Vec<CmdletResult> {
    let mut all: Vec<CmdletResult> = Vec::new();
    for request in manager {
        count(of(&mut all, request), request);
    }
    let shown = shown_by(requests, manager, identities);
    for (request, shown) in requests.iter().zip(shown) {
        if let Some(shown) = shown {
            count_token(of(&mut all, shown), request);
        }
    }
    all
}

fn count_token(used: &mut CmdletResult, request: &Entry) {
    match status(request) {
        Some(200) => used.tokens += 1,
        _ => used.failed_token_requests += 1,
    }
}

fn count(used: &mut CmdletResult, request: &StubEntry) {
    used.requests += 1;
    let status = request.outcome.status;
    let status = status.map_or_else(|| NO_ANSWER.to_owned(), |status| status.to_string());
    *used.by_status.entry(status).or_default() += 1;
    used.identities.extend(request.client_id.clone());
}

fn of<'u>(all: &'u mut Vec<CmdletResult>, request: &StubEntry) -> &'u mut CmdletResult {
    let known = all.iter().position(|it| it.cmdlet == request.command);
    let index = known.unwrap_or_else(|| {
        all.push(CmdletResult {
            cmdlet: request.command.clone(),
            ..CmdletResult::default()
        });
        all.len() - 1
    });
    &mut all[index]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::check::seen::samples::{managed, request};

    #[test]
    fn a_token_is_of_the_cmdlet_whose_request_comes_next() {
        let identities = imds_emulator::Config::default().vm.identities;
        let client = identities.select(Selector::Default).expect("one");
        let tokens = [(0, 429), (10, 200), (30, 200), (60, 200), (90, 429)];
        let mut tokens: Vec<Entry> = tokens
            .into_iter()
            .map(|(at, status)| request(1, at, status))
            .collect();
        for token in &mut tokens {
            token.query = "resource=https%3A%2F%2Fmanagement.azure.com%2F".into();
        }
        tokens[3].query = "resource=https%3A%2F%2Fvault.azure.net".into();
        let asked = |at, name, status| managed(at, name, status, &client.client_id);
        let manager = [
            asked(20, Some("Connect-AzAccount"), 200),
            asked(25, Some("Connect-AzAccount"), 200),
            asked(40, Some("Get-AzResource"), 200),
            asked(70, None, 404),
        ];
        let uses = uses(&tokens, &manager, &identities);
        let told: Vec<_> = uses
            .iter()
            .map(|it| {
                let name = it.cmdlet.as_deref().unwrap_or("-");
                (name, it.tokens, it.failed_token_requests, it.requests)
            })
            .collect();
        let expected = [
            ("Connect-AzAccount", 1, 1, 2),
            ("Get-AzResource", 1, 0, 1),
            ("-", 0, 0, 1),
        ];
        assert_eq!(told, expected, "the last request was never granted");
        assert_eq!(uses[2].by_status["404"], 1);
    }
}
