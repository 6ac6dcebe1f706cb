//! Which machine this is, so that machines that share a home folder do not share identities.

#[cfg(not(unix))]
use std::env;
use std::fs;

/// A text that is unique to this machine since its last start: an image made of it must not carry its
/// tokens to another VM. If the system has no id for its start, this is the machine's name.
pub(super) fn mark() -> String {
    let start = fs::read_to_string("/proc/sys/kernel/random/boot_id");
    start.map_or_else(|_| name(), |start| start.trim().to_owned())
}

#[cfg(unix)]
fn name() -> String {
    let system = rustix::system::uname();
    system.nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn name() -> String {
    env::var("COMPUTERNAME").unwrap_or_default()
}
