//! Whether the system dropped connections because the service's queue of them was full.
//!
//! A client whose connection is dropped sends the packet again after a second, then after three and seven in all
//! (RFC 6298, section 2; measured on Linux 6.18). Where Linux drops the last packet of the handshake the client has
//! connected already, and its answer is late instead. So the whole attempt is looked at, never the connecting alone.

use std::time::Duration;

use super::attempt::{Answer, Attempt};
use super::distribution::Distribution;

/// The time after which a packet without an acknowledgement is sent again is a second (RFC 6298). This long after
/// the fastest, an attempt may have been sent again.
const RESENT: Duration = Duration::from_millis(900);

/// Attempts that were not sent again are at most this much slower than the fastest, where both can be distinguished.
const PROMPT: Duration = Duration::from_millis(500);

/// Signs of connections that the system dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections {
    /// From sending to answer, of sessions' first attempts that were refused.
    refused: Distribution,
    /// The same of those that were granted.
    granted: Distribution,
    /// What the system counted during the run; none: there is no such count, or the target is elsewhere.
    counted: Option<u64>,
}

/// Which first attempts take no time to speak of but their connection's, so that they can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparable {
    /// All of them: no token takes long to issue.
    All,
    /// Those that were refused, which takes the service no time.
    Refused,
    /// None of them: faults may delay any answer.
    None,
}

impl Connections {
    /// The first attempt of a session, which made a connection, has ended.
    pub(crate) fn answered(&mut self, attempt: &Attempt) {
        match attempt.answer {
            Answer::Refused(_) => self.refused.add(attempt.latency()),
            Answer::Granted => self.granted.add(attempt.latency()),
            Answer::Status(_) | Answer::None(_) => {}
        }
    }

    /// The system's counts before and after the run, if both could be read.
    pub(crate) fn counted(&mut self, before: Option<u64>, after: Option<u64>) {
        self.counted = growth(before, after);
    }

    /// How many connections were dropped: by the system's count, or by how many attempts came a retransmission
    /// later than the others, if those are more. None: neither is known.
    #[must_use]
    pub(crate) fn dropped(&self, comparable: Comparable) -> Option<u64> {
        self.counted.max(self.resent(comparable))
    }

    /// How many attempts were late by a retransmission. None: there was no attempt to compare, or they are so
    /// spread that it cannot be seen.
    fn resent(&self, comparable: Comparable) -> Option<u64> {
        match comparable {
            Comparable::None => None,
            // A connection that is made again comes when slots are free, so those granted may be late as well.
            Comparable::Refused => late(&self.refused).filter(|late| *late > 0),
            Comparable::All => {
                let all = [&self.refused, &self.granted].into_iter();
                let mut any = all.filter(|one| one.shortest().is_some()).peekable();
                any.peek()?;
                any.map(late).sum()
            }
        }
    }
}

/// How many of these came a retransmission later than the fastest. None: there are none, or it cannot be seen.
fn late(latencies: &Distribution) -> Option<u64> {
    let fastest = latencies.shortest()?;
    let late = latencies.count_from(fastest + RESENT);
    let between = latencies.count_from(fastest + PROMPT) - late;
    (late == 0 || between == 0).then_some(late)
}

/// How many more connections were dropped, if both counts could be read.
#[must_use]
pub(crate) fn growth(before: Option<u64>, after: Option<u64>) -> Option<u64> {
    before
        .zip(after)
        .map(|(before, after)| after.saturating_sub(before))
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
    use super::Comparable::{All, Refused};
    use super::*;
    use crate::record::RequestKind;

    fn answered(connections: &mut Connections, answer: Answer, latencies_ms: &[u64]) {
        for latency in latencies_ms {
            connections.answered(&Attempt {
                kind: RequestKind::Token,
                retry_index: 0,
                sent: Duration::ZERO,
                ended: Duration::from_millis(*latency),
                answer,
            });
        }
    }

    fn of(refused_ms: &[u64], granted_ms: &[u64]) -> Connections {
        let mut connections = Connections::default();
        answered(&mut connections, Answer::Refused(None), refused_ms);
        answered(&mut connections, Answer::Granted, granted_ms);
        connections
    }

    fn counted(mut connections: Connections, before: u64, after: u64) -> Option<u64> {
        connections.counted(Some(before), Some(after));
        connections.dropped(All)
    }

    #[test]
    fn the_system_counts_what_it_dropped() {
        assert_eq!(counted(of(&[], &[]), 351, 396), Some(45));
        assert_eq!(counted(of(&[5, 30], &[]), 351, 351), Some(0));
        assert_eq!(counted(of(&[5, 30], &[]), 351, 3), Some(0));
        // The target may be in another namespace than the counter.
        assert_eq!(counted(of(&[5, 30, 1033], &[]), 7, 7), Some(1));
    }

    #[test]
    fn elsewhere_attempts_that_are_late_by_a_retransmission_were_dropped() {
        let dropped = |refused, granted| of(refused, granted).dropped(All);
        assert_eq!(dropped(&[20, 42, 67, 1033, 3051], &[80]), Some(2));
        assert_eq!(dropped(&[20, 42, 67], &[83, 1117, 1120]), Some(2));
        assert_eq!(dropped(&[], &[83, 84, 1117]), Some(1));
        assert_eq!(dropped(&[20, 42, 67], &[80, 83]), Some(0));
    }

    #[test]
    fn a_token_that_takes_long_to_issue_is_no_sign() {
        let dropped = |refused, granted| of(refused, granted).dropped(Refused);
        assert_eq!(dropped(&[20, 42], &[80, 1400]), None);
        assert_eq!(dropped(&[20, 42, 1033], &[80, 1400]), Some(1));
        assert_eq!(of(&[20, 1033], &[]).dropped(Comparable::None), None);
    }

    #[test]
    fn where_there_is_nothing_to_compare_or_all_is_slow_it_is_not_known() {
        assert_eq!(of(&[], &[]).dropped(All), None);
        assert_eq!(of(&[270, 900, 1400], &[]).dropped(All), None);
        assert_eq!(of(&[20, 42], &[80, 700, 1400]).dropped(All), None);
        assert_eq!(counted(of(&[270, 900, 1400], &[]), 0, 0), Some(0));
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
