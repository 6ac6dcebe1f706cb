//! Where a running emulator's configuration comes from, so that it can be read again.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::ports::Addresses;
use super::resource_manager::ResourceManagerSettings;
use super::settings::{Config, VmSettings};
use crate::document::Problems;

/// Reads the configuration again as it was read at the start.
#[derive(Clone)]
pub struct Reload(Arc<dyn Fn() -> Result<Config, ReloadError> + Send + Sync>);

impl Reload {
    /// `read` is called at each `POST /config/reload`. It may block.
    pub fn new(read: impl Fn() -> Result<Config, ReloadError> + Send + Sync + 'static) -> Reload {
        Reload(Arc::new(read))
    }

    pub(crate) fn read(&self) -> Result<Config, ReloadError> {
        (self.0)()
    }
}

impl fmt::Debug for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reload")
    }
}

/// Why a configuration could not be read again.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// What is there is wrong.
    #[error("{0}")]
    Wrong(#[from] Problems),
    /// Nothing could be read there; the text says why.
    #[error("{0}")]
    Unreadable(String),
}

/// Why a running emulator did not take its configuration anew.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReloadFailure {
    /// It was started without anything that can be read again.
    #[error("there is no configuration file to read again")]
    NoSource,
    /// These keys have other values now, and only a new start can change them.
    #[error("only a new start can change this")]
    NeedsStart(Vec<&'static str>),
    /// It could not be read, or is wrong.
    #[error(transparent)]
    Read(#[from] ReloadError),
}

/// The keys that only a new start can change, in the order in which they are reported.
const FIXED: [&str; 14] = [
    "listen",
    "admin_listen",
    "seed",
    "tenant_id",
    "tokens.issuer",
    "attested.region",
    "attested.domain",
    "attested.common_name",
    "attested.intermediate_url",
    "scheduled_events",
    "fleet.most",
    "events",
    "protocols.arc_key_folder",
    "resource_manager",
];

/// One of these keys, and whether its value has stayed.
type Compared = (&'static str, bool);

impl Config {
    /// Whether a running process may take over a configuration that was read again: the first VM its
    /// settings, the administration port its names.
    ///
    /// # Errors
    /// The keys whose values have changed and hold until a new start.
    pub(crate) fn check_reload(&self, read: &Config) -> Result<(), Vec<&'static str>> {
        let stub = is_served_as(&self.resource_manager, &read.resource_manager);
        let own = [
            ("fleet.most", self.fleet.most == read.fleet.most),
            ("resource_manager", stub),
        ];
        let addresses = self.addresses().compared(read.addresses());
        let vm = self.vm.compared(&read.vm);
        unchanged(addresses.into_iter().chain(vm).chain(own))
    }

    /// What the VM of that name has in a configuration that was read again: where it is to be served, and
    /// its settings.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(crate) fn vm_called(self, name: &str) -> Result<(Addresses, VmSettings), ReloadError> {
        let found = self.vms.into_iter().find(|vm| vm.name == name);
        let missing = || ReloadError::Unreadable(format!("no VM is called `{name}` there"));
        let vm = found.ok_or_else(missing)?;
        let addresses = Addresses {
            imds: vm.wanted(self.listen),
            admin: self.admin_listen,
        };
        Ok((addresses, vm.settings))
    }
}

impl VmSettings {
    /// Whether a VM beside the first, which is served at `bound`, may take over settings that were read
    /// again with the addresses `wanted`.
    ///
    /// # Errors
    /// The keys whose values have changed and hold until a new start.
    pub(crate) fn check_reload(
        &self,
        bound: Addresses,
        read: &VmSettings,
        wanted: Addresses,
    ) -> Result<(), Vec<&'static str>> {
        let addresses = bound.compared(wanted).into_iter();
        unchanged(addresses.chain(self.compared(read)))
    }

    fn compared(&self, read: &VmSettings) -> [Compared; 10] {
        let (own, new) = (&self.attested, &read.attested);
        let folders = [self, read].map(|vm| vm.protocols.arc_key_folder);
        [
            ("seed", self.seed == read.seed),
            ("tenant_id", self.tenant_id == read.tenant_id),
            ("tokens.issuer", self.tokens.issuer == read.tokens.issuer),
            ("attested.region", own.region == new.region),
            ("attested.domain", own.domain == new.domain),
            ("attested.common_name", own.common_name == new.common_name),
            (
                "attested.intermediate_url",
                own.intermediate_url == new.intermediate_url,
            ),
            (
                "scheduled_events",
                self.scheduled_events == read.scheduled_events,
            ),
            ("events", self.events == read.events),
            ("protocols.arc_key_folder", folders[0] == folders[1]),
        ]
    }
}

impl Addresses {
    fn compared(self, wanted: Addresses) -> [Compared; 2] {
        [
            ("listen", is_bound_as(self.imds, wanted.imds)),
            ("admin_listen", is_bound_as(self.admin, wanted.admin)),
        ]
    }
}

fn unchanged(compared: impl Iterator<Item = Compared>) -> Result<(), Vec<&'static str>> {
    let changed = compared.filter(|(_, has_stayed)| !has_stayed);
    let mut changed: Vec<_> = changed.map(|(key, _)| key).collect();
    changed.sort_by_key(|key| FIXED.iter().position(|fixed| fixed == key));
    if changed.is_empty() {
        Ok(())
    } else {
        Err(changed)
    }
}

/// Port 0 is any port.
fn is_bound_as(bound: SocketAddr, wanted: SocketAddr) -> bool {
    bound.ip() == wanted.ip() && [0, bound.port()].contains(&wanted.port())
}

/// Answers of the user's own may change.
fn is_served_as(running: &ResourceManagerSettings, wanted: &ResourceManagerSettings) -> bool {
    let same = ResourceManagerSettings {
        listen: running.listen,
        answers: running.answers.clone(),
        ..wanted.clone()
    };
    let is_bound = is_bound_as(running.listen, wanted.listen);
    !running.enabled && !wanted.enabled || is_bound && same == *running
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn read(text: &str) -> Config {
        Config::from_toml("c", text).unwrap()
    }

    #[test]
    fn names_every_key_that_needs_a_new_start() {
        let text = "listen = '127.0.0.2:0'\nadmin_listen = '127.0.0.1:1'\nseed = 2\n\
            tenant_id = '7e0a11e5-0000-4000-8000-000000000002'\ntokens.issuer = 'https://x.test/'\n\
            attested = { region = 'a', domain = 'b', common_name = 'region', intermediate_url = 'http://a/b' }\n\
            scheduled_events.first_call = '1s'\n\
            fleet.most = 7\nevents = [{ type = 'Freeze' }]\nprotocols.arc_key_folder = 'sdk'\n\
            resource_manager.enabled = true\nprofile = 'unlimited'\n";
        let changed = Config::default().check_reload(&read(text)).unwrap_err();
        assert_eq!(changed, FIXED);
    }

    #[test]
    fn all_else_may_change_and_port_0_is_the_one_that_was_picked() {
        let text = "listen = '127.0.0.1:0'\nprofile = 'unlimited'\nwire.server = 'IMDS/x'\n\
            admin_hosts = ['imds']\nresource_manager.answers = [{ path = '/a' }]\n";
        assert_eq!(Config::default().check_reload(&read(text)), Ok(()));
    }

    #[test]
    fn a_vm_beside_the_first_is_held_to_its_own_settings_and_the_ports() {
        let running = read("[[vms]]\nname = 'a'");
        let (bound, vm) = running.vm_called("a").unwrap();
        let check = |text: &str| {
            let (wanted, read) = read(text).vm_called("a").unwrap();
            vm.check_reload(bound, &read, wanted)
        };
        let of_process = "fleet.most = 7\nresource_manager.enabled = true\nvms = [{ name = 'a' }]";
        assert_eq!(check(of_process), Ok(()));
        let text = "admin_listen = '127.0.0.1:1'\nvms = [{ name = 'a', listen = '127.0.0.1:2', seed = 2 }]";
        let changed = ["listen", "admin_listen", "seed"];
        assert_eq!(check(text), Err(changed.to_vec()));
    }

    #[test]
    fn a_vm_of_the_file_is_read_again_as_itself() {
        let text = "[[vms]]\nname = 'a'\nlatency.other = '3s'\n";
        let (_, vm) = read(text).vm_called("a").unwrap();
        assert_eq!(vm.latency.other.median(), Duration::from_secs(3));
        let gone = read(text).vm_called("b").unwrap_err().to_string();
        assert!(gone.contains("no VM is called `b`"), "{gone}");
    }
}
