//! Why a VM was not made, or not removed.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

use crate::document::Problems;
use crate::serve::bind::StartError;

/// Why a VM was not made.
#[derive(Debug, Error)]
pub(crate) enum CannotMake {
    /// What was asked for is no configuration.
    #[error("{0}")]
    Wrong(#[from] Problems),
    /// Another has its name.
    #[error("a VM is called `{0}` already")]
    NameTaken(String),
    /// Something else is served at its address.
    #[error("something is served at {0} already")]
    AddressTaken(SocketAddr),
    /// Its address is not this machine's, or not this user's to have.
    #[error("{0}")]
    NotOurs(String),
    /// There is no port, or no file descriptor, left.
    #[error("{0}")]
    NoPort(String),
    /// There are as many as may be.
    #[error("there are {0} VMs, as many as may be at once (fleet.most): remove one first")]
    TooMany(usize),
    /// Their ports take half of the open files that the system allows.
    #[error(
        "there are {0} VMs, and their ports take half of the open files that the system allows: \
         raise the limit (ulimit -n), or remove one first"
    )]
    NoFile(usize),
    /// The process ends.
    #[error("the emulator is stopping")]
    Closed,
}

impl From<StartError> for CannotMake {
    fn from(error: StartError) -> Self {
        let StartError::Bind {
            address, source, ..
        } = &error
        else {
            return CannotMake::NotOurs(error.to_string());
        };
        let why = format!("{error}: {source}");
        match source.kind() {
            io::ErrorKind::AddrInUse if address.port() != 0 => CannotMake::AddressTaken(*address),
            io::ErrorKind::AddrNotAvailable if address.port() != 0 => CannotMake::NotOurs(why),
            io::ErrorKind::PermissionDenied => CannotMake::NotOurs(why),
            _ => CannotMake::NoPort(why),
        }
    }
}

/// Why a VM was not removed.
#[derive(Debug, Error)]
pub(crate) enum CannotRemove {
    /// There is none of that name.
    #[error("no VM is called so")]
    Unknown,
    /// It is the first.
    #[error("the first VM lasts as long as the emulator: reset it instead")]
    First,
}
