//! Where a process has no network of its own.

use std::io;

use super::refused::Refused;

/// A network namespace, which only Linux has.
#[derive(Debug)]
pub enum Network {}

/// Only Linux has network namespaces.
///
/// # Errors
/// Always.
pub fn enter() -> Result<(), Refused> {
    Err(Refused {
        step: "network namespaces",
        source: io::ErrorKind::Unsupported.into(),
        advice: "Only Linux has them: use a Linux container or WSL, or the variables of `imds-emulator env`."
            .to_owned(),
    })
}

impl Network {
    /// Only Linux has network namespaces.
    ///
    /// # Errors
    /// Always.
    pub fn new() -> Result<Network, Refused> {
        enter()?;
        unreachable!("it is always refused")
    }

    /// Never called, since there is no such network.
    ///
    /// # Errors
    /// Never.
    pub fn run<T: Send>(&self, _does: impl FnOnce() -> T + Send) -> io::Result<T> {
        match *self {}
    }
}
