//! Where a running emulator's configuration comes from, so that it can be read again.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::resource_manager::ResourceManagerSettings;
use super::settings::Config;
use crate::document::Problems;

/// Reads the configuration again as it was read at the start.
#[derive(Clone)]
pub struct Reload(Arc<dyn Fn() -> Result<Config, ReloadError> + Send + Sync>);

impl Reload {
    /// `read` is called at each `POST /config/reload`. It may block.
    pub fn new(read: impl Fn() -> Result<Config, ReloadError> + Send + Sync + 'static) -> Reload {
        Reload(Arc::new(read))
    }

    /// Reads what one VM of the configuration has. One that is no longer there is not read.
    pub(crate) fn of_vm(&self, name: String) -> Reload {
        let whole = self.clone();
        Reload::new(move || {
            let whole = whole.read()?;
            let (first, admin_listen) = (whole.listen, whole.admin_listen);
            let found = whole.vms.into_iter().find(|vm| vm.name == name);
            let missing = || ReloadError::Unreadable(format!("no VM is called `{name}` there"));
            let vm = found.ok_or_else(missing)?;
            Ok(Config {
                listen: vm.listen.unwrap_or((first.ip(), 0).into()),
                admin_listen,
                ..vm.config
            })
        })
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

impl Config {
    /// What a running emulator takes over from a configuration that was read again: everything.
    ///
    /// # Errors
    /// The keys whose values have changed and hold until a new start.
    pub(crate) fn reloaded(&self, read: Config) -> Result<Config, Vec<&'static str>> {
        let same = |key, same: bool| (!same).then_some(key);
        let changed: Vec<_> = [
            same("listen", is_bound_as(self.listen, read.listen)),
            same(
                "admin_listen",
                is_bound_as(self.admin_listen, read.admin_listen),
            ),
            same("seed", self.seed == read.seed),
            same("tenant_id", self.tenant_id == read.tenant_id),
            same("tokens.issuer", self.tokens.issuer == read.tokens.issuer),
            same(
                "attested.region",
                self.attested.region == read.attested.region,
            ),
            same(
                "attested.domain",
                self.attested.domain == read.attested.domain,
            ),
            same(
                "scheduled_events",
                self.scheduled_events == read.scheduled_events,
            ),
            same("fleet.most", self.fleet.most == read.fleet.most),
            same("events", self.events == read.events),
            same(
                "protocols.arc_key_folder",
                self.protocols.arc_key_folder == read.protocols.arc_key_folder,
            ),
            same(
                "resource_manager",
                is_served_as(&self.resource_manager, &read.resource_manager),
            ),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !changed.is_empty() {
            return Err(changed);
        }
        Ok(Config {
            listen: self.listen,
            admin_listen: self.admin_listen,
            resource_manager: self.resource_manager.clone(),
            fleet: self.fleet.clone(),
            vms: Vec::new(),
            ..read
        })
    }
}

/// Port 0 is any port.
fn is_bound_as(bound: SocketAddr, wanted: SocketAddr) -> bool {
    bound.ip() == wanted.ip() && [0, bound.port()].contains(&wanted.port())
}

fn is_served_as(running: &ResourceManagerSettings, wanted: &ResourceManagerSettings) -> bool {
    let same = ResourceManagerSettings {
        listen: running.listen,
        ..wanted.clone()
    };
    let is_bound = is_bound_as(running.listen, wanted.listen);
    !running.enabled && !wanted.enabled || is_bound && same == *running
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_every_key_that_needs_a_new_start() {
        let running = Config::default();
        let text = "listen = '127.0.0.2:0'\nadmin_listen = '127.0.0.1:1'\nseed = 2\n\
            tenant_id = '7e0a11e5-0000-4000-8000-000000000002'\ntokens.issuer = 'https://x.test/'\n\
            attested = { region = 'a', domain = 'b' }\nscheduled_events.first_call = '1s'\n\
            events = [{ type = 'Freeze' }]\nprotocols.arc_key_folder = 'sdk'\n\
            resource_manager.enabled = true\nprofile = 'unlimited'\n";
        let read = Config::from_toml("c", text).unwrap();
        let changed = running.reloaded(read).unwrap_err();
        let expected = "listen admin_listen seed tenant_id tokens.issuer attested.region \
            attested.domain scheduled_events events protocols.arc_key_folder resource_manager";
        assert_eq!(changed.join(" "), expected);
    }

    #[test]
    fn takes_over_all_else_and_keeps_the_port_that_was_picked() {
        let running = Config::default();
        let text = "listen = '127.0.0.1:0'\nprofile = 'unlimited'\nwire.server = 'IMDS/x'\n";
        let read = Config::from_toml("c", text).unwrap();
        let reloaded = running.reloaded(read.clone()).unwrap();
        assert_eq!(reloaded.listen, running.listen);
        assert_eq!((reloaded.limits, reloaded.wire), (read.limits, read.wire));
    }
}
