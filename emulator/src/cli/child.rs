//! `imds-emulator child`, which `exec` starts on Linux: becomes the command, so that it ends with its parent.

use crate::cli::arguments::exec::Child;
use crate::cli::exit;

/// Becomes the command; returns only if it cannot.
#[cfg(target_os = "linux")]
pub(crate) fn run(options: &Child) -> i32 {
    use std::os::unix::process::CommandExt;

    use nix::sys::prctl::set_pdeathsig;
    use nix::sys::signal::Signal;

    // Where the system does not know it, the command runs all the same.
    let _ = set_pdeathsig(Signal::SIGTERM);
    if std::os::unix::process::parent_id() != options.parent {
        return exit::ORPHAN;
    }
    let mut command = std::process::Command::new(&options.command[0]);
    let error = command.args(&options.command[1..]).exec();
    exit::cannot_run(&options.command[0], &error)
}

/// Elsewhere nothing starts it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn run(options: &Child) -> i32 {
    let error = std::io::ErrorKind::Unsupported.into();
    exit::cannot_run(&options.command[0], &error)
}
