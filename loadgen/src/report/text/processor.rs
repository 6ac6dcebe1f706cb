//! What the processor did; nothing where nothing costs anything.

use std::fmt::{self, Write};

use crate::report::length::length;
use crate::result::run::{GroupProcessor, ProcessorResult, RunResult, StepCost};

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let mut facts = result.processor.iter().flat_map(facts);
    facts.try_for_each(|(name, what)| writeln!(out, "{name:<14} {what}"))
}

/// What there was and what came of it, each with its name.
pub(in crate::report) fn facts(processor: &ProcessorResult) -> Vec<(&'static str, String)> {
    let [work, waited] = [processor.work_ms, processor.waited_ms].map(|ms| length(Some(ms)));
    let busy = processor.busy_ratio.unwrap_or_default() * 100.0;
    let cores = processor.cores;
    let mut facts = vec![(
        "processor",
        format!(
            "{cores} cores, {busy:.0} % busy: {work} of work, for which sessions waited {waited} more"
        ),
    )];
    let groups = processor.by_group.iter();
    facts.extend(groups.filter_map(|(name, group)| Some(("costs", costs(name, group)?))));
    facts
}

fn costs(name: &str, group: &GroupProcessor) -> Option<String> {
    let mut known: Vec<_> = group.costs.values().map(|cost| cost.known).collect();
    known.sort_unstable();
    known.dedup();
    let parts = known.into_iter().map(|known| {
        let costs = group.costs.iter().filter(|(_, cost)| cost.known == known);
        let costs: Vec<String> = costs
            .map(|(step, cost)| format!("{step} {}", range(cost)))
            .collect();
        format!("{} ({})", costs.join(", "), known.words())
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| format!("{name}: {}", parts.join("; ")))
}

fn range(cost: &StepCost) -> String {
    let (least, most) = (length(Some(cost.least_ms)), length(Some(cost.most_ms)));
    if least == most {
        return least;
    }
    format!("{least} to {most}")
}
