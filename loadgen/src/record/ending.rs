//! The end of a run: what becomes of the sessions that have not ended.

use super::ended::Ended;
use super::failures::{Occurrence, Place};
use super::group::GroupRecord;
use super::{Record, UNFINISHED};

impl Record {
    /// The run has ended: the sessions that have not, out of those planned for each group, have failed. A
    /// connect that was under way, or whose session had not started or waited at a gate, never came. Returns whether
    /// there were such sessions. Those in the background are never awaited.
    pub(crate) fn end(&mut self, planned: impl IntoIterator<Item = Option<u32>>) -> bool {
        let mut any = false;
        let mut unstarted_of_all = 0;
        for (group, planned) in self.groups.iter_mut().zip(planned) {
            if group.kind.background {
                continue;
            }
            let size = group.size(planned);
            let unfinished = size - group.succeeded - group.failed();
            if unfinished > 0 {
                any = true;
                group.by_failure.insert(UNFINISHED.to_owned(), unfinished);
                let unstarted = size - group.started;
                unstarted_of_all += unstarted;
                let waiting = group.waiting;
                group.at_gate.add_never(waiting);
                group
                    .time_to_token
                    .add_never(unstarted + waiting + group.connecting);
            }
        }
        self.count_unfinished(unstarted_of_all);
        any
    }

    fn count_unfinished(&mut self, unstarted: u64) {
        let alive: Vec<Occurrence> = self.under_way.all(self.ended_at).collect();
        for occurrence in alive {
            if !self.groups[occurrence.group].kind.background {
                self.count_failure(UNFINISHED, occurrence);
            }
        }
        self.failures
            .count_unknown(Place::Start, UNFINISHED, unstarted);
    }

    /// How many sessions have succeeded and failed so far.
    #[must_use]
    pub(crate) fn ended(&self) -> Ended {
        let groups = || self.awaited();
        let failed = groups().map(GroupRecord::failed).sum();
        let succeeded = groups().map(|group| group.succeeded).sum();
        Ended { succeeded, failed }
    }
}
