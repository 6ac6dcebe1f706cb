//! The `script` of a group.

use std::sync::Arc;

use imds_client::wire::{Identity, TokenRequest};
use imds_emulator::Config;
use imds_emulator::document::{FriendlyDuration, Section};

use super::kinds::kind;
use crate::script::{Pause, Step};

/// What Azure's command-line tools ask for first.
pub(super) const RESOURCE_MANAGER: &str = "https://management.azure.com/";

pub(super) fn read(group: &mut Section, imds: &Config) -> Option<Arc<[Step]>> {
    if !group.has("script") {
        group.required::<String>("script");
        return None;
    }
    let sections = group.sections("script");
    let announced = sections.len();
    let steps = sections
        .into_iter()
        .filter_map(|mut section| read_step(&mut section, imds));
    let steps: Arc<[Step]> = steps.collect();
    let connects = steps.iter().any(|step| matches!(step, Step::Connect(_)));
    if steps.len() == announced && !connects {
        group.refuse("script", "expected at least one connect step");
    }
    (steps.len() == announced).then_some(steps)
}

fn read_step(step: &mut Section, imds: &Config) -> Option<Step> {
    match kind(step, &["connect", "think", "think_between"])? {
        "connect" => {
            let request = read_connect(&mut step.section("connect")?, imds)?;
            Some(Step::Connect(Arc::new(request)))
        }
        "think" => {
            let FriendlyDuration(pause) = step.required("think")?;
            let (min, max) = (pause, pause);
            Some(Step::Think(Pause { min, max }))
        }
        between => {
            let [FriendlyDuration(min), FriendlyDuration(max)] = step.required(between)?;
            if min > max {
                step.refuse(between, "expected the shorter pause first");
            }
            Some(Step::Think(Pause { min, max }))
        }
    }
}

fn read_connect(connect: &mut Section, imds: &Config) -> Option<TokenRequest> {
    let name = connect.optional::<String>("identity");
    let resource = connect.optional::<String>("resource");
    let resource = resource.unwrap_or_else(|| RESOURCE_MANAGER.to_owned());
    if resource.is_empty() {
        connect.refuse(
            "resource",
            format_args!("expected a resource such as \"{RESOURCE_MANAGER}\""),
        );
    }
    let identity = match name {
        None => Identity::SystemAssigned,
        Some(name) => find(&name, imds).or_else(|| {
            connect.refuse("identity", expected_identity(imds));
            None
        })?,
    };
    Some(TokenRequest { identity, resource })
}

fn find(name: &str, imds: &Config) -> Option<Identity> {
    let found = imds.identities.named(name)?;
    Some(Identity::ClientId(found.client_id.clone()))
}

fn expected_identity(imds: &Config) -> String {
    let names: Vec<&str> = imds
        .identities
        .iter()
        .map(|known| known.name.as_str())
        .collect();
    format!(
        "expected an identity of [imds], one of {}",
        names.join(", ")
    )
}
