//! What steps ask IMDS for.

use std::sync::Arc;

use imds_client::wire::{Identity, TokenRequest};
use imds_client::{InstanceFormat, InstancePath, InstanceRequest};
use imds_emulator::Config;
use imds_emulator::document::Section;

use crate::scenario::listed::listed;
use crate::scenario::script::RESOURCE_MANAGER;

pub(super) fn connect(connect: &mut Section, imds: &Config) -> Option<TokenRequest> {
    let resource = connect.optional::<String>("resource");
    let resource = resource.unwrap_or_else(|| RESOURCE_MANAGER.to_owned());
    if resource.is_empty() {
        connect.refuse(
            "resource",
            format_args!("expected a resource such as \"{RESOURCE_MANAGER}\""),
        );
    }
    let identity = identity(connect, imds)?;
    Some(TokenRequest { identity, resource })
}

/// The VM's own if none is named.
pub(in crate::scenario) fn identity(table: &mut Section, imds: &Config) -> Option<Identity> {
    let Some(name) = table.optional::<String>("identity") else {
        return Some(Identity::SystemAssigned);
    };
    let found = find(&name, imds);
    if found.is_none() {
        table.refuse("identity", expected_identity(imds));
    }
    found
}

/// The id of a subscription of the VM's tenant, by its id or its name.
pub(in crate::scenario) fn subscription(table: &mut Section, imds: &Config) -> Option<Arc<str>> {
    let name: String = table.required("subscription")?;
    let known = &imds.resource_manager.subscriptions;
    let found = known
        .iter()
        .find(|one| one.id.eq_ignore_ascii_case(&name) || one.name == name);
    if found.is_none() {
        let names = listed(known.iter().map(|one| one.name.as_str()));
        table.refuse(
            "subscription",
            format_args!("expected a subscription of [imds.resource_manager], one of {names}"),
        );
    }
    found.map(|one| one.id.as_str().into())
}

fn find(name: &str, imds: &Config) -> Option<Identity> {
    let found = imds.vm.identities.named(name)?;
    Some(Identity::ClientId(found.client_id.clone()))
}

fn expected_identity(imds: &Config) -> String {
    let known: Vec<&str> = imds
        .vm
        .identities
        .iter()
        .map(|known| known.name.as_str())
        .collect();
    let names = listed(known.into_iter());
    format!("expected an identity of [imds], one of {names}")
}

/// A part of the VM's own document; a single value is asked for as text, for IMDS refuses it as JSON.
pub(super) fn metadata(metadata: &mut Section, imds: &Config) -> Option<InstanceRequest> {
    let text = metadata.optional::<String>("path").unwrap_or_default();
    let version = InstanceRequest::API_VERSION;
    let segments = text.split('/').filter(|segment| !segment.is_empty());
    let path = text.parse::<InstancePath>().ok();
    let element = imds.vm.instance.element(version, segments);
    let Some((path, element)) = path.zip(element) else {
        metadata.refuse(
            "path",
            format_args!("expected a part of what the VM says of itself in version {version}, such as \"compute/vmSize\""),
        );
        return None;
    };
    let format = if element.is_string() {
        InstanceFormat::Text
    } else {
        InstanceFormat::Json
    };
    Some(InstanceRequest {
        path,
        format,
        ..InstanceRequest::default()
    })
}
