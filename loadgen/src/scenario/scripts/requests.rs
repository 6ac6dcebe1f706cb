//! What steps ask IMDS for.

use imds_client::wire::{Identity, TokenRequest};
use imds_client::{InstanceFormat, InstancePath, InstanceRequest};
use imds_emulator::Config;
use imds_emulator::document::Section;

use crate::script::RESOURCE_MANAGER;

pub(super) fn connect(connect: &mut Section, imds: &Config) -> Option<TokenRequest> {
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

/// A part of the VM's own document; a single value is asked for as text, for IMDS refuses it as JSON.
pub(super) fn metadata(metadata: &mut Section, imds: &Config) -> Option<InstanceRequest> {
    let text = metadata.optional::<String>("path").unwrap_or_default();
    let version = InstanceRequest::API_VERSION;
    let segments = text.split('/').filter(|segment| !segment.is_empty());
    let path = text.parse::<InstancePath>().ok();
    let element = imds.instance.element(version, segments);
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
