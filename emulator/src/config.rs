//! What can be set, and how it is read.
//!
//! The defaults are a document, [`Config::DEFAULTS`], which is also their documentation. A profile is
//! laid over it, and what the user sets over that; each setting has one home.

mod admin_hosts;
mod attested;
mod draft;
mod events;
mod faults;
mod identities;
mod instance;
mod journal;
mod json;
mod latency;
mod limits;
mod load_balancer;
mod model;
mod ports;
mod profile;
mod protocols;
mod refused;
pub(crate) mod reload;
mod resource_manager;
mod schema;
mod settings;
mod tokens;
mod vm_name;
mod vms;
mod wire;

use std::sync::Arc;

use crate::document::{self, Problems, Section};
use crate::model::event::EventPlan;
use crate::model::fault::Fault;
use crate::model::resource_manager::CustomAnswer;

pub use attested::{Attested, CommonName, DigestAlgorithm, NonceUse, Signed};
pub use journal::JournalSettings;
pub use protocols::{ArcKeyFolder, ExpiryForm, ProtocolLimits, Protocols};
pub use refused::{Refused, refuse};
pub use resource_manager::ResourceManagerSettings;
pub use settings::{Config, FleetSettings, NamedVm, VmSettings};
pub use tokens::{CustomClaims, Tokens};
pub use vm_name::check as check_vm_name;
pub use vms::Inherited;
pub use wire::Wire;

pub(crate) use ports::Addresses;
pub(crate) use vm_name::FIRST;

use draft::Draft;
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
        Config::read_with_one_vm(section, None).unwrap_or_default()
    }

    fn read_whole(name: &str, text: &str, chosen: Option<&str>) -> Result<Config, Problems> {
        let read = document::read(name, text, |section| {
            let vms = Unread::take(section, chosen);
            let mut config = Config::read_with_one_vm(section, chosen);
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

    /// Reads a document that is one `[[events]]` table without `at`.
    pub(crate) fn event_from_toml(name: &str, text: &str) -> Result<EventPlan, Problems> {
        document::read(name, text, events::plan)
    }

    /// The names of the profiles.
    #[must_use]
    pub fn profiles() -> Vec<String> {
        profile::names()
    }

    /// All but `fleet` and `vms`, which only a document of its own may have.
    fn read_with_one_vm(section: &mut Section, chosen: Option<&str>) -> Option<Config> {
        let vm = Draft::begin(section, chosen, []);
        let resource_manager = section.table("resource_manager", |table| {
            resource_manager::read(table, &vm.surroundings())
        });
        let vm = vm.finish(section);
        let listen = section.required("listen");
        let admin_listen = section.required("admin_listen");
        let admin_hosts = admin_hosts::read(section);
        Some(Config {
            vm: vm?,
            listen: listen?,
            admin_listen: admin_listen?,
            admin_hosts: admin_hosts?,
            resource_manager: resource_manager?,
            fleet: FleetSettings::default(),
            vms: Vec::new(),
        })
    }
}

impl VmSettings {
    /// Reads a document that has nothing but `[[faults]]`; identities in it are this VM's.
    pub(crate) fn faults_from_toml(&self, name: &str, text: &str) -> Result<Vec<Fault>, Problems> {
        document::read(name, text, |section| {
            Some(faults::read(section, &self.identities))
        })
    }
}

impl ResourceManagerSettings {
    /// How many answers of the user's own there may be at once.
    pub(crate) const MOST_ANSWERS: usize = resource_manager::answers::MOST;

    /// Reads a document that has nothing but `[[answers]]`, none of which may name a file.
    pub(crate) fn answers_from_toml(
        name: &str,
        text: &str,
    ) -> Result<Vec<Arc<CustomAnswer>>, Problems> {
        document::read(name, text, |section| {
            Some(resource_manager::answers::read(section, None))
        })
    }
}

impl Default for Config {
    /// What [`Config::DEFAULTS`] says.
    fn default() -> Self {
        Config::from_toml("defaults.toml", "").expect("a test reads the defaults")
    }
}

impl Default for VmSettings {
    /// What [`Config::DEFAULTS`] says.
    fn default() -> Self {
        Config::default().vm
    }
}

#[cfg(test)]
mod tests;
