//! Whether a target knows the identities that a scenario names, asked once for each before a run.

use std::collections::BTreeSet;

use imds_client::wire::{Identity, TokenRequest};
use imds_client::{Client, Endpoint, HttpTransport, Outcome, Policy};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::failure::LiveError;
use crate::scenario::definition::Scenario;
use crate::scenario::script::Task;

/// What a service answers that does not know an identity (documented).
const UNKNOWN: u16 = 400;

/// Asks for a token of each identity that is named. Says whether anything was asked; whatever else the target answers is
/// for the run to show.
///
/// # Errors
/// If the target refuses an identity: every session that works as it would fail.
pub(super) async fn check(scenario: &Scenario, target: &Endpoint) -> Result<bool, LiveError> {
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
    if unknown.is_empty() {
        return Ok(!requests.is_empty());
    }
    Err(LiveError::Identities(unknown.join("\n")))
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
