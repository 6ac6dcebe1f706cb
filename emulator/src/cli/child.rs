//! `imds-emulator child`, which `exec` starts on Unix: becomes the command, with the user's limit of open files, and on
//! Linux so that it ends with its parent.

use crate::cli::arguments::exec::Child;
use crate::cli::exit;

/// Becomes the command; returns only if it cannot.
#[cfg(unix)]
pub(crate) fn run(options: &Child) -> i32 {
    use std::os::unix::process::{CommandExt, parent_id};

    end_with_parent();
    if parent_id() != options.parent {
        return exit::ORPHAN;
    }
    if let Some(files) = options.open_files {
        restore(files);
    }
    let mut command = std::process::Command::new(&options.command[0]);
    let error = command.args(&options.command[1..]).exec();
    exit::cannot_run(&options.command[0], &error)
}

#[cfg(target_os = "linux")]
fn end_with_parent() {
    // Where the system does not know it, the command runs all the same.
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGTERM);
}

/// No other system can do it.
#[cfg(all(unix, not(target_os = "linux")))]
fn end_with_parent() {}

/// Makes that the soft limit of open files again.
#[cfg(unix)]
fn restore(files: u64) {
    use rlimit::Resource;

    // A process may always lower it. If that fails nevertheless, the command runs with a higher one.
    let _ = Resource::NOFILE
        .get()
        .and_then(|(_, hard)| Resource::NOFILE.set(files, hard));
}

/// Elsewhere nothing starts it.
#[cfg(not(unix))]
pub(crate) fn run(options: &Child) -> i32 {
    let error = std::io::ErrorKind::Unsupported.into();
    exit::cannot_run(&options.command[0], &error)
}
