//! The load balancer in front of the VM: its fields have the names and the order of IMDS (documented).

use serde::Serialize;

/// The addresses and rules that concern the VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancer {
    /// The VM's addresses to the outside.
    pub public_ip_addresses: Vec<Address>,
    /// From the outside to the VM.
    pub inbound_rules: Vec<InboundRule>,
    /// From the VM to the outside.
    pub outbound_rules: Vec<Address>,
}

/// A pair of addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// The load balancer's.
    pub frontend_ip_address: String,
    /// The VM's.
    pub private_ip_address: String,
}

/// Where a port of the load balancer leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InboundRule {
    /// The load balancer's address.
    pub frontend_ip_address: String,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// The load balancer's port.
    pub frontend_port: u16,
    /// The VM's port.
    pub backend_port: u16,
    /// The VM's address.
    pub private_ip_address: String,
}
