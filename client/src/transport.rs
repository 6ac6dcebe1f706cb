//! Sends requests to IMDS and receives its answers.

mod body;
mod failure;
mod header;
mod http;
mod interface;
mod pass;
#[cfg(feature = "single-connection")]
mod single;

pub use header::HeaderError;
pub use http::{CONNECT_TIMEOUT, HttpTransport, HttpTransportError};
pub use interface::Transport;
pub use pass::Pass;
#[cfg(feature = "single-connection")]
pub use single::{SingleConnection, SingleConnections};
