//! One case of a comparison: a herd on a VM, which every candidate has to handle.

use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;

use crate::scenario::definition::Scenario;

/// A scenario that is run with one policy after the other.
#[derive(Clone, Debug)]
pub(crate) struct PolicyCase {
    /// Cases of one family are summed up together.
    pub family: String,
    pub vm: String,
    /// The median of its service times.
    pub service_time: Duration,
    /// How many sessions start.
    pub sessions: u32,
    /// For how long the VM serves no request: part of the bound on the makespan.
    pub down: Duration,
    /// How many runs it has, with one seed after the other.
    pub runs: u32,
    /// Whether its ratio counts in its family's mean.
    pub in_mean: bool,
    /// The scenario; its own policies are replaced.
    pub scenario: Scenario,
}

impl PolicyCase {
    /// A scenario as the only case.
    #[must_use]
    pub(crate) fn of(scenario: Scenario, runs: u32) -> Self {
        Self {
            family: scenario.name.clone(),
            vm: scenario.imds.vm.profile.clone(),
            service_time: scenario.imds.vm.latency.token_cold.median(),
            sessions: scenario.sessions(),
            down: Duration::ZERO,
            runs,
            in_mean: true,
            scenario,
        }
    }

    /// The scenario with this policy in every group.
    #[must_use]
    pub(super) fn with_policy(&self, policy: &Arc<Policy>) -> Scenario {
        let mut scenario = self.scenario.clone();
        for group in &mut scenario.groups {
            group.policy = Arc::clone(policy);
        }
        scenario
    }
}
