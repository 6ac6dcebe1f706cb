//! A journal read by the page, so that no request waits while all of a long one is read.

use std::sync::Arc;

use super::{Filter, Journal, Kept};

/// How many entries are looked at while the journal is locked: well under a tenth of a millisecond.
const PAGE: u64 = 256;

/// A place in a journal. It goes as far as the journal went when it began; what is forgotten meanwhile
/// is left out.
#[derive(Debug)]
pub(crate) struct Reading {
    filter: Filter,
    /// The number of the request to go on with.
    from: u64,
    /// The number of the first request that is not read any more.
    end: u64,
}

impl Reading {
    /// Starts at the oldest request that the filter lets pass.
    pub(crate) fn begin<E: Kept>(journal: &Journal<E>, filter: Filter) -> Reading {
        Reading {
            from: filter.since,
            end: journal.next(),
            filter,
        }
    }

    /// The number of the first request that is not read any more.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// The entries of the next page that pass the filter, which may be none; `None` at the end.
    pub(crate) fn page<E: Kept>(&mut self, journal: &Journal<E>) -> Option<Vec<Arc<E>>> {
        let from = self.from.max(journal.first());
        if from >= self.end || self.filter.limit == 0 {
            return None;
        }
        self.from = (from + PAGE).min(self.end);
        let all = journal.page(
            from,
            usize::try_from(self.from - from).unwrap_or(usize::MAX),
        );
        let passing = all.filter(|entry| self.filter.passes(entry.as_ref()));
        let page: Vec<_> = passing.take(self.filter.limit).cloned().collect();
        self.filter.limit -= page.len();
        Some(page)
    }
}
