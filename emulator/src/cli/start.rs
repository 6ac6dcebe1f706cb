//! What an emulator runs on.

use std::num::NonZero;

use anyhow::Context;
use tokio::runtime::{Builder, Runtime};
use tracing::debug;

use super::room;

/// Beside a worker for each core: one accepts connections, one makes keys, and two to spare.
const MORE_THREADS: usize = 4;
/// Beside a file for each port: two runtimes have up to eight each (measured on Linux), and some to spare for connections.
const MORE_FILES: usize = 32;

/// A worker for each core. Where there is one core alone, what workers need to share work is left out.
///
/// # Errors
/// If the system has no room for it and for so many ports.
pub(crate) fn runtime(ports: usize) -> anyhow::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    room::check(cores + MORE_THREADS, ports + MORE_FILES)?;
    let mut runtime = match cores {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    runtime
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

/// The soft limit of open files that this process has now; `None` where there is none, as on Windows.
#[cfg(unix)]
pub(crate) fn open_files() -> Option<u64> {
    let limits = rlimit::Resource::NOFILE.get().ok();
    limits.map(|(soft, _)| soft)
}

#[cfg(not(unix))]
pub(crate) fn open_files() -> Option<u64> {
    None
}

/// As many open files as the system lets it have: each connection is one. Where that is few, idle
/// connections make room sooner.
pub(crate) fn allow_files() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(allowed) => debug!(allowed, "open files"),
        Err(error) => debug!(%error, "the limit of open files stays as it is"),
    }
}
