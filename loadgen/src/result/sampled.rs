//! What is derived from the sample of a run, with the same numbers as from its record.

pub(crate) mod figure;

use std::time::Duration;

use imds_emulator::limit::Category;

use super::bounds::{Bounds, Work};
use super::run::asked_for;
use crate::record::sample::Sample;
use crate::scenario::definition::Scenario;

/// The least makespans that the limits allow for what a run got.
pub(crate) fn bounds(scenario: &Scenario, sample: &Sample) -> Bounds {
    let first_start = sample.first_start.unwrap_or_default();
    let work = Work {
        tokens: asked_for(scenario, sample.groups.iter().map(|group| group.granted)),
        service_times: sample.service_time,
        longest_own_path: sample.longest_own_path.saturating_sub(first_start),
        cores: scenario.cores,
        processor: sample.processor,
    };
    Bounds::of(&scenario.imds.vm.limits, Category::Identity, &work)
}

/// From the first intended start to the last token; none if there was no token.
pub(crate) fn makespan(sample: &Sample) -> Option<Duration> {
    let (first, last) = (sample.first_start?, sample.last_token?);
    Some(last.saturating_sub(first))
}
