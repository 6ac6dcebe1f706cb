//! The settings of a process and of its VMs, as values.

use std::net::SocketAddr;

use serde::Serialize;
use toml::Table;

use super::attested::Attested;
use super::journal::JournalSettings;
use super::protocols::Protocols;
use super::resource_manager::ResourceManagerSettings;
use super::tokens::Tokens;
use super::wire::Wire;
use crate::model::event::{Event, EventService};
use crate::model::fault::Fault;
use crate::model::identity::Identities;
use crate::model::instance::Instance;
use crate::model::latency::Latency;
use crate::model::limit::Limits;
use crate::model::load_balancer::LoadBalancer;

/// Everything that can be set for a process.
///
/// It is written as one flat table: the first VM's settings stand beside those of the process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Config {
    /// The first VM, which lasts as long as the process.
    #[serde(flatten)]
    pub vm: VmSettings,
    /// Where the first VM's IMDS is served; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where the administration port is; port 0 picks a free one.
    pub admin_listen: SocketAddr,
    /// The names under which the administration port may be asked, beside `localhost` and addresses.
    pub admin_hosts: Vec<String>,
    /// The stub of Azure Resource Manager: one for the tokens of all VMs.
    pub resource_manager: ResourceManagerSettings,
    /// What holds for all VMs together.
    pub fleet: FleetSettings,
    /// The VMs beside the first.
    #[serde(skip)]
    pub vms: Vec<NamedVm>,
}

/// Everything that can be set for one VM.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VmSettings {
    /// The profile the limits come from.
    pub profile: String,
    /// Draws service times and request ids.
    pub seed: u64,
    /// The tenant that tokens name, a GUID.
    pub tenant_id: String,
    /// How requests are limited.
    pub limits: Limits,
    /// How long answers take.
    pub latency: Latency,
    /// The identities that tokens are granted to.
    pub identities: Identities,
    /// The VM's instance metadata.
    pub instance: Instance,
    /// The load balancer in front of the VM, if there is one.
    pub loadbalancer: Option<LoadBalancer>,
    /// The planned faults.
    pub faults: Vec<Fault>,
    /// The settings of tokens.
    pub tokens: Tokens,
    /// The settings of attested documents.
    pub attested: Attested,
    /// When the service of scheduled events is on.
    pub scheduled_events: EventService,
    /// The planned scheduled events.
    pub events: Vec<Event>,
    /// The other protocols for managed identities.
    pub protocols: Protocols,
    /// The settings of answers.
    pub wire: Wire,
    /// The settings of the journal.
    pub journal: JournalSettings,
}

/// One VM beside the first.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedVm {
    /// Its name: part of the administration port's paths.
    pub name: String,
    /// Where its IMDS is served; a free port of the first VM's address if `None`.
    pub listen: Option<SocketAddr>,
    /// Its own settings; what it does not set is as at the top of its file.
    pub settings: VmSettings,
}

/// What holds for all VMs of a process together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FleetSettings {
    /// How many there may be at once, the first among them: 1 to 10 000.
    pub most: usize,
    /// The settings that a VM made at run time has when it does not say otherwise.
    #[serde(skip)]
    pub(super) template: Table,
    #[serde(skip)]
    pub(super) overrides: Overrides,
}

impl Default for FleetSettings {
    /// As the defaults' document says; a test compares them.
    fn default() -> Self {
        FleetSettings {
            most: 1000,
            template: Table::new(),
            overrides: Overrides::default(),
        }
    }
}

/// The command line's settings of all VMs, also of those that are made later.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Overrides {
    pub(super) seed: Option<u64>,
    pub(super) faults: Vec<Fault>,
}
