//! Why there is no network of its own.

use std::io;

use super::address::METADATA_ADDRESS;

/// There is no such network here.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a network in which {} is the emulator: {step}: {source}\n{advice}", METADATA_ADDRESS.ip())]
pub struct Refused {
    pub(super) step: &'static str,
    pub(super) source: io::Error,
    pub(super) advice: String,
}
