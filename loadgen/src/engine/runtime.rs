//! What live runs run on.

use std::io;

use imds_client::room::{self, NoRoom};
use thiserror::Error;
use tokio::runtime::Runtime;

use super::pool;

/// Beside a worker for each core: the embedded emulator accepts connections and makes keys, and two to spare.
const MORE_THREADS: usize = 4;
/// Two runtimes have up to eight each (measured on Linux); the rest is for ports. What sessions need is looked at apart.
const FILES: usize = 32;

/// There is no runtime.
#[derive(Debug, Error)]
pub(crate) enum NoRuntime {
    /// It would panic.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// The system refuses what it needs.
    #[error("cannot start the runtime: {0}")]
    Refused(#[from] io::Error),
}

/// A worker for each core.
///
/// # Errors
/// If the system has no room for it.
pub(crate) fn runtime() -> Result<Runtime, NoRuntime> {
    room::check(pool::cores() + MORE_THREADS, FILES)?;
    Ok(Runtime::new()?)
}
