//! The counts of several VMs as one record.

use std::collections::BTreeMap;

use super::group::{earliest, latest};
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
        self.absorb_times(vm.first_start, [vm.last_admitted, vm.last_token]);
        self.working.absorb(&vm.working);
        self.longest_own_path = self.longest_own_path.max(vm.longest_own_path);
        self.ended_at = self.ended_at.max(vm.ended_at);
    }

    fn absorb_times(
        &mut self,
        first_start: Option<std::time::Duration>,
        [last_admitted, last_token]: [Option<std::time::Duration>; 2],
    ) {
        first_start
            .into_iter()
            .for_each(|at| earliest(&mut self.first_start, at));
        last_admitted
            .into_iter()
            .for_each(|at| latest(&mut self.last_admitted, at));
        last_token
            .into_iter()
            .for_each(|at| latest(&mut self.last_token, at));
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
        vm.first_done
            .into_iter()
            .for_each(|at| earliest(&mut self.first_done, at));
        vm.last_done
            .into_iter()
            .for_each(|at| latest(&mut self.last_done, at));
        vm.last_token
            .into_iter()
            .for_each(|at| latest(&mut self.last_token, at));
        vm.first_start
            .into_iter()
            .for_each(|at| earliest(&mut self.first_start, at));
    }
}

/// Adds each count to that of the same key.
pub(super) fn add_all(sums: &mut BTreeMap<String, u64>, counts: &BTreeMap<String, u64>) {
    for (key, count) in counts {
        *sums.entry(key.clone()).or_default() += count;
    }
}
