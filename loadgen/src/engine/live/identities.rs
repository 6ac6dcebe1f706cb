//! Whether a target knows the identities that a scenario names, asked once for each after a run in which all failed.

use std::collections::BTreeSet;

use imds_client::wire::{Identity, TokenRequest};
use imds_client::{Client, Endpoint, HttpTransport, Outcome, Policy};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::failure::LiveError;
use crate::record::{Ended, Record};
use crate::scenario::definition::Scenario;
use crate::scenario::script::Task;

/// What a service answers that does not know an identity (documented).
const UNKNOWN: u16 = 400;

/// How a session fails for which the service has no identity.
const REFUSED: &str = "imds_400";

/// Whether all sessions that have ended failed as those do whose identity the service does not know.
pub(super) fn all_refused(record: &Record) -> bool {
    let Ended { succeeded, failed } = record.ended();
    let kinds = record
        .groups
        .iter()
        .flat_map(|group| group.by_failure.keys());
    succeeded == 0 && failed > 0 && kinds.into_iter().all(|kind| kind == REFUSED)
}

/// Asks for a token of each identity that is named: those that the target refuses, with its words. Whatever else it
/// answers is for the result to show.
///
/// # Errors
/// If there is no HTTP client.
pub(super) async fn unknown(
    scenario: &Scenario,
    target: &Endpoint,
) -> Result<Vec<String>, LiveError> {
    let requests = named(scenario);
    let transport = HttpTransport::new(target.clone());
    let transport = transport.map_err(|error| LiveError::Client(error.to_string()))?;
    let once = Policy::preset("one-attempt").expect("a preset");
    let client = Client::new(transport, once, ChaCha8Rng::seed_from_u64(scenario.seed));
    let mut unknown = vec![];
    for request in &requests {
        let Err(error) = client.ask(*request).await else {
            continue;
        };
        if matches!(
            error.outcome,
            Outcome::Status {
                status: UNKNOWN,
                ..
            }
        ) {
            let words = error.service.map(|words| format!(": {words}"));
            unknown.push(format!(
                "{}{}",
                id(&request.identity),
                words.unwrap_or_default()
            ));
        }
    }
    Ok(unknown)
}

/// One request for each identity that is not the VM's own.
fn named(scenario: &Scenario) -> Vec<&TokenRequest> {
    let mut seen = BTreeSet::new();
    let groups = scenario.groups.iter();
    let requests = groups.flat_map(|group| Task::token_requests(&group.script));
    requests
        .filter(|request| request.identity != Identity::SystemAssigned)
        .filter(|request| seen.insert(&request.identity))
        .collect()
}

fn id(identity: &Identity) -> &str {
    match identity {
        Identity::SystemAssigned => "the VM's own",
        Identity::ClientId(id) | Identity::ObjectId(id) | Identity::ResourceId(id) => id,
    }
}
