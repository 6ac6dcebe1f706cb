//! A network in which the metadata address is the emulator's, for programs that have the address built in.
//!
//! On Linux a process can have a network of its own, which nothing outside of it shares: a network namespace,
//! without root within a user namespace. Its loopback is brought up and given 169.254.169.254. A program that is
//! started in it reaches what is served there, and no other host or port; Unix sockets that are files stay reachable.
//!
//! The kernel is asked directly, by netlink (rtnetlink(7)), so that neither iproute2 nor util-linux has to be
//! installed.

mod address;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod loopback;
mod refused;

pub use address::METADATA_ADDRESS;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Network, enter};
#[cfg(target_os = "linux")]
pub use linux::{Network, enter};
pub use refused::Refused;
