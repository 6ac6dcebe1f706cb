//! One try of a search: a scenario simulated with one seed after the other until it is decided whether it is as
//! required.

use super::evidence::{Estimate, Evidence, Side};
use super::requirement::Requirement;
use crate::engine::pool::Cores;
use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::{sample_of_seed, simulate};
use crate::record::distribution::ms;
use crate::record::sample::GroupSample;
use crate::result::plan::{Decision, Trial};
use crate::result::run::RunResult;
use crate::result::sampled::{bounds, makespan};
use crate::result::summary::lower_median;
use crate::scenario::definition::Scenario;

/// The runs after which a try is looked at for the first time; each further look is after half as many again.
const FIRST_LOOK: u32 = 32;

/// What tries are judged by.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) requirements: Vec<Requirement>,
    /// The share of runs in which a figure of a run has to be as required.
    pub(super) share: f64,
    /// How sure a decision has to be.
    pub(super) confidence: f64,
    /// The most runs of a try.
    pub(super) most_runs: u32,
    /// The cores that the runs of a try are shared by.
    pub(super) cores: Cores,
}

/// A try under way.
pub(super) struct Attempted {
    scenario: Scenario,
    evidence: Vec<Evidence>,
    sides: Vec<Option<Side>>,
    makespans_ms: Vec<f64>,
    bounds_ms: Vec<f64>,
    /// Sessions of all runs that failed, and all sessions.
    lost: u64,
    sessions: u64,
    cut_short: u32,
    runs: u32,
}

/// What one run adds to a try.
struct Counted {
    counts: Vec<(u32, u32)>,
    makespan_ms: f64,
    bound_ms: f64,
    lost: u64,
    sessions: u64,
    cut_short: bool,
}

impl Attempted {
    /// No run of it was played yet; the first has the scenario's seed.
    pub(super) fn new(scenario: Scenario, rules: &Rules) -> Self {
        let requirements = rules.requirements.iter();
        let evidence = requirements.map(|required| Evidence::new(required.most(&scenario)));
        Self {
            evidence: evidence.collect(),
            scenario,
            sides: vec![None; rules.requirements.len()],
            makespans_ms: vec![],
            bounds_ms: vec![],
            lost: 0,
            sessions: 0,
            cut_short: 0,
            runs: 0,
        }
    }

    /// Plays runs until it is decided or there were so many.
    pub(super) fn play(&mut self, rules: &Rules, most: u32) -> Result<Decision, SimulateError> {
        let most = most.min(rules.most_runs);
        while self.decision() == Decision::Undecided && self.runs < most {
            let next = (self.runs + self.runs / 2).max(FIRST_LOOK).min(most);
            self.play_until(rules, next)?;
            if self.cut_short > 0 || self.is_hopeless(rules) {
                break;
            }
        }
        Ok(self.decision())
    }

    /// What is decided. A requirement that was decided stays so: the evidence was enough then. A try with a run that was
    /// cut short is never decided: what its sessions would have come to is not known.
    pub(super) fn decision(&self) -> Decision {
        let all = |side| self.sides.iter().all(|one| *one == Some(side));
        if self.cut_short > 0 {
            Decision::Undecided
        } else if self.sides.contains(&Some(Side::Below)) {
            Decision::Fails
        } else if all(Side::AtLeast) {
            Decision::Holds
        } else {
            Decision::Undecided
        }
    }

    /// Whether one of the requirements will hardly be decided, and none is decided not to be met.
    fn is_hopeless(&self, rules: &Rules) -> bool {
        let mut undecided = self
            .evidence
            .iter()
            .zip(&rules.requirements)
            .zip(&self.sides);
        undecided.any(|((evidence, required), side)| {
            let target = required.target(rules.share);
            side.is_none() && evidence.is_hopeless(target, rules.confidence, rules.most_runs)
        })
    }

    /// Whether it seems to be as required, decided or not.
    pub(super) fn seems_to_hold(&self, rules: &Rules) -> bool {
        let mut shown = self.evidence.iter().zip(&rules.requirements);
        self.cut_short == 0
            && shown.all(|(found, required)| found.share() >= required.target(rules.share))
    }

    /// The result so far.
    pub(super) fn trial(&self, value: f64, rules: &Rules) -> Trial {
        let (estimate, target) = self.deciding(rules);
        Trial {
            value,
            decision: self.decision(),
            runs: self.runs,
            share: rounded(estimate.share),
            share_low: rounded(estimate.low),
            share_high: rounded(estimate.high),
            target,
            makespan_ms: lower_median(self.makespans_ms.clone()),
            limits_bound_ms: lower_median(self.bounds_ms.clone()).unwrap_or(0.0),
            lost: rounded(share(self.lost, self.sessions)),
            cut_short: self.cut_short,
        }
    }

    fn play_until(&mut self, rules: &Rules, until: u32) -> Result<(), SimulateError> {
        let scenario = &self.scenario;
        let first = self.runs;
        let work = |index: usize| {
            let run = first + u32::try_from(index).unwrap_or(u32::MAX);
            Counted::of(scenario, run, &rules.requirements)
        };
        let results = rules.cores.share((until - first) as usize, work, || ());
        for counted in results {
            self.add(&counted?);
        }
        let all = rules.requirements.len();
        for (number, required) in rules.requirements.iter().enumerate() {
            let target = required.target(rules.share);
            let side = || self.evidence[number].side(target, rules.confidence, all);
            self.sides[number] = self.sides[number].or_else(side);
        }
        Ok(())
    }

    fn add(&mut self, counted: &Counted) {
        for (evidence, (met, count)) in self.evidence.iter_mut().zip(&counted.counts) {
            evidence.add(*met, *count);
        }
        self.makespans_ms.push(counted.makespan_ms);
        self.bounds_ms.push(counted.bound_ms);
        self.lost += counted.lost;
        self.sessions += counted.sessions;
        self.cut_short += u32::from(counted.cut_short);
        self.runs += 1;
    }

    /// The share that decides, and the one that is wanted: those of the requirement which is met least.
    fn deciding(&self, rules: &Rules) -> (Estimate, f64) {
        let shown = self.evidence.iter().zip(&rules.requirements);
        let estimates = shown.map(|(evidence, required)| {
            let estimate = evidence.estimate(rules.confidence);
            (estimate, required.target(rules.share))
        });
        let above = |(estimate, target): &(Estimate, f64)| estimate.low - target;
        let least = estimates.min_by(|a, b| above(a).total_cmp(&above(b)));
        let nothing_required = Estimate {
            share: 1.0,
            low: 0.0,
            high: 1.0,
        };
        least.unwrap_or((nothing_required, 0.0))
    }
}

impl Counted {
    fn of(
        scenario: &Scenario,
        run: u32,
        requirements: &[Requirement],
    ) -> Result<Self, SimulateError> {
        let sample = sample_of_seed(scenario, scenario.seed.wrapping_add(run.into()))?;
        let record = requirements.iter().any(|one| one.needs_record(scenario));
        let document = if record {
            Some(RunResult::new(scenario, &simulate(&scenario.run(run))?).to_json())
        } else {
            None
        };
        let limits = bounds(scenario, &sample);
        let count = |required: &Requirement| required.count(scenario, &sample, document.as_ref());
        Ok(Self {
            counts: requirements.iter().map(count).collect(),
            makespan_ms: makespan(&sample).map_or(f64::INFINITY, ms),
            bound_ms: ms(limits.limits),
            lost: sample.awaited().map(GroupSample::failed).sum(),
            sessions: sample.awaited().map(|group| group.total).sum(),
            cut_short: sample.cut_short,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "no try counts to 2^52")]
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

pub(crate) fn rounded(share: f64) -> f64 {
    (share * 1e7).round() / 1e7
}
