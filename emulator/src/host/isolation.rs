//! A network in which the metadata address is the emulator's, for programs that have the address built in.
//!
//! On Linux a process can have a network of its own, which nothing outside of it shares: a network namespace,
//! without root within a user namespace. Its loopback is brought up and given 169.254.169.254. A program that is
//! started in it finds there what is served there, and nothing else.
//!
//! The kernel is asked directly, by netlink (rtnetlink(7)), so that neither iproute2 nor util-linux has to be
//! installed.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod loopback;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Network, enter};
#[cfg(target_os = "linux")]
pub use linux::{Network, enter};

/// Where IMDS is on a VM of Azure (documented).
pub const METADATA_ADDRESS: SocketAddr =
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(169, 254, 169, 254), 80));

/// There is no such network here.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a network in which {} is the emulator: {step}: {source}\n{advice}", METADATA_ADDRESS.ip())]
pub struct Refused {
    step: &'static str,
    source: io::Error,
    advice: String,
}
