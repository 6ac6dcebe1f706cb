//! All VMs of a process: each has its port, and all share the administration port, the signing key and
//! the stub of Resource Manager.
//!
//! VMs come and go while the others serve. A VM that is removed takes its journal, its limits and its
//! tokens with it, and requests that wait for its answers are answered at once.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: draws the entropy of the signing key"
)]

mod failure;
mod member;
mod settings;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::config::reload::Reload;
use crate::config::{Addresses, Config, FIRST, FleetSettings, NamedVm};
use crate::credentials::token::SharedKey;
use crate::serve::bind::bind;
use crate::serve::open_files::open_files;
use crate::serve::resource_manager::stub::Stub;
use crate::serve::service::Service;

pub(crate) use failure::{CannotMake, CannotRemove};

use member::{Member, Origin};

/// All VMs of a process.
pub(crate) struct Fleet {
    first: Arc<Service>,
    settings: FleetSettings,
    /// The further names of the administration port.
    admin_hosts: RwLock<Vec<String>>,
    /// Reads the configuration again, where it comes from a place that can be read again.
    reload: Option<Reload>,
    key: SharedKey,
    resource_manager: Arc<Stub>,
    /// How many were made without a name.
    unnamed: AtomicU64,
    members: Mutex<Members>,
}

/// Those that are being served, by name. None is added once the fleet is closed.
#[derive(Default)]
struct Members {
    by_name: BTreeMap<String, Member>,
    closed: bool,
}

impl Fleet {
    /// A fleet of one, which is served from now on. `config` has the addresses that were bound; its further
    /// VMs are not looked at.
    pub(crate) fn new(config: Config, reload: Option<Reload>, listener: TcpListener) -> Fleet {
        let key = SharedKey::new(rand::make_rng::<rand::rngs::ChaCha20Rng>());
        let resource_manager = Stub::new(&config, key.clone());
        let addresses = config.addresses();
        let first = Service::new(FIRST, config.vm, addresses, key.clone());
        let fleet = Fleet {
            first: Arc::new(first),
            settings: config.fleet,
            admin_hosts: RwLock::new(config.admin_hosts),
            reload,
            key,
            resource_manager: Arc::new(resource_manager),
            unnamed: AtomicU64::new(0),
            members: Mutex::default(),
        };
        let first = Member::serve(Arc::clone(&fleet.first), listener, Origin::File);
        fleet.members().by_name.insert(FIRST.to_owned(), first);
        fleet
    }

    /// Serves a VM of the configuration's file, whose name is unique there.
    pub(crate) fn add_of_file(&self, vm: NamedVm, listener: TcpListener, address: SocketAddr) {
        let service = self.service(vm, address);
        let name = service.name().to_owned();
        let member = Member::serve(service, listener, Origin::File);
        self.members().by_name.insert(name, member);
    }

    /// Makes a VM of what one table of `vms` in a configuration would hold, and serves it.
    ///
    /// # Errors
    /// When that is wrong, its name or address is taken, or there are too many; nothing has changed.
    pub(crate) fn make(&self, asked: toml::Table) -> Result<Arc<Service>, CannotMake> {
        let vm = self.settings.vm(self.free_name(), asked)?;
        self.room_for(&self.members(), &vm.name)?;
        let wanted = vm.wanted(self.first.addresses().imds);
        let (listener, address) = bind("IMDS", wanted)?;
        let mut members = self.members();
        self.room_for(&members, &vm.name)?;
        let service = self.service(vm, address);
        let member = Member::serve(Arc::clone(&service), listener, Origin::Request);
        members.by_name.insert(service.name().to_owned(), member);
        drop(members);
        tell_of(&service, address);
        Ok(service)
    }

    /// Ends a VM. When this returns its port is free, and all its requests have ended.
    ///
    /// # Errors
    /// When there is none of that name, or it is the first.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), CannotRemove> {
        if name == FIRST {
            return Err(CannotRemove::First);
        }
        let removed = self.members().by_name.remove(name);
        let member = removed.ok_or(CannotRemove::Unknown)?;
        // A task of its own ends it even if the request to remove it is dropped.
        let ended = tokio::spawn(member.end_at_once()).await;
        ended.expect("ending a VM does not panic");
        info!(vm = name, "removed");
        Ok(())
    }

    /// Ends all VMs; answers in flight have a second to finish.
    pub(crate) async fn close(&self) {
        let ending: Vec<_> = self.closed().into_iter().map(Member::begin_end).collect();
        for ending in ending {
            ending.ended().await;
        }
    }

    /// Accepts no VM from now on, and takes out those that there are.
    fn closed(&self) -> Vec<Member> {
        let mut members = self.members();
        members.closed = true;
        let all = std::mem::take(&mut members.by_name);
        all.into_values().collect()
    }

    /// The VM that is always there.
    pub(crate) fn first(&self) -> &Arc<Service> {
        &self.first
    }

    /// The VM of that name.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<Service>> {
        let members = self.members();
        members.by_name.get(name).map(Member::service)
    }

    /// The VM that answers for that tenant: best one whose tokens name the emulator's own issuer.
    pub(crate) fn of_tenant(&self, tenant: &str) -> Option<Arc<Service>> {
        let mut vms = self.all();
        vms.retain(|vm| vm.token_issuer().tenant_id().eq_ignore_ascii_case(tenant));
        let own = vms.iter().find(|vm| vm.config().tokens.issuer.is_none());
        own.or(vms.first()).cloned()
    }

    /// All VMs, the first before the others, those in the order of their names.
    pub(crate) fn all(&self) -> Vec<Arc<Service>> {
        let members = self.members();
        let others = members.by_name.values().map(Member::service);
        let others = others.filter(|vm| vm.name() != FIRST);
        std::iter::once(Arc::clone(&self.first))
            .chain(others)
            .collect()
    }

    /// The stub that the tokens of all VMs are for, whether it is served or not.
    pub(crate) fn resource_manager(&self) -> &Arc<Stub> {
        &self.resource_manager
    }

    /// Resets a VM, and with the first one the stub of Resource Manager.
    pub(crate) fn reset(&self, vm: &Service) {
        vm.reset();
        if vm.name() == FIRST {
            self.resource_manager.reset();
        }
    }

    /// How many VMs there may be at once.
    pub(crate) fn most(&self) -> usize {
        self.settings.most
    }

    fn service(&self, vm: NamedVm, address: SocketAddr) -> Arc<Service> {
        let addresses = Addresses {
            imds: address,
            ..self.first.addresses()
        };
        let service = Service::new(&vm.name, vm.settings, addresses, self.key.clone());
        Arc::new(service)
    }

    fn free_name(&self) -> String {
        loop {
            let number = self.unnamed.fetch_add(1, Ordering::Relaxed) + 1;
            let name = format!("vm-{number}");
            if self.find(&name).is_none() {
                return name;
            }
        }
    }

    fn room_for(&self, members: &Members, name: &str) -> Result<(), CannotMake> {
        if members.closed {
            Err(CannotMake::Closed)
        } else if members.by_name.contains_key(name) {
            Err(CannotMake::NameTaken(name.to_owned()))
        } else if members.by_name.len() >= self.settings.most {
            Err(CannotMake::TooMany(self.settings.most))
        } else if members.by_name.len() >= most_ports(open_files()) {
            Err(CannotMake::NoFile(members.by_name.len()))
        } else {
            Ok(())
        }
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ports of VMs take half of the open files at most: the others are for connections.
fn most_ports(open_files: u64) -> usize {
    usize::try_from(open_files / 2).unwrap_or(usize::MAX)
}

fn tell_of(service: &Service, address: SocketAddr) {
    info!(vm = service.name(), %address, "made");
    if !address.ip().is_loopback() {
        warn!(vm = service.name(), %address, "others can reach this VM: its address is not loopback");
    }
}

#[cfg(test)]
mod tests;
