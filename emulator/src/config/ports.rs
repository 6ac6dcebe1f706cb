//! Where an emulator is served that must not be in another's way.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Config;

impl Config {
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
