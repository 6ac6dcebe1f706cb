//! Where a program that is to be run is found: by `imds-client exec`, and by whatever else starts the
//! commands of a user.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::PathBuf;

/// The program as a shell finds it. On Windows that is an `az.cmd`, too, which
/// [`Command`](std::process::Command) does not look for; a program that is not found, and any program
/// on another system, is left to the system to look for.
#[must_use]
pub fn found(program: &OsStr) -> Cow<'_, OsStr> {
    path(program).map_or(Cow::Borrowed(program), |path| Cow::Owned(path.into()))
}

#[cfg(windows)]
fn path(program: &OsStr) -> Option<PathBuf> {
    which::which(program).ok()
}

#[cfg(not(windows))]
fn path(_program: &OsStr) -> Option<PathBuf> {
    None
}
