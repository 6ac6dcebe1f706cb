//! What happened to the profile and its file.

use super::distribution::Distribution;
use crate::session::fact::Fact;

/// Counts of all sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContextCount {
    /// Sessions that could not read the file at their start.
    pub import_degraded: u64,
    /// Sessions that could not import the module.
    pub import_failed: u64,
    /// How often the file was found damaged.
    pub file_damaged: u64,
    /// How often a session wanted the file.
    pub wanted: u64,
    /// How often it found it open.
    pub busy: u64,
    /// How often it gave up.
    pub timed_out: u64,
    /// From the wish to the open file, or to giving up.
    pub waited: Distribution,
    /// How long it was open for writing.
    pub held: Distribution,
    /// Sessions that worked as another, or in another subscription, than their script says.
    pub wrong: u64,
    /// The most sessions that waited for one mutex.
    pub longest_queue: usize,
}

impl ContextCount {
    pub(super) fn absorb(&mut self, other: &Self) {
        self.import_degraded += other.import_degraded;
        self.import_failed += other.import_failed;
        self.file_damaged += other.file_damaged;
        self.wanted += other.wanted;
        self.busy += other.busy;
        self.timed_out += other.timed_out;
        self.waited.merge(&other.waited);
        self.held.merge(&other.held);
        self.wrong += other.wrong;
        self.longest_queue = self.longest_queue.max(other.longest_queue);
    }

    pub(super) fn count(&mut self, fact: &Fact) {
        match fact {
            Fact::ImportDegraded => self.import_degraded += 1,
            Fact::ImportFailed => self.import_failed += 1,
            Fact::FileDamaged => self.file_damaged += 1,
            Fact::Held(length) => self.held.add(*length),
            Fact::Imported(_) | Fact::Works(..) => {}
            Fact::Waited {
                waited,
                busy,
                timed_out,
            } => {
                self.wanted += 1;
                self.busy += u64::from(*busy);
                self.timed_out += u64::from(*timed_out);
                self.waited.add(*waited);
            }
        }
    }
}
