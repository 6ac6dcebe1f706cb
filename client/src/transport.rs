//! Sends requests to IMDS and receives its answers.

mod failure;
mod http;
mod interface;
mod pass;

pub use http::{CONNECT_TIMEOUT, HeaderError, HttpTransport, HttpTransportError};
pub use interface::Transport;
pub use pass::Pass;
