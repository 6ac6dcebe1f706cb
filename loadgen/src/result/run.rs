//! The result document: the one shape that every run makes and every reader takes. Its keys are a
//! published interface: a key that changes its meaning changes [`SCHEMA`].

mod attempts;
mod commands;
mod context;
mod failures;
mod fleet;
mod histograms;
mod least;
mod limits;
mod numbers;
mod processor;
mod requests;
mod sessions;
mod source;
mod spent;
mod steps;
mod through;
mod waves;

use std::collections::BTreeMap;
use std::mem;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reading::{self, ReadError};
use super::verdict::Verdict;
use crate::record::connections::Comparable;
use crate::record::distribution::{CurvePoint, Distribution, Encoded, Percentiles, ms};
use crate::record::raw::{Mode, Raw};
use crate::record::timeline::Second;
use crate::record::traces::SessionTrace;
use crate::record::traces::Traces;
use crate::record::{GroupKind, Record};
use crate::result::identity::{VERSION, digest_of_any_seed};
use crate::result::judging::{Judgement, judge};
use crate::scenario::definition::Scenario;

pub(crate) use self::attempts::{AttemptLatency, Attempts};
pub(crate) use self::commands::{
    BesideFigure, CmdletResult, CommandsResult, ProcessResult, SimulatedFigure, SimulatedHerd,
};
pub(crate) use self::context::{ContextInForce, ContextResult, GroupContext};
pub(crate) use self::failures::{FailureExample, FailureResult};
pub(crate) use self::fleet::{Binding, FleetResult, KindResult, VmResult};
pub(crate) use self::histograms::{at_gate, time_to_token_of};
pub(super) use self::least::asked_for;
pub(crate) use self::least::bounds;
pub(crate) use self::limits::{LimitsInForce, LowerBounds, Peak};
pub(crate) use self::numbers::ratio;
use self::numbers::span_ms;
pub(crate) use self::processor::{GroupProcessor, ProcessorResult, StepCost};
pub(crate) use self::requests::RequestsResult;
pub(crate) use self::sessions::{GroupResult, Sessions};
pub(crate) use self::source::{NoSum, Source};
pub(crate) use self::spent::TimeSpent;
pub(crate) use self::steps::StepsResult;
pub(crate) use self::through::{ThroughKind, ThroughResult};
pub(crate) use self::waves::{BinResult, Wave, Waves};

/// The version of the result document.
pub(crate) const SCHEMA: u32 = 1;

/// The result of one run. Lengths of time are in milliseconds, with whole microseconds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RunResult {
    /// The version of this document.
    pub schema: u32,
    /// The version of the program; left out: this result is not made to be merged, or an earlier version made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The scenario's name.
    pub scenario: String,
    /// SHA-256 of the scenario as it was read and changed, whatever its seed, in hexadecimal digits: `merge` refuses results
    /// of different ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario_sha256: Option<String>,
    /// How the run was driven.
    pub mode: Mode,
    /// The seed of every random stream.
    pub seed: u64,
    /// The command that plays the same again; null: the run was not made by a command.
    #[serde(default)]
    pub replay: Option<String>,
    /// Where the sessions asked; null: an emulator of the run's own, virtual time, or sources that differ in it.
    pub target: Option<String>,
    /// Of a merged result the results that it is of, in the order of their names; left out: it is of one run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// Of a merged result what is no sum over its sources; left out: it is of one run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_sums: Vec<NoSum>,
    /// The limits of the scenario; whether they are a target's too is assumed.
    pub limits: LimitsInForce,
    /// Whether the run was ended before its sessions were.
    pub cut_short: bool,
    /// When it was ended, since its start: at `max_duration`, or by default ten minutes after the last session had begun
    /// and later by what sessions think and work; left out: all of its sessions had ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_ms: Option<f64>,
    /// How the VMs of a fleet fared; left out: the scenario has no `[[vms]]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<FleetResult>,
    /// How the sessions fared.
    pub sessions: Sessions,
    /// How the steps of their scripts fared.
    pub steps: StepsResult,
    /// Each kind of failure with an example, by step and kind.
    #[serde(default)]
    pub failures: Vec<FailureResult>,
    /// The requests for tokens that were sent, and what came of them.
    pub attempts: Attempts,
    /// The requests for tokens that the broker sent to IMDS; left out: no session asks a broker. What sessions ask the
    /// broker is in `attempts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broker: Option<RequestsResult>,
    /// The requests for metadata, which meet another limit.
    pub metadata: RequestsResult,
    /// The requests to Resource Manager.
    pub resource_manager: RequestsResult,
    /// What happened to the Azure context that sessions share.
    pub context: ContextResult,
    /// What the sessions did with the cores that they share; left out: nothing cost processor time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<ProcessorResult>,
    /// From the intended start of every connect to its token; null where a percentile is "never".
    pub time_to_token_ms: Percentiles,
    /// The same, of those that got one.
    pub time_to_token_succeeded_ms: Percentiles,
    /// The percentile curve of `time_to_token_ms`, for a chart.
    pub time_to_token_curve: Vec<CurvePoint>,
    /// What the sessions' time went into.
    pub time_spent_ms: TimeSpent,
    /// From sending to answer, by what the answer was.
    pub attempt_latency_ms: AttemptLatency,
    /// From the first intended start to the last token; null if there was none.
    pub makespan_ms: Option<f64>,
    /// The least makespan for the tokens received that the limits allow.
    pub lower_bound_ms: f64,
    /// The bounds that it is the largest of.
    pub lower_bounds_ms: LowerBounds,
    /// The most at once, to be compared with the limits.
    pub peak: Peak,
    /// From intended to actual start of the sessions: what the generator itself was late by.
    pub start_lag_ms: Percentiles,
    /// Whether the generator itself was the bottleneck: one start in a hundred was late by more than
    /// half of the shortest usual service time, so that the herd was another one than planned.
    pub generator_late: bool,
    /// Connections that the system dropped because the service's queue of them was full; their clients connect
    /// again a second later or more, so that the herd was another one than planned. On Linux it is the growth of
    /// the counter `ListenDrops`, which counts for all programs of the network namespace; elsewhere, and if they are
    /// more, it is sessions' first attempts that came a retransmission later than the others. null: it is not
    /// known; a simulation has no connections to drop.
    #[serde(default)]
    pub connections_dropped: Option<u64>,
    /// Each distribution, by the path of its percentiles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub histograms: BTreeMap<String, Encoded>,
    /// What happened in each second in which anything did.
    pub timeline: Vec<Second>,
    /// When refused sessions came back together.
    pub waves: Waves,
    /// The real processes in the place of sessions; absent: there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commands: Option<CommandsResult>,
    /// How each expectation fared.
    pub expectations: Vec<Judgement>,
    /// Whether all is as expected.
    pub verdict: Verdict,
    /// What single sessions did, in the order of their numbers. Where a run has more sessions than
    /// are kept, the seed chose them, of every group its share.
    pub traces: Vec<SessionTrace>,
}

impl RunResult {
    /// Makes the document and holds it against the scenario's expectations.
    #[must_use]
    pub(crate) fn new(scenario: &Scenario, raw: &Raw) -> Self {
        Self::with_stories(scenario, raw, raw.record.traces.clone())
    }

    fn with_stories(scenario: &Scenario, raw: &Raw, stories: Traces) -> Self {
        let mut result = Self::unjudged(scenario, raw);
        let document = result.to_json();
        let expected = scenario.expectations.iter();
        result.expectations = expected.map(|one| judge(one, &document)).collect();
        let met = result.expectations.iter().all(|judgement| judgement.met);
        result.verdict = if met && !raw.cut_short {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        result.traces = stories.into_kept();
        result
    }

    /// The same with all that `merge` needs to put it together with others, and with the stories of the record themselves,
    /// which are most of it: the record has them no more.
    #[must_use]
    pub(crate) fn mergeable(scenario: &Scenario, raw: &mut Raw) -> Self {
        let stories = mem::take(&mut raw.record.traces);
        Self {
            version: Some(VERSION.to_owned()),
            scenario_sha256: Some(digest_of_any_seed(scenario)),
            histograms: histograms::of(scenario, &raw.record, &merged(&raw.record)),
            ..Self::with_stories(scenario, raw, stories)
        }
    }

    /// The document of a run in which nothing happened: which paths there are.
    #[must_use]
    pub(crate) fn empty(scenario: &Scenario) -> Value {
        let record = Record::new(scenario.groups.iter().map(GroupKind::from));
        let raw = Raw {
            mode: Mode::Simulated,
            target: None,
            record,
            service_time: None,
            unknown_identities: vec![],
            vms: vec![],
            cut_short: false,
        };
        Self::unjudged(scenario, &raw).to_json()
    }

    /// The document as a JSON value, for looking up paths.
    ///
    /// # Panics
    /// Never: the document has string keys and no parts that fail.
    #[must_use]
    pub(crate) fn to_json(&self) -> Value {
        serde_json::to_value(self).expect("the document has string keys and no failing parts")
    }

    /// Puts what was simulated beside the processes, if there are any.
    pub(crate) fn stand_beside(&mut self, simulated: SimulatedHerd) {
        if let Some(commands) = &mut self.commands {
            commands.simulated = Some(simulated);
        }
    }

    /// Whether sessions asked for tokens, or were to.
    #[must_use]
    pub(crate) fn asks_for_tokens(&self) -> bool {
        self.attempts.total > 0 || !self.time_to_token_curve.is_empty()
    }

    /// Whether sessions asked a target, or those of a source did, whose limits are not known.
    #[must_use]
    pub(crate) fn has_target(&self) -> bool {
        let of_sources = self.sources.iter().map(|source| &source.target);
        of_sources.chain([&self.target]).any(Option::is_some)
    }

    /// No expectation can be decided: not all that was counted is known.
    pub(crate) fn leave_undecided(&mut self) {
        self.expectations.iter_mut().for_each(Judgement::undecided);
        self.verdict = Verdict::Failed;
    }

    /// How many requests of a herd are kept no more, if any are.
    #[must_use]
    pub(crate) fn forgotten(&self) -> Option<u64> {
        let commands = self.commands.as_ref();
        commands
            .map(|it| it.requests_forgotten)
            .filter(|it| *it > 0)
    }

    /// How many connections the system dropped, if it is known that it did.
    #[must_use]
    pub(crate) fn known_dropped(&self) -> Option<u64> {
        self.connections_dropped.filter(|dropped| *dropped > 0)
    }

    /// Reads a result from the text of the file called `name`. Keys that it does not know are left
    /// alone.
    ///
    /// # Errors
    /// If the text is no result, or one of another version.
    pub(crate) fn from_json(name: &str, text: &str) -> Result<Self, ReadError> {
        reading::read(name, text, "a result of `run` or `simulate`", SCHEMA)
    }

    fn unjudged(scenario: &Scenario, raw: &Raw) -> Self {
        let record = &raw.record;
        let bounds = bounds(scenario, raw);
        let time_to_token = merged(record);
        let start_lag_ms = record.start_lag.percentiles();
        Self {
            schema: SCHEMA,
            version: None,
            scenario: scenario.name.clone(),
            scenario_sha256: None,
            mode: raw.mode,
            seed: scenario.seed,
            replay: None,
            target: raw.target.clone(),
            sources: vec![],
            no_sums: vec![],
            limits: LimitsInForce::new(&scenario.imds),
            cut_short: raw.cut_short,
            ended_ms: raw.cut_short.then(|| ms(record.ended_at)),
            fleet: FleetResult::of(scenario, raw),
            sessions: Sessions::new(scenario, record),
            steps: StepsResult::new(record),
            failures: failures::of(scenario, record),
            attempts: Attempts::new(record),
            broker: broker(scenario, record),
            metadata: RequestsResult::new(&record.metadata),
            resource_manager: RequestsResult::new(&record.resource_manager),
            context: ContextResult::new(scenario, &record.context),
            processor: ProcessorResult::of(scenario, record),
            time_to_token_ms: time_to_token.percentiles(),
            time_to_token_succeeded_ms: time_to_token.percentiles_without_never(),
            time_to_token_curve: time_to_token.curve(),
            time_spent_ms: TimeSpent::of_all(record),
            attempt_latency_ms: AttemptLatency::new(record),
            makespan_ms: span_ms(record.first_start, record.last_token),
            lower_bound_ms: ms(bounds.largest()),
            lower_bounds_ms: LowerBounds::new(&bounds, scenario.cores.is_some()),
            peak: Peak::new(record),
            start_lag_ms,
            generator_late: start_lag_ms.p99.is_some_and(|lag| lag > late_ms(scenario)),
            connections_dropped: dropped(scenario, raw),
            histograms: BTreeMap::new(),
            timeline: record.timeline.seconds().collect(),
            waves: Waves::new(&record.bins),
            commands: None,
            expectations: vec![],
            verdict: Verdict::Passed,
            traces: vec![],
        }
    }
}

fn broker(scenario: &Scenario, record: &Record) -> Option<RequestsResult> {
    let asked = scenario.groups.iter().any(|group| group.broker().is_some());
    asked.then(|| RequestsResult::new(&record.broker))
}

fn dropped(scenario: &Scenario, raw: &Raw) -> Option<u64> {
    match raw.mode {
        Mode::Live => raw.record.connections.dropped(comparable(scenario)),
        // Processes connect at times of their own, so late attempts are no sign of it.
        Mode::Processes => raw.record.connections.dropped(Comparable::None),
        Mode::Simulated => Some(0),
    }
}

/// A token is issued at once if that usually takes less than half of the second after which a packet is sent again.
fn comparable(scenario: &Scenario) -> Comparable {
    let latency = &scenario.imds.vm.latency;
    let longest = latency.token_cold.median().max(latency.token_warm.median());
    if !scenario.imds.vm.faults.is_empty() {
        Comparable::None
    } else if longest < Duration::from_millis(500) {
        Comparable::All
    } else {
        Comparable::Refused
    }
}

/// At least 10 milliseconds, which a machine with other work to do may well be late by.
fn late_ms(scenario: &Scenario) -> f64 {
    let latency = &scenario.imds.vm.latency;
    let shortest = latency.token_cold.median().min(latency.token_warm.median());
    ms(shortest / 2).max(10.0)
}

fn merged(record: &Record) -> Distribution {
    let mut all = Distribution::default();
    for group in record.awaited() {
        all.merge(&group.time_to_token);
    }
    all
}
