//! How many files the process may have open: each connection is one.

/// Raises the limit as far as `needed` and the system let it. Returns the limit if it is lower all the same.
#[cfg(unix)]
pub(super) fn too_few(needed: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    // Without a number there is no limit.
    let allowed = limit.current.filter(|allowed| *allowed < needed)?;
    let most = limit.maximum.unwrap_or(needed).min(needed);
    let raised = Rlimit {
        current: Some(most),
        maximum: limit.maximum,
    };
    let allowed = setrlimit(Resource::Nofile, raised).map_or(allowed, |()| most);
    (allowed < needed).then_some(allowed)
}

/// Connections are no files there.
#[cfg(not(unix))]
pub(super) fn too_few(_needed: u64) -> Option<u64> {
    None
}
