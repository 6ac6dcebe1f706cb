//! The latest requests to one VM, or to Resource Manager, with their outcomes, and never a token.
//!
//! A pure value: the driver says when a request came, was decided about and was answered. It keeps its last
//! `journal.entries` requests and drops the oldest first. What a client may choose is cut to the lengths in
//! [`redact`](crate::wire::redact), so that an entry takes less than 5 KiB and the default of 10 000
//! entries less than 50 MB, whatever clients send (usually a fifth of that).
//!
//! Reading must not delay requests that are being served. So entries are shared, not copied, and are
//! handed out by the page; see [`reading`].

mod entry;
pub(crate) mod har;
mod kept;
mod outcome;
pub(crate) mod reading;
mod sent;
mod stub_counts;
mod stub_entry;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::model::epoch::Epoch;

pub use entry::Entry;
pub(crate) use kept::Kept;
pub use outcome::{Fate, Outcome};
pub use sent::Sent;
pub(crate) use stub_counts::StubCounts;
pub use stub_counts::{CommandCount, Unmatched};
pub use stub_entry::StubEntry;

/// The latest requests, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Journal<E = Entry> {
    entries: VecDeque<Arc<E>>,
    capacity: usize,
    /// The number that the next request gets.
    next: u64,
    /// Requests that it kept and had no more room for, since it was last emptied.
    forgotten: u64,
    /// From 1970 to the run's start.
    epoch: Epoch,
}

impl<E: Kept> Journal<E> {
    /// An empty journal; `epoch` is the time from 1970 to the run's start.
    pub(crate) fn new(capacity: usize, epoch: impl Into<Epoch>) -> Journal<E> {
        Journal {
            entries: VecDeque::new(),
            capacity,
            next: 1,
            forgotten: 0,
            epoch: epoch.into(),
        }
    }

    /// Puts down a request that comes now; its number. Numbers start at 1 and are never used again,
    /// also after [`Journal::clear`].
    pub(crate) fn open(&mut self, now: Duration, mut entry: E) -> u64 {
        let seq = self.next;
        self.next += 1;
        entry.number(seq, now, self.epoch.get() + now);
        self.entries.push_back(Arc::new(entry));
        self.trim();
        seq
    }

    /// The request with that number, unless it is forgotten. A reader keeps the entry as it was.
    pub(crate) fn entry(&mut self, seq: u64) -> Option<&mut E> {
        let index = usize::try_from(seq.checked_sub(self.first())?).ok()?;
        self.entries.get_mut(index).map(Arc::make_mut)
    }

    /// So many requests from that number on, or as many as there are.
    fn page(&self, from: u64, most: usize) -> impl Iterator<Item = &Arc<E>> {
        let known = usize::try_from(from.saturating_sub(self.first())).unwrap_or(usize::MAX);
        let entries = self.entries.iter().skip(known.min(self.entries.len()));
        entries.take(most)
    }

    /// Removes all entries.
    #[must_use]
    pub(crate) fn clear(&mut self) -> Forgotten<E> {
        self.forgotten = 0;
        std::mem::take(&mut self.entries)
    }

    /// Keeps so many from now on; the oldest of those that are too many are forgotten.
    #[must_use]
    pub(crate) fn resize(&mut self, capacity: usize) -> Forgotten<E> {
        self.capacity = capacity;
        let surplus = self.surplus();
        self.forgotten += surplus as u64;
        let kept = self.entries.split_off(surplus);
        std::mem::replace(&mut self.entries, kept)
    }

    /// How many are kept now.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many requests came since it was last emptied and are kept no more.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The number that the next request gets.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// The number of the oldest request that is kept, or of the next one.
    fn first(&self) -> u64 {
        self.entries.front().map_or(self.next, |entry| entry.seq())
    }

    fn trim(&mut self) {
        let surplus = self.surplus();
        self.forgotten += surplus as u64;
        self.entries.drain(..surplus);
    }

    fn surplus(&self) -> usize {
        self.entries.len().saturating_sub(self.capacity)
    }
}

/// What a journal has forgotten. To drop very much takes its time: do so without the journal's lock.
pub(crate) type Forgotten<E = Entry> = VecDeque<Arc<E>>;

/// Which entries are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Those with this number or a higher one.
    pub(crate) since: u64,
    /// Those answered with this status.
    pub(crate) status: Option<u16>,
    /// Those with this fate.
    pub(crate) verdict: Option<Fate>,
    /// So many at most.
    pub(crate) limit: usize,
}

impl Filter {
    /// All there are.
    pub(crate) const ALL: Filter = Filter {
        since: 0,
        status: None,
        verdict: None,
        limit: usize::MAX,
    };

    fn passes(&self, entry: &impl Kept) -> bool {
        let outcome = entry.outcome();
        let has_status = self.status.is_none() || outcome.status == self.status;
        let has_verdict = self.verdict.is_none() || outcome.verdict == self.verdict;
        entry.seq() >= self.since && has_status && has_verdict
    }
}

#[cfg(test)]
mod tests;
