//! What can be set, and how it is read.
//!
//! The defaults are a document, [`Config::DEFAULTS`], which is also their documentation. A profile is
//! laid over it, and what the user sets over that; each setting has one home.

mod admin_hosts;
mod attested;
mod events;
mod faults;
mod identities;
mod instance;
mod journal;
mod latency;
mod limits;
mod load_balancer;
mod model;
mod ports;
mod profile;
mod protocols;
pub(crate) mod reload;
mod resource_manager;
mod schema;
mod settings;
mod tokens;
mod vm_name;
mod vms;
mod wire;

use std::sync::LazyLock;

use toml::de::DeTable;

use crate::document::{self, Problems, Section};
use crate::model::event::EventPlan;
use crate::model::fault::Fault;

pub use attested::{Attested, DigestAlgorithm, NonceUse};
pub use journal::JournalSettings;
pub use protocols::{ArcKeyFolder, ExpiryForm, ProtocolLimits, Protocols};
pub use resource_manager::ResourceManagerSettings;
pub use settings::{Config, FleetSettings, VmSettings};
pub use tokens::Tokens;
pub use vm_name::check as check_vm_name;
pub use wire::Wire;

pub(crate) use vm_name::FIRST;

use vms::Unread;

impl Config {
    /// The defaults as a commented document.
    pub const DEFAULTS: &str = concat!(
        include_str!("config/defaults.toml"),
        include_str!("config/instance.toml")
    );

    /// Reads a configuration document; `name` is what problems call it.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn from_toml(name: &str, text: &str) -> Result<Config, Problems> {
        Config::read_whole(name, text, None)
    }

    /// As [`Config::from_toml`], with that profile whatever profile the document names.
    ///
    /// # Errors
    /// All that is wrong with it. An unknown profile is a problem of the document.
    pub fn from_toml_as(name: &str, text: &str, profile: &str) -> Result<Config, Problems> {
        Config::read_whole(name, text, Some(profile))
    }

    /// Reads a configuration of one VM that is a table of another document. Problems are noted there;
    /// the defaults are returned in that case.
    pub fn read(section: &mut Section) -> Config {
        Config::read_over(section, None, []).unwrap_or_default()
    }

    fn read_whole(name: &str, text: &str, chosen: Option<&str>) -> Result<Config, Problems> {
        let read = document::read(name, text, |section| {
            let vms = Unread::take(section, chosen);
            let mut config = Config::read_over(section, chosen, []);
            let fleet = FleetSettings::read(section);
            if let (Some(config), Some(fleet)) = (&mut config, &fleet) {
                config.fleet = fleet.clone();
            }
            if let Some(config) = &config {
                ports::check(config, section);
            }
            let vms = vms.read(config.as_ref(), section);
            fleet.is_some().then_some(Config { vms, ..config? })
        });
        let mut config = read.map_err(|problems| problems.without_echoes("vms"))?;
        config.fleet.keep(text, chosen);
        Ok(config)
    }

    /// Reads a document that has nothing but `[[faults]]`; identities in it are this configuration's.
    pub(crate) fn faults_from_toml(&self, name: &str, text: &str) -> Result<Vec<Fault>, Problems> {
        document::read(name, text, |section| {
            Some(faults::read(section, &self.identities))
        })
    }

    /// Reads a document that is one `[[events]]` table without `at`.
    pub(crate) fn event_from_toml(name: &str, text: &str) -> Result<EventPlan, Problems> {
        document::read(name, text, events::plan)
    }

    /// The names of the profiles.
    #[must_use]
    pub fn profiles() -> Vec<String> {
        profile::names()
    }

    /// One VM's settings: the table's own, above those that lie `beneath` it (the last uppermost), the
    /// profile's and the defaults.
    fn read_over<'t>(
        section: &mut Section<'t>,
        chosen: Option<&str>,
        beneath: impl IntoIterator<Item = DeTable<'t>>,
    ) -> Option<Config> {
        section.underlay(defaults());
        let profile = profile::underlay(section, chosen);
        for layer in beneath {
            section.underlay(layer);
        }
        let seed = section.required("seed");
        let tenant_id = identities::guid(section, "tenant_id");
        let tenant = tenant_id.as_deref().unwrap_or_default();
        let instance = instance::read(section, tenant);
        let identities = identities::read(section, tenant, &instance);
        let loadbalancer = load_balancer::read(section);
        let faults = faults::read(section, &identities);
        let limits = section.table("limits", limits::read);
        let latency = section.table("latency", latency::read);
        let tokens = section.table("tokens", tokens::read);
        let location = instance.text("/compute/location");
        let attested = section.table("attested", |table| attested::read(table, location));
        let scheduled_events = section.table("scheduled_events", events::service);
        let events = events::events(section, instance.text("/compute/name"));
        let protocols = section.table("protocols", protocols::read);
        let around = resource_manager::Surroundings {
            tenant_id: tenant,
            vm: &instance,
            identities: &identities,
        };
        let resource_manager = section.table("resource_manager", |table| {
            resource_manager::read(table, &around)
        });
        let wire = section.table("wire", wire::read);
        let journal = section.table("journal", journal::read);
        let listen = section.required("listen");
        let admin_listen = section.required("admin_listen");
        let admin_hosts = admin_hosts::read(section);
        Some(Config {
            profile: profile?,
            seed: seed?,
            tenant_id: tenant_id?,
            limits: limits?,
            latency: latency?,
            identities,
            instance,
            loadbalancer,
            faults,
            tokens: tokens?,
            attested: attested?,
            scheduled_events: scheduled_events?,
            events,
            protocols: protocols?,
            resource_manager: resource_manager?,
            wire: wire?,
            journal: journal?,
            listen: listen?,
            admin_listen: admin_listen?,
            admin_hosts: admin_hosts?,
            fleet: FleetSettings::default(),
            vms: Vec::new(),
        })
    }
}

impl Default for Config {
    /// What [`Config::DEFAULTS`] says.
    fn default() -> Self {
        Config::from_toml("defaults.toml", "").expect("a test reads the defaults")
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

#[cfg(test)]
mod tests;
