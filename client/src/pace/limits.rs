//! How fast attempts may follow each other.

use std::time::Duration;

/// An attempt of a process that was killed is not counted any more after so long. (Ours: most requests
/// take less than a second, and one too many at once is refused and retried.)
const TURN_LEASE: Duration = Duration::from_secs(10);

/// How fast attempts are sent, and how many at once.
///
/// No more than `burst` attempts begin in any time of `burst` intervals. So after a pause `burst` of them go at
/// once, as IMDS serves them, and in the long run one goes in each interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// From one attempt to the next, on average.
    pub interval: Duration,
    /// The most attempts that begin together; at least 1: then they begin an interval apart.
    pub burst: usize,
    /// The most attempts in progress; at least 1.
    pub at_once: usize,
    /// An attempt that has not ended after so long is not counted any more: its sender has crashed.
    pub lease: Duration,
}

impl Pace {
    /// For tokens. IMDS serves 20 a second, 5 at once (documented). An interval of exactly 50 ms is too
    /// short: half a millisecond of jitter then causes refusals (simulated). The 20 of a second may begin as soon
    /// as 5 at once allow it: whoever waited for an even pace would get a token later than from IMDS itself.
    pub const IDENTITY: Self = Self {
        interval: Duration::from_millis(52),
        burst: 20,
        at_once: 5,
        lease: Duration::from_mins(2),
    };

    /// For all other requests. IMDS serves 5 a second (documented), and so the five of a second may begin together.
    /// No limit on those in progress is documented: there is none, so that slow answers (the first for scheduled
    /// events may take two minutes, documented) do not delay fast ones.
    pub const METADATA: Self = Self {
        interval: Duration::from_millis(205),
        burst: 5,
        at_once: usize::MAX,
        ..Self::IDENTITY
    };

    /// Starts so far apart, each of which ends at once: only the interval between them counts.
    #[must_use]
    pub fn apart(interval: Duration) -> Self {
        Self {
            interval,
            burst: 1,
            at_once: usize::MAX,
            lease: Duration::from_millis(1),
        }
    }

    /// The same for processes that share a pacer. No more turns are dealt out for one time than may be under way,
    /// since a process that finds its turn taken has to reserve another.
    #[must_use]
    pub fn among_processes(self) -> Self {
        Self {
            lease: TURN_LEASE.min(self.lease),
            burst: self.burst.min(self.at_once),
            ..self
        }
    }

    /// The time in which no more than a burst may begin.
    pub(super) fn window(&self) -> Duration {
        let burst = u32::try_from(self.burst.max(1)).unwrap_or(u32::MAX);
        self.interval.saturating_mul(burst)
    }
}
