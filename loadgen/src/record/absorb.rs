//! The counts of several VMs as one record.

use std::time::Duration;

use super::counts::add_all;
use super::{GroupRecord, Record};

impl Record {
    /// Adds what has happened on a VM that has come to its end, whose groups are these of the record, and whose sessions
    /// have numbers from `first` on.
    pub(crate) fn absorb(&mut self, vm: Self, groups: &[usize], first: u32) {
        for (group, counts) in groups.iter().zip(&vm.groups) {
            self.groups[*group].absorb(counts);
        }
        add_all(&mut self.by_status, &vm.by_status);
        for (index, count) in &vm.by_retry_index {
            self.by_retry_index.entry(*index).or_default().absorb(count);
        }
        self.granted_latency.merge(&vm.granted_latency);
        self.refused_latency.merge(&vm.refused_latency);
        self.other_latency.merge(&vm.other_latency);
        self.timeline.absorb(&vm.timeline);
        self.bins.absorb(&vm.bins);
        self.broker.absorb(&vm.broker);
        self.metadata.absorb(&vm.metadata);
        self.resource_manager.absorb(&vm.resource_manager);
        self.context.absorb(&vm.context);
        for (kind, count) in &vm.steps {
            self.steps.entry(*kind).or_default().absorb(count);
        }
        self.failures.absorb(vm.failures, groups, first);
        self.traces.absorb(vm.traces, first);
        self.start_lag.merge(&vm.start_lag);
        self.load.absorb(&vm.load);
        self.first_start = earlier(self.first_start, vm.first_start);
        self.last_admitted = self.last_admitted.max(vm.last_admitted);
        self.last_token = self.last_token.max(vm.last_token);
        self.working.absorb(&vm.working);
        self.longest_own_path = self.longest_own_path.max(vm.longest_own_path);
        self.ended_at = self.ended_at.max(vm.ended_at);
    }
}

impl GroupRecord {
    fn absorb(&mut self, vm: &Self) {
        self.succeeded += vm.succeeded;
        add_all(&mut self.by_failure, &vm.by_failure);
        self.started += vm.started;
        self.attempts += vm.attempts;
        self.granted += vm.granted;
        self.refused = self.refused.plus(vm.refused);
        self.spent = self.spent.plus(vm.spent);
        self.processor = self.processor.plus(vm.processor);
        self.at_gate.merge(&vm.at_gate);
        self.time_to_token.merge(&vm.time_to_token);
        self.first_done = earlier(self.first_done, vm.first_done);
        self.last_done = self.last_done.max(vm.last_done);
        self.last_token = self.last_token.max(vm.last_token);
        self.first_start = earlier(self.first_start, vm.first_start);
    }
}

/// The earlier of both, if there are any.
fn earlier(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    [one, other].into_iter().flatten().min()
}
