//! What an emulator runs on.

use std::io;
use std::num::NonZero;

use tokio::runtime::{Builder, Runtime};
use tracing::debug;

/// A worker for each core. Where there is one core alone, what workers need to share work is left out.
pub(crate) fn runtime() -> io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut runtime = match cores {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    runtime.enable_all().build()
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
