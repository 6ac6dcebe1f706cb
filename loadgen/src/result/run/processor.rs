//! The part of the result on the processor that the sessions share.

use std::collections::BTreeMap;
use std::time::Duration;

use imds_client::policy::Version;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::distribution::ms;
use crate::record::{GroupRecord, ProcessorUse, Record};
use crate::scenario::definition::{Group, Scenario};
use crate::scenario::processor::{Cores, Cost, Source};

/// What sessions did with the cores that they share. Work that the end of the run cut off is not counted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ProcessorResult {
    /// How many cores there were.
    pub cores: f64,
    /// Time of a core that the sessions used, all together.
    pub work_ms: f64,
    /// By how much longer their work took than with a core for each: what they waited for each other.
    pub waited_ms: f64,
    /// The part of the cores' time that was used, from the begin of the first work to the end of the last;
    /// null: there was none.
    pub busy_ratio: Option<f64>,
    /// By the group's name.
    pub by_group: BTreeMap<String, GroupProcessor>,
}

/// The same of one group, and what its steps cost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct GroupProcessor {
    /// Time of a core that its sessions used.
    pub work_ms: f64,
    /// What they waited for each other and for other groups.
    pub waited_ms: f64,
    /// What each step cost, as scenarios call it; also `import`, `first_connect` and `further_token`.
    pub costs: BTreeMap<String, StepCost>,
}

/// How long one try of a step keeps one core busy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct StepCost {
    /// At least.
    pub least_ms: f64,
    /// At most; all between both are equally likely.
    pub most_ms: f64,
    /// How this is known.
    pub known: CostKnown,
}

/// How a cost is known.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CostKnown {
    /// The scenario says so.
    Scenario,
    /// Measured on Az.Accounts 5.5.0, which the sessions have.
    Measured,
    /// Inferred from what was measured of whole jobs of Az.Accounts 2.12.1 and 5.5.0.
    Inferred,
    /// Measured on Az.Accounts 5.5.0, or inferred from jobs of it or of 2.12.1, and assumed to be the same in the sessions'
    /// release.
    Assumed,
}

/// The release whose costs were measured.
const MEASURED: Version = Version::new(5, 5, 0);

impl ProcessorResult {
    pub(super) fn of(scenario: &Scenario, record: &Record) -> Option<Self> {
        let cores = scenario.cores?;
        let groups = scenario.groups.iter().zip(&record.groups);
        let all = record.groups.iter().map(|group| group.processor);
        let all = all.fold(ProcessorUse::default(), ProcessorUse::plus);
        Some(Self {
            cores: cores.count(),
            work_ms: ms(all.worked),
            waited_ms: ms(all.waited),
            busy_ratio: busy_ratio(cores, all.worked, record)
                .map(|ratio| ratio / f64::from(scenario.number_of_vms())),
            by_group: groups
                .map(|(group, record)| (group.name.clone(), GroupProcessor::new(group, record)))
                .collect(),
        })
    }
}

impl GroupProcessor {
    fn new(group: &Group, record: &GroupRecord) -> Self {
        let costs = group.costs.known();
        let costs = costs.map(|(work, cost)| {
            let cost = StepCost::new(cost, group.powershell_release());
            (work.name().to_owned(), cost)
        });
        Self {
            work_ms: ms(record.processor.worked),
            waited_ms: ms(record.processor.waited),
            costs: costs.collect(),
        }
    }
}

impl StepCost {
    fn new(cost: Cost, release: Option<Version>) -> Self {
        let measured = release == Some(MEASURED);
        Self {
            least_ms: ms(cost.work.min),
            most_ms: ms(cost.work.max),
            known: match cost.source {
                Source::Scenario => CostKnown::Scenario,
                Source::Inferred(of) if release.is_some_and(|release| of.contains(&release)) => {
                    CostKnown::Inferred
                }
                Source::Measured if measured => CostKnown::Measured,
                Source::Inferred(_) | Source::Measured => CostKnown::Assumed,
            },
        }
    }
}

impl CostKnown {
    /// The same in words.
    #[must_use]
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Scenario => "the scenario says",
            Self::Measured => "measured",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed from another release of Az.Accounts",
        }
    }
}

/// A ratio with four decimals.
fn busy_ratio(cores: Cores, worked: Duration, record: &Record) -> Option<f64> {
    let working = &record.working;
    let span = working.last?.saturating_sub(working.first?);
    let most = span.as_secs_f64() * cores.count();
    (most > 0.0).then(|| (worked.as_secs_f64() / most * 1e4).round() / 1e4)
}
