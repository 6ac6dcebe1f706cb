//! The keys `system_assigned` and `identities`.

use std::collections::BTreeSet;

use toml::Value;
use uuid::Uuid;

use crate::document::Section;
use crate::document::visible::is_printable;
use crate::model::identity::{Identities, Identity, Kind, derived_guid};
use crate::model::instance::Instance;

/// All identities that can be made out; problems are noted for the others.
///
/// What is not given is derived from the tenant and, for resource ids, from the VM.
pub(super) fn read(section: &mut Section, tenant_id: &str, vm: &Instance) -> Identities {
    let mut reader = Reader {
        tenant_id,
        vm,
        taken: BTreeSet::new(),
    };
    let system = reader.system_assigned(section);
    let tables = section.sections("identities");
    let users = tables
        .into_iter()
        .filter_map(|mut table| reader.user_assigned(&mut table));
    Identities::new(system.into_iter().chain(users))
}

/// A key that must be a GUID, in lower case and with hyphens.
pub(super) fn guid(section: &mut Section, key: &str) -> Option<String> {
    let text = section.required(key);
    checked_guid(section, key, text)
}

pub(super) fn guid_if_any(section: &mut Section, key: &str) -> Option<String> {
    let text = section.optional(key);
    checked_guid(section, key, text)
}

fn checked_guid(section: &Section, key: &str, text: Option<String>) -> Option<String> {
    let guid = Uuid::try_parse(&text?).ok();
    if guid.is_none() {
        section.refuse(key, "expected a GUID");
    }
    guid.map(|guid| guid.to_string())
}

struct Reader<'a> {
    tenant_id: &'a str,
    vm: &'a Instance,
    /// Names and ids in lower case, each with its key.
    taken: BTreeSet<(&'static str, String)>,
}

impl Reader<'_> {
    fn system_assigned(&mut self, section: &mut Section) -> Option<Identity> {
        if section.holds_table("system_assigned") {
            let mut table = section.section("system_assigned")?;
            let client_id = guid_if_any(&mut table, "client_id");
            let object_id = guid_if_any(&mut table, "object_id");
            let resource_id = table.optional("resource_id");
            let mut identity = self.own(client_id, object_id, resource_id);
            identity.resources = table.optional("resources");
            return Some(self.claimed(&table, identity));
        }
        match section.required("system_assigned")? {
            Value::Boolean(false) => None,
            Value::Boolean(true) => Some(self.claimed(section, self.own(None, None, None))),
            _ => {
                section.refuse("system_assigned", "expected true, false or a table");
                None
            }
        }
    }

    fn user_assigned(&mut self, section: &mut Section) -> Option<Identity> {
        let name: Option<String> = section.required("name");
        if name.as_deref().is_some_and(|name| !is_printable(name)) {
            section.refuse("name", "expected printable characters");
        }
        let client_id = guid(section, "client_id");
        let object_id = guid_if_any(section, "object_id");
        let resource_id: Option<String> = section.optional("resource_id");
        let resources = section.optional("resources");
        let (name, client_id) = (name?, client_id?);
        let provider = "Microsoft.ManagedIdentity/userAssignedIdentities";
        let identity = Identity {
            object_id: object_id.unwrap_or_else(|| self.derived("object_id", &client_id)),
            resource_id: resource_id.unwrap_or_else(|| self.resource_id(provider, &name)),
            name,
            client_id,
            kind: Kind::UserAssigned,
            resources,
        };
        Some(self.claimed(section, identity))
    }

    /// The VM's own identity; what is not given is derived.
    fn own(
        &self,
        client_id: Option<String>,
        object_id: Option<String>,
        resource_id: Option<String>,
    ) -> Identity {
        let client_id = client_id.unwrap_or_else(|| self.derived("client_id", Identity::SYSTEM));
        let name = self.vm.text("/compute/name");
        let vm = || self.resource_id("Microsoft.Compute/virtualMachines", name);
        Identity {
            name: Identity::SYSTEM.to_owned(),
            object_id: object_id.unwrap_or_else(|| self.derived("object_id", &client_id)),
            resource_id: resource_id.unwrap_or_else(vm),
            client_id,
            kind: Kind::SystemAssigned,
            resources: None,
        }
    }

    /// Notes which of the names and ids that were given another identity has already.
    fn claimed(&mut self, section: &Section, identity: Identity) -> Identity {
        for (key, value) in [
            ("name", &identity.name),
            ("client_id", &identity.client_id),
            ("object_id", &identity.object_id),
            ("resource_id", &identity.resource_id),
        ] {
            let is_new = self.taken.insert((key, value.to_ascii_lowercase()));
            if !is_new && section.states(key) {
                section.refuse(key, format!("`{value}` belongs to another identity"));
            }
        }
        identity
    }

    fn derived(&self, key: &str, of: &str) -> String {
        derived_guid(&[self.tenant_id, key, of])
    }

    fn resource_id(&self, provider: &str, name: &str) -> String {
        let subscription = self.vm.text("/compute/subscriptionId");
        let group = self.vm.text("/compute/resourceGroupName");
        format!("/subscriptions/{subscription}/resourcegroups/{group}/providers/{provider}/{name}")
    }
}
