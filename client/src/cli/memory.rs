//! The memory of the process, in which tokens are: who may see it.

use std::io;

/// Lets the system write no core file of it and, on Linux, lets no other process of the user read it or attach a debugger.
/// Root, and whoever has the capability `CAP_SYS_PTRACE`, still can.
///
/// # Errors
/// If the system does not do it.
#[cfg(unix)]
pub(super) fn hide() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    undumpable()
}

/// So a core is not piped to a program of the system's either, which no limit prevents.
#[cfg(target_os = "linux")]
fn undumpable() -> io::Result<()> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// No other system can do it by a call without `unsafe`.
#[cfg(all(unix, not(target_os = "linux")))]
fn undumpable() -> io::Result<()> {
    Ok(())
}

/// Dumps are the system's settings there.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
pub(super) fn hide() -> io::Result<()> {
    Ok(())
}
