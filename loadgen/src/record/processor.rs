//! What sessions did with the processor.

use std::time::Duration;

use crate::scenario::processor::Work;

/// Work that a session has done to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Worked {
    /// What it was for.
    pub work: Work,
    /// How long it takes with a core of its own.
    pub length: Duration,
    pub began: Duration,
    pub ended: Duration,
}

impl Worked {
    /// By how much it took longer than with a core of its own.
    #[must_use]
    pub(crate) fn waited(&self) -> Duration {
        let took = self.ended.saturating_sub(self.began);
        took.saturating_sub(self.length)
    }
}

/// Sums over the sessions of a group. Work that the end of the run cut off is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProcessorUse {
    /// Time of a core that was used.
    pub worked: Duration,
    /// Time that sessions waited while others used the cores.
    pub waited: Duration,
}

impl ProcessorUse {
    pub(super) fn count(&mut self, worked: &Worked) {
        self.worked += worked.length;
        self.waited += worked.waited();
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            worked: self.worked + other.worked,
            waited: self.waited + other.waited,
        }
    }
}

/// When the sessions of a run worked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Working {
    /// When the first work began.
    pub first: Option<Duration>,
    /// When the last work ended.
    pub last: Option<Duration>,
    /// The work that the sessions which the run waits for had done when the last token came.
    pub before_last_token: Duration,
}

impl Working {
    pub(super) fn absorb(&mut self, other: &Self) {
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
        self.before_last_token += other.before_last_token;
    }

    pub(super) fn count(&mut self, worked: &Worked) {
        let first = self.first.unwrap_or(worked.began);
        self.first = Some(first.min(worked.began));
        self.last = self.last.max(Some(worked.ended));
    }
}
