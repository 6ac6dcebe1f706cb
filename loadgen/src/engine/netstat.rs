//! What the system counts of its network.

use crate::record::connections;

/// How many connections the system has dropped since its start because a queue of them was full, for all programs
/// in the network namespace; none where it does not say (it is not Linux).
#[must_use]
pub(crate) fn listen_drops() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/net/netstat").ok()?;
    connections::listen_drops(&text)
}
