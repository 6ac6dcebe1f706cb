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

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Config {
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
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// What the tokens are like.
    pub tokens: Tokens,
    /// What attested documents are like.
    pub attested: Attested,
    /// When the service of scheduled events is on.
    pub scheduled_events: EventService,
    /// What is planned to happen to the VM.
    pub events: Vec<Event>,
    /// The other protocols for managed identities.
    pub protocols: Protocols,
    /// The stub of Azure Resource Manager.
    pub resource_manager: ResourceManagerSettings,
    /// What the answers are like.
    pub wire: Wire,
    /// What is written down of requests.
    pub journal: JournalSettings,
    /// Where IMDS is served; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where the administration port is; port 0 picks a free one.
    pub admin_listen: SocketAddr,
    /// The names under which the administration port may be asked, beside `localhost` and addresses.
    pub admin_hosts: Vec<String>,
    /// What holds for all VMs of the process together.
    pub fleet: FleetSettings,
    /// The VMs beside this one, which is the first.
    #[serde(skip)]
    pub vms: Vec<VmSettings>,
}

/// One VM beside the first, which has the settings at the top of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct VmSettings {
    /// What it is called: part of the administration port's paths.
    pub name: String,
    /// Where its IMDS is served; a free port of the first VM's address if `None`.
    pub listen: Option<SocketAddr>,
    /// All else. Its `listen` counts only once it is bound, its `admin_listen` and `vms` never.
    pub config: Config,
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
