//! Whether the system dropped connections because the service's queue of them was full.
//!
//! A client whose connection is dropped sends the packet again after a second, then after three and seven in all
//! (RFC 6298, section 2; measured on Linux 6.18). Where Linux drops the last packet of the handshake the client has
//! connected already, and its answer is late instead. So the whole attempt is looked at, never the connecting alone.

use std::time::Duration;

use super::distribution::Distribution;

/// The time after which a packet without an acknowledgement is sent again is a second (RFC 6298). This long after
/// the fastest, an attempt may have been sent again.
const RESENT: Duration = Duration::from_millis(900);

/// Attempts that were not sent again are at most this much slower than the fastest, where both can be distinguished.
const PROMPT: Duration = Duration::from_millis(500);

/// Signs of connections that the system dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections {
    /// From sending to answer, of sessions' first attempts that were refused. A refusal takes the service no time,
    /// so that what these took is the connection's time.
    refused: Distribution,
    /// What the system counted during the run; none: there is no such count, or the target is elsewhere.
    counted: Option<u64>,
}

impl Connections {
    /// The first attempt of a session, which made a connection, was refused.
    pub(crate) fn refused(&mut self, latency: Duration) {
        self.refused.add(latency);
    }

    /// The system's counts before and after the run, if both could be read.
    pub(crate) fn counted(&mut self, before: Option<u64>, after: Option<u64>) {
        self.counted = before
            .zip(after)
            .map(|(before, after)| after.saturating_sub(before));
    }

    /// How many connections were dropped: by the system's count, or by how many attempts came a retransmission
    /// later than the others, if those are more. None: neither is known.
    #[must_use]
    pub(crate) fn dropped(&self) -> Option<u64> {
        self.counted.max(self.resent())
    }

    /// How many attempts were late by a retransmission. None: there was no attempt to compare, or they are so
    /// spread that it cannot be seen.
    fn resent(&self) -> Option<u64> {
        let fastest = self.refused.shortest()?;
        let late = self.refused.count_from(fastest + RESENT);
        let between = self.refused.count_from(fastest + PROMPT) - late;
        (late == 0 || between == 0).then_some(late)
    }
}

/// The number of connections that Linux has dropped since the start, for all programs in the network namespace: the
/// counter `ListenDrops` in the text of `/proc/net/netstat`.
///
/// It has two lines for each group of counters: the names, then the values.
#[must_use]
pub(crate) fn listen_drops(netstat: &str) -> Option<u64> {
    let mut lines = netstat
        .lines()
        .filter_map(|line| line.strip_prefix("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let mut counters = names.split_whitespace().zip(values.split_whitespace());
    let (_, value) = counters.find(|(name, _)| *name == "ListenDrops")?;
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(latencies_ms: &[u64], counts: Option<(u64, u64)>) -> Option<u64> {
        let mut connections = Connections::default();
        for latency in latencies_ms {
            connections.refused(Duration::from_millis(*latency));
        }
        let (before, after) = counts.unzip();
        connections.counted(before, after);
        connections.dropped()
    }

    #[test]
    fn the_system_counts_what_it_dropped() {
        assert_eq!(of(&[], Some((351, 396))), Some(45));
        assert_eq!(of(&[5, 30], Some((351, 351))), Some(0));
        assert_eq!(of(&[5, 30], Some((351, 3))), Some(0));
    }

    #[test]
    fn elsewhere_attempts_that_are_late_by_a_retransmission_were_dropped() {
        assert_eq!(of(&[20, 42, 67, 1033, 1040, 3051], None), Some(3));
        assert_eq!(of(&[20, 42, 67], None), Some(0));
        // The target may be in another namespace than the counter.
        assert_eq!(of(&[20, 42, 67, 1033], Some((7, 7))), Some(1));
    }

    #[test]
    fn where_nothing_was_refused_or_all_is_slow_it_is_not_known() {
        assert_eq!(of(&[], None), None);
        assert_eq!(of(&[270, 900, 1400], None), None);
        assert_eq!(of(&[270, 900, 1400], Some((0, 0))), Some(0));
    }

    #[test]
    fn the_counter_is_found_by_its_name() {
        let text = "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPHPHits\nTcpExt: 0 44 45 9\n\
                    IpExt: InNoRoutes ListenDrops\nIpExt: 0 7\n";
        assert_eq!(listen_drops(text), Some(45));
        assert_eq!(listen_drops(&text.replace("ListenDrops", "Other")), None);
        assert_eq!(listen_drops(""), None);
    }
}
