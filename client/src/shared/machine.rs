//! Which machine this is, so that machines that share a home folder do not share identities.

#[cfg(not(unix))]
use std::env;
use std::fs;

/// A mark that another machine does not have, and this one no longer has once it was started anew:
/// an image made of it must not carry its tokens to another VM. Where the system names no start, the
/// machine's name stands in for it.
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
