//! What all sessions of a run report to.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::record::traces::Traces;
use crate::record::{GroupKind, Record};
use crate::scenario::definition::Scenario;

/// The record that all sessions of a run report to.
#[derive(Clone, Debug)]
pub(super) struct Shared(Arc<Mutex<Record>>);

impl Shared {
    pub(super) fn new(scenario: &Scenario, traces: Traces) -> Self {
        let mut record = Record::new(scenario.groups.iter().map(GroupKind::from));
        record.traces = traces;
        Self(Arc::new(Mutex::new(record)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("no session panics while it reports")
    }
}
