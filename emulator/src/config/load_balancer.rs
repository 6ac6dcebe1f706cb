//! The `loadbalancer` table.

use serde::de::DeserializeOwned;

use crate::document::Section;
use crate::model::load_balancer::{Address, InboundRule, LoadBalancer};

/// `None` when there is no such table.
pub(super) fn read(section: &mut Section) -> Option<LoadBalancer> {
    let mut table = section.section("loadbalancer")?;
    Some(LoadBalancer {
        public_ip_addresses: addresses(&mut table, "publicIpAddresses"),
        inbound_rules: inbound_rules(&mut table),
        outbound_rules: addresses(&mut table, "outboundRules"),
    })
}

fn addresses(table: &mut Section, key: &str) -> Vec<Address> {
    let rows = table.sections(key).into_iter();
    rows.map(|mut row| Address {
        frontend_ip_address: value(&mut row, "frontendIpAddress"),
        private_ip_address: value(&mut row, "privateIpAddress"),
    })
    .collect()
}

fn inbound_rules(table: &mut Section) -> Vec<InboundRule> {
    let rows = table.sections("inboundRules").into_iter();
    rows.map(|mut row| InboundRule {
        frontend_ip_address: value(&mut row, "frontendIpAddress"),
        protocol: value(&mut row, "protocol"),
        frontend_port: value(&mut row, "frontendPort"),
        backend_port: value(&mut row, "backendPort"),
        private_ip_address: value(&mut row, "privateIpAddress"),
    })
    .collect()
}

/// What is missing or wrong is noted, so nothing is ever run with its default.
fn value<T: DeserializeOwned + Default>(row: &mut Section, key: &str) -> T {
    row.required(key).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn every_value_is_required_and_ports_are_numbers() {
        let text = "[loadbalancer]\nrules = []\n\
            publicIpAddresses = [{ frontendIpAddress = '51.0.0.1' }]\n\
            inboundRules = [{ frontendIpAddress = 'a', protocol = 'tcp', frontendPort = 70000, \
            backendPort = '443', privateIpAddress = 'b' }]\n";
        let problems = Config::from_toml("c.toml", text).unwrap_err().to_string();
        let paths: Vec<&str> = problems
            .lines()
            .filter_map(|line| line.split(": ").nth(1))
            .collect();
        assert_eq!(
            paths,
            [
                "loadbalancer.rules",
                "loadbalancer.publicIpAddresses[0].privateIpAddress",
                "loadbalancer.inboundRules[0].frontendPort",
                "loadbalancer.inboundRules[0].backendPort",
            ],
            "{problems}"
        );
    }
}
