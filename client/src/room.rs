//! Whether the system has room for a program: threads and open files. A runtime panics where it gets none, and a
//! server that has no file for a connection is ready for nothing; so a program looks before it starts.

use std::io;
use std::sync::Mutex;
use std::thread::{Builder, ScopedJoinHandle};

use thiserror::Error;

/// The system has no room for the program.
#[derive(Debug, Error)]
pub enum NoRoom {
    /// Threads cannot be started.
    #[error(
        "{needed} threads are needed, and the system does not give them: raise the limit (ulimit -u)"
    )]
    Threads {
        /// How many were tried.
        needed: usize,
        /// Why one could not be started.
        source: io::Error,
    },
    /// Files cannot be opened.
    #[error(
        "{needed} more open files are needed, and the system does not give them: raise the limit (ulimit -n)"
    )]
    Files {
        /// How many were tried.
        needed: usize,
        /// Why one could not be opened.
        source: io::Error,
    },
}

/// Has so many threads and open files beside those that there are, for a moment.
///
/// # Errors
/// If the system does not give them.
pub fn check(threads: usize, files: usize) -> Result<(), NoRoom> {
    have_files(files).map_err(|source| NoRoom::Files {
        needed: files,
        source,
    })?;
    have_threads(threads).map_err(|source| NoRoom::Threads {
        needed: threads,
        source,
    })
}

/// All at once: each waits until the last one has started.
fn have_threads(count: usize) -> io::Result<()> {
    let gate = Mutex::new(());
    std::thread::scope(|scope| {
        let closed = gate.lock();
        let wait = || drop(gate.lock());
        let start = |_| Builder::new().spawn_scoped(scope, wait);
        let mut refused = None;
        let started = (0..count).map(start);
        let started = started.map_while(|it| it.map_err(|error| refused = Some(error)).ok());
        let started: Vec<ScopedJoinHandle<'_, ()>> = started.collect();
        drop(closed);
        // The threads do nothing that could fail.
        let joined = started.into_iter().try_for_each(ScopedJoinHandle::join);
        debug_assert!(joined.is_ok());
        refused.map_or(Ok(()), Err)
    })
}

#[cfg(unix)]
fn have_files(count: usize) -> io::Result<()> {
    let open = |_| std::fs::File::open("/dev/null");
    let files: io::Result<Vec<_>> = (0..count).map(open).collect();
    files.map(drop)
}

/// Connections are no files there, and what is open has no such limit.
#[cfg(not(unix))]
fn have_files(_count: usize) -> io::Result<()> {
    Ok(())
}
