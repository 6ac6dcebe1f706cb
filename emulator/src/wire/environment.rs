//! Which variables lead a client to the emulator, and in which protocol.
//!
//! The lists are in the library because two programs use them: `imds-emulator env` prints the variables, and
//! `imds-emulator exec`, `imds-loadgen check` and `imds-loadgen herd` set them.

mod changes;
mod client;
mod manager;
mod protocol;
mod proxy;
mod strangers;
mod tables;
mod way;

pub use crate::wire::protocol_name::ProtocolName as Protocol;
pub use changes::Changes;
pub use client::Client;
pub use manager::{ManagerAt, resource_manager};
pub use protocol::Access;
pub use proxy::{NO_PROXY, own_list, without_proxy};
pub use strangers::{STRANGERS, Stranger};
pub use tables::tables;
pub use way::Way;
