//! The open files that a run needs.

use super::failure::LiveError;
use crate::scenario::definition::Scenario;

/// Raises the limit of open files as far as the sessions need and the system lets it.
pub(super) fn allow_files(scenario: &Scenario, embedded: bool) -> Result<(), LiveError> {
    // One connection a session, twice where its other end is in this process too; with a context
    // another connection and the profile's file; at a gate the ticket's file, and one that is read; of a shared cache a file and its lock; and some to spare.
    let gated = scenario.groups.iter().any(|group| group.through.is_some());
    let each = if embedded { 2 } else { 1 }
        + if scenario.has_context() { 3 } else { 0 }
        + if gated { 2 } else { 0 };
    let sessions = scenario.most_at_once();
    let needed = u64::from(sessions) * each + 64;
    match rlimit::increase_nofile_limit(needed) {
        Ok(allowed) if allowed < needed && !lift(needed) => Err(LiveError::Files {
            sessions,
            needed,
            allowed,
        }),
        _ => Ok(()),
    }
}

/// Raises the hard limit too, which the system lets the privileged do.
#[cfg(unix)]
fn lift(needed: u64) -> bool {
    rlimit::setrlimit(rlimit::Resource::NOFILE, needed, needed).is_ok()
}

#[cfg(not(unix))]
fn lift(_needed: u64) -> bool {
    false
}
