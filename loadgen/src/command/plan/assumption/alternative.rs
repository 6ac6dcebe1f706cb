//! One of the values that an assumption may have.

use imds_emulator::config::VmSettings;

use super::kind::Assumption;
use super::values;
use crate::scenario::definition::Scenario;

/// One possible value of an assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command) struct Alternative {
    pub(in crate::command) assumption: Assumption,
    pub(in crate::command) value: String,
}

impl Alternative {
    /// One that can be set.
    ///
    /// # Errors
    /// What was expected instead of its value.
    pub(in crate::command) fn new(assumption: Assumption, value: &str) -> Result<Self, String> {
        let mut tried = VmSettings::default();
        values::set(&mut tried, assumption, value)?;
        let value = values::of(&tried, assumption);
        Ok(Self { assumption, value })
    }

    /// The scenario as it is if this is so.
    pub(in crate::command) fn apply(&self, scenario: &mut Scenario) {
        values::set(&mut scenario.imds.vm, self.assumption, &self.value)
            .expect("it was set before");
    }

    /// Whether the scenario is so already.
    pub(in crate::command) fn is_in(&self, scenario: &Scenario) -> bool {
        values::of(&scenario.imds.vm, self.assumption) == self.value
    }

    /// Whether it makes the scenario another one: what has no such limit is not changed by its value.
    pub(in crate::command) fn changes(&self, scenario: &Scenario) -> bool {
        let mut vm = scenario.imds.vm.clone();
        values::set(&mut vm, self.assumption, &self.value).expect("it was set before");
        vm.limits != scenario.imds.vm.limits || vm.latency != scenario.imds.vm.latency
    }

    /// As it is shown.
    pub(in crate::command) fn shown(&self) -> String {
        format!("{} {}", self.assumption.name(), self.value)
    }
}
