//! Where an emulator is served; no two ports may conflict.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::settings::{Config, NamedVm};
use crate::document::Section;

/// Where a VM's IMDS and the administration port are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) imds: SocketAddr,
    pub(crate) admin: SocketAddr,
}

/// Where the first VM and what all VMs share are served, each with its key.
pub(super) fn served(config: &Config) -> impl Iterator<Item = (&'static str, SocketAddr)> {
    let manager = &config.resource_manager;
    let manager = manager
        .enabled
        .then_some(("resource_manager.listen", manager.listen));
    [
        ("listen", config.listen),
        ("admin_listen", config.admin_listen),
    ]
    .into_iter()
    .chain(manager)
}

/// Notes which of them cannot both be served.
pub(super) fn check(config: &Config, section: &Section) {
    let Some(clash) = config.clash() else {
        return;
    };
    let top = |key: &'static str| key.split('.').next().unwrap_or(key);
    let mut keys = [clash.second, clash.first].into_iter().map(top);
    if let Some(stated) = keys.find(|key| section.states(key)) {
        section.refuse(stated, clash);
    }
}

/// Two settings with one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} is both `{first}` and `{second}`: expected an address for each")]
pub struct Clash {
    /// The key of one.
    pub first: &'static str,
    /// The key of the other.
    pub second: &'static str,
    /// Their address.
    pub address: SocketAddr,
}

impl Config {
    /// The first two of `listen`, `admin_listen` and, if that is served, `resource_manager.listen` that are
    /// the same and not port 0.
    #[must_use]
    pub fn clash(&self) -> Option<Clash> {
        let served = || served(self).enumerate();
        let pairs = served().flat_map(|(nth, one)| {
            let others = served().skip(nth + 1);
            others.map(move |(_, other)| (one, other))
        });
        let clashes = pairs.filter(|((_, one), (_, other))| one == other && one.port() != 0);
        let mut clashes = clashes.map(|((first, address), (second, _))| Clash {
            first,
            second,
            address,
        });
        clashes.next()
    }

    /// Those of the first VM.
    pub(crate) fn addresses(&self) -> Addresses {
        Addresses {
            imds: self.listen,
            admin: self.admin_listen,
        }
    }

    /// The same, with every port a free one of loopback: so that any number of tests can each have an
    /// emulator at the same time.
    #[must_use]
    pub fn with_free_ports(mut self) -> Config {
        let free = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        self.listen = free;
        self.admin_listen = free;
        self.resource_manager.listen = free;
        for vm in &mut self.vms {
            vm.listen = Some(free);
        }
        self
    }
}

impl NamedVm {
    /// Where its IMDS is to be served, if the first VM's is at `first`.
    pub(crate) fn wanted(&self, first: SocketAddr) -> SocketAddr {
        self.listen.unwrap_or((first.ip(), 0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_not_for_two_ports() {
        for (text, expected) in [
            (
                "listen = '127.0.0.1:16926'",
                "c:1:10: listen: 127.0.0.1:16926 is both `listen` and `admin_listen`: expected an address for each",
            ),
            (
                "listen = '[::1]:7'\nadmin_listen = '[::1]:7'",
                "c:2:16: admin_listen: [::1]:7 is both `listen` and `admin_listen`: expected an address for each",
            ),
            (
                "resource_manager = { enabled = true, listen = '127.0.0.1:16925' }",
                "c:1:20: resource_manager: 127.0.0.1:16925 is both `listen` and `resource_manager.listen`: expected an address for each",
            ),
        ] {
            let problems = Config::from_toml("c", text).unwrap_err();
            assert_eq!(problems.to_string(), expected);
        }
        let free = "listen = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'";
        let unserved = "resource_manager.listen = '127.0.0.1:16925'";
        for text in [free, unserved] {
            assert_eq!(Config::from_toml("c", text).unwrap().clash(), None);
        }
    }
}
