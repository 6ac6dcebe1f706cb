//! How one VM's settings are read, be they at the top of a document or in a table of `vms`.

use std::sync::LazyLock;

use toml::de::DeTable;

use super::resource_manager::Surroundings;
use super::settings::{Config, VmSettings};
use super::{
    attested, events, faults, identities, instance, journal, latency, limits, load_balancer,
    profile, protocols, tokens, wire,
};
use crate::document::Section;
use crate::model::identity::Identities;
use crate::model::instance::Instance;

/// One VM's settings, of which only those are read that others refer to.
pub(super) struct Draft {
    profile: Option<String>,
    /// Empty if it is wrong, for the others to be read all the same.
    tenant_id: Option<String>,
    instance: Instance,
    identities: Identities,
}

impl Draft {
    /// Begins with the table's own settings, above those that lie `beneath` it (the last uppermost), the
    /// profile's and the defaults. `chosen` is a profile that wins over the one that is named there.
    pub(super) fn begin<'t>(
        section: &mut Section<'t>,
        chosen: Option<&str>,
        beneath: impl IntoIterator<Item = DeTable<'t>>,
    ) -> Draft {
        section.underlay(defaults());
        let profile = profile::underlay(section, chosen);
        for layer in beneath {
            section.underlay(layer);
        }
        let tenant_id = identities::guid(section, "tenant_id");
        let tenant = tenant_id.as_deref().unwrap_or_default();
        let instance = instance::read(section, tenant);
        let identities = identities::read(section, tenant, &instance);
        Draft {
            profile,
            tenant_id,
            instance,
            identities,
        }
    }

    /// What Resource Manager's settings take from the VM's.
    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            tenant_id: self.tenant_id.as_deref().unwrap_or_default(),
            vm: &self.instance,
            identities: &self.identities,
        }
    }

    /// Reads the rest; `None`, and the problems noted, if anything is wrong.
    pub(super) fn finish(self, section: &mut Section) -> Option<VmSettings> {
        let seed = section.required("seed");
        let loadbalancer = load_balancer::read(section);
        let faults = faults::read(section, &self.identities);
        let limits = section.table("limits", limits::read);
        let latency = section.table("latency", latency::read);
        let tokens = section.table("tokens", |table| tokens::read(table, &self.identities));
        let location = self.instance.text("/compute/location");
        let attested = section.table("attested", |table| attested::read(table, location));
        let scheduled_events = section.table("scheduled_events", events::service);
        let events = events::events(section, self.instance.text("/compute/name"));
        let protocols = section.table("protocols", protocols::read);
        let wire = section.table("wire", wire::read);
        let journal = section.table("journal", journal::read);
        Some(VmSettings {
            profile: self.profile?,
            seed: seed?,
            tenant_id: self.tenant_id?,
            limits: limits?,
            latency: latency?,
            identities: self.identities,
            instance: self.instance,
            loadbalancer,
            faults,
            tokens: tokens?,
            attested: attested?,
            scheduled_events: scheduled_events?,
            events,
            protocols: protocols?,
            wire: wire?,
            journal: journal?,
        })
    }
}

/// Parsed once: each VM lies over a copy.
fn defaults() -> DeTable<'static> {
    static PARSED: LazyLock<DeTable<'static>> = LazyLock::new(|| {
        let table = DeTable::parse(Config::DEFAULTS);
        table.expect("a test reads the defaults").into_inner()
    });
    PARSED.clone()
}
