//! A plan: the answer, the same under every other assumption, and what late starts do to it.

use std::time::Duration;

use imds_emulator::document::FriendlyDuration;

use super::arguments::{
    IntervalArguments, RateArguments, SearchArguments, SessionsArguments, SpreadArguments,
};
use super::assumption::{Alternative, Assumptions};
use super::cell::{Cell, Found};
use super::failure::PlanError;
use super::notes;
use super::question::Question;
use super::requirement::Requirement;
use super::search::Scale;
use super::trial::{Attempted, Rules};
use crate::engine::pool::Cores;
use crate::engine::simulate::failure::SimulateError;
use crate::record::distribution::ms;
use crate::report::console::Console;
use crate::report::plan;
use crate::report::progress::{Steps, Tries};
use crate::result::plan::{Answer, Interval, Late, Row, SCHEMA, Safe, Sought};
use crate::scenario::definition::Scenario;

/// How near to the turn the answer is, as a part of it; rows for other assumptions are less fine.
const PRECISION: f64 = 0.01;
const ROW_PRECISION: f64 = 0.03;

/// Starts a second are tried in tenths.
const TENTHS: u32 = 10;

/// A plan that is being made.
struct Planning<'a> {
    common: &'a SearchArguments,
    scenario: Scenario,
    question: Question,
    rules: Rules,
    scale: Scale,
    jitters: Vec<Duration>,
    console: &'a Console,
}

impl SessionsArguments {
    /// The most sessions with which a scenario is as required.
    pub(super) fn answer(&self, console: &Console) -> Result<Answer, PlanError> {
        let scale = Scale {
            most: self.max,
            begin: 8,
            precision: PRECISION,
        };
        let step = FriendlyDuration::default();
        Planning::new(&self.common, (Sought::Sessions, step), scale, console)?.answer()
    }
}

impl SpreadArguments {
    /// The least spread with which it is as required.
    pub(super) fn answer(&self, console: &Console) -> Result<Answer, PlanError> {
        let scale = scale_of_time(self.max, self.step)?;
        Planning::new(&self.common, (Sought::SpreadMs, self.step), scale, console)?.answer()
    }
}

impl IntervalArguments {
    /// The least time between starts with which it is as required.
    pub(super) fn answer(&self, console: &Console) -> Result<Answer, PlanError> {
        let scale = scale_of_time(self.max, self.step)?;
        let mut planning = Planning::new(
            &self.common,
            (Sought::IntervalMs, self.step),
            scale,
            console,
        )?;
        planning.jitters = self.jitter.iter().map(|jitter| jitter.0).collect();
        planning.answer()
    }
}

impl RateArguments {
    /// The most starts a second with which it is as required.
    pub(super) fn answer(&self, console: &Console) -> Result<Answer, PlanError> {
        let scale = Scale {
            most: self.max.saturating_mul(TENTHS),
            begin: 20,
            precision: PRECISION,
        };
        let step = FriendlyDuration::default();
        let mut planning = Planning::new(
            &self.common,
            (Sought::StartsPerSecond, step),
            scale,
            console,
        )?;
        planning.jitters = self.jitter.iter().map(|jitter| jitter.0).collect();
        planning.answer()
    }
}

/// The first step is no time at all.
fn scale_of_time(max: FriendlyDuration, step: FriendlyDuration) -> Result<Scale, PlanError> {
    let steps = u32::try_from(max.0.as_nanos() / step.0.as_nanos()).ok();
    let steps = steps.filter(|steps| (1..u32::MAX).contains(steps));
    let most = steps.map(|steps| steps + 1).ok_or_else(|| {
        let expected = format!(
            "a --max of at least one --step and less than {} of them, not {max} in steps of {step}",
            u32::MAX
        );
        PlanError::Expected(expected)
    })?;
    Ok(Scale {
        most,
        begin: 16,
        precision: PRECISION,
    })
}

impl<'a> Planning<'a> {
    fn new(
        common: &'a SearchArguments,
        (sought, step): (Sought, FriendlyDuration),
        scale: Scale,
        console: &'a Console,
    ) -> Result<Self, PlanError> {
        let scenario = common.load()?;
        let rules = common.rules(&scenario)?;
        let question = common.question(&scenario, sought, step)?;
        Ok(Self {
            common,
            scenario,
            question,
            rules,
            scale,
            jitters: vec![],
            console,
        })
    }

    fn answer(mut self) -> Result<Answer, PlanError> {
        let known = self.common.known()?;
        let only = &self.common.vary;
        let varied = |assumption| {
            let named = only.is_empty() || only.iter().any(|one| one.assumption == assumption);
            named && !self.common.no_vary
        };
        let assumptions = Assumptions::new(&mut self.scenario, &known, varied);
        let found = self.found()?;
        let rows = self.rows(&assumptions.alternatives, &found)?;
        let late = self.late(found.step)?;
        Ok(self.document(found, rows, late, assumptions))
    }

    /// The answer for the assumptions as they are.
    fn found(&self) -> Result<Found, SimulateError> {
        let progress = self.console.progress(self.common.quiet, Tries::new);
        let tried = |trial: &_| {
            if let Some(progress) = &progress {
                progress.tried(&plan::in_short(self.question.sought, trial));
            }
        };
        let cell = Cell::new(self.scenario.clone(), &self.question, &self.rules, &tried);
        cell.search(self.scale, true)
    }

    /// The answers for each other assumption, and for all of them at their worst.
    fn rows(&self, alternatives: &[Alternative], found: &Found) -> Result<Vec<Row>, SimulateError> {
        let progress = self
            .console
            .progress(self.common.quiet, || Steps::new(alternatives.len()));
        let work = |index: usize| self.row(&alternatives[index..=index]);
        let done = || progress.iter().for_each(Steps::one_more);
        let rows = Cores::All.share(alternatives.len(), work, done);
        let mut rows = rows.into_iter().collect::<Result<Vec<Row>, _>>()?;
        let worst = self.worst(alternatives, &rows, found);
        if worst.len() > 1 {
            let together = self.row(&worst)?;
            rows.push(Row {
                assumption: "all".to_owned(),
                ..together
            });
        }
        Ok(rows)
    }

    fn row(&self, changed: &[Alternative]) -> Result<Row, SimulateError> {
        let mut scenario = self.scenario.clone();
        for one in changed {
            one.apply(&mut scenario);
        }
        let rules = Rules {
            cores: Cores::One,
            ..self.rules.clone()
        };
        let scale = Scale {
            precision: ROW_PRECISION,
            ..self.scale
        };
        let found = Cell::new(scenario, &self.question, &rules, &|_| ()).search(scale, false)?;
        let value = match changed {
            [one] => one.value.clone(),
            all => all
                .iter()
                .map(Alternative::shown)
                .collect::<Vec<_>>()
                .join(", "),
        };
        Ok(Row {
            assumption: changed[0].assumption.name().to_owned(),
            value,
            answer: found.step.map(|step| self.question.value(step)),
            interval: found.interval,
            runs: found.runs,
        })
    }

    /// Of each assumption the value with the worst answer, where that is worse than the answer itself.
    fn worst(&self, alternatives: &[Alternative], rows: &[Row], found: &Found) -> Vec<Alternative> {
        let answer = found.step.map(|step| self.question.value(step));
        let mut worst: Vec<(Option<f64>, Alternative)> = vec![];
        for (one, row) in alternatives.iter().zip(rows) {
            let sofar = worst
                .iter_mut()
                .find(|(_, sofar)| sofar.assumption == one.assumption);
            let than = sofar.as_ref().map_or(answer, |sofar| sofar.0);
            match sofar {
                _ if !self.is_worse(row.answer, than) => {}
                Some(sofar) => *sofar = (row.answer, one.clone()),
                None => worst.push((row.answer, one.clone())),
            }
        }
        worst.into_iter().map(|(_, one)| one).collect()
    }

    /// No answer is worse than any.
    fn is_worse(&self, answer: Option<f64>, than: Option<f64>) -> bool {
        match (answer, than) {
            (None, than) => than.is_some(),
            (Some(_), None) => false,
            (Some(answer), Some(than)) if self.question.is_most() => answer < than,
            (Some(answer), Some(than)) => answer > than,
        }
    }

    fn late(&self, answer: Option<u32>) -> Result<Vec<Late>, SimulateError> {
        let Some(steps) = answer else {
            return Ok(vec![]);
        };
        let late = |jitter: &Duration| {
            let mut scenario = self.question.changed(&self.scenario, steps);
            self.question.late(&mut scenario, *jitter);
            let mut tried = Attempted::new(scenario, &self.rules);
            tried.play(&self.rules, self.rules.most_runs)?;
            let trial = tried.trial(0.0, &self.rules);
            Ok(Late {
                jitter_ms: ms(*jitter),
                decision: trial.decision,
                lost: trial.lost,
            })
        };
        self.jitters.iter().map(late).collect()
    }

    fn document(
        self,
        found: Found,
        rows: Vec<Row>,
        late: Vec<Late>,
        assumptions: Assumptions,
    ) -> Answer {
        let answer = found.step.map(|step| self.question.value(step));
        let groups = || {
            self.question
                .groups
                .iter()
                .map(|number| &self.scenario.groups[*number])
        };
        let mut clients: Vec<String> = groups().map(|group| group.policy.name.clone()).collect();
        clients.dedup();
        let of_runs = self
            .rules
            .requirements
            .iter()
            .any(|one| matches!(one, Requirement::OfRun { .. }));
        let counts = (self.question.sought != Sought::Sessions)
            .then(|| groups().map(|group| group.count).sum());
        Answer {
            schema: SCHEMA,
            scenario: self.scenario.name.clone(),
            groups: groups().map(|group| group.name.clone()).collect(),
            clients,
            sessions: counts,
            sought: self.question.sought,
            required: self
                .rules
                .requirements
                .iter()
                .map(Requirement::described)
                .collect(),
            share: of_runs.then_some(self.rules.share),
            confidence: self.rules.confidence,
            most_runs: self.rules.most_runs,
            seed: self.scenario.seed,
            replay: String::new(),
            answer,
            interval: found.interval,
            decided: found.decided,
            max: self.question.value(self.last()),
            monotone: found.monotone,
            safe: self.safe(answer, &rows),
            range: range(answer, &rows),
            assumptions: assumptions.into_rests_on(),
            rows,
            late,
            notes: notes::of(&self.scenario, &self.question, &self.rules, found.step),
            trials: found.trials,
        }
    }

    /// What the last step stands for.
    fn last(&self) -> u32 {
        if self.question.is_most() {
            self.scale.most
        } else {
            self.scale.most - 1
        }
    }

    fn safe(&self, answer: Option<f64>, rows: &[Row]) -> Option<Safe> {
        let mut safe = Safe {
            answer,
            binding: "none: the answer itself is the least sure".to_owned(),
        };
        for row in rows {
            if self.is_worse(row.answer, safe.answer) {
                safe = Safe {
                    answer: row.answer,
                    binding: format!("{} {}", row.assumption, row.value),
                };
            }
        }
        (!rows.is_empty()).then_some(safe)
    }
}

/// Null where an answer is beyond the range.
fn range(answer: Option<f64>, rows: &[Row]) -> Option<Interval> {
    let all = || rows.iter().map(|row| row.answer).chain([answer]);
    let every = all().all(|answer| answer.is_some());
    let found = || all().flatten();
    let (low, high) = (found().reduce(f64::min), found().reduce(f64::max));
    (!rows.is_empty()).then_some(Interval {
        low: low.filter(|_| every),
        high,
    })
}
