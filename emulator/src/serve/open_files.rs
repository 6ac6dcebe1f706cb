//! How many files the system lets the process have open; a connection and a port are one each.

/// How many there may be at once.
#[cfg(unix)]
pub(crate) fn open_files() -> u64 {
    rlimit::Resource::NOFILE.get_soft().unwrap_or(u64::MAX)
}

/// Connections are no files there.
#[cfg(not(unix))]
pub(crate) fn open_files() -> u64 {
    u64::MAX
}
