//! A plan: the answer, the same under every other assumption, and what late starts do to it.

use std::collections::BTreeMap;
use std::time::Duration;

use imds_emulator::document::FriendlyDuration;

use super::arguments::{
    IntervalArguments, RateArguments, SearchArguments, SessionsArguments, SpreadArguments,
};
use super::asked::check_varied;
use super::assumption::{Alternative, Assumptions};
use super::cell::{Cell, Found};
use super::failure::PlanError;
use super::notes;
use super::question::Question;
use super::requirement::Requirement;
use super::schedule::{Answered, Emission, EmitArguments};
use super::search::Scale;
use super::trial::{Attempted, Rules};
use super::variation::{Variation, Varied};
use crate::engine::simulate::failure::SimulateError;
use crate::record::distribution::ms;
use crate::report::console::Console;
use crate::report::plan;
use crate::report::progress::{Steps, Tries};
use crate::result::plan::{Answer, Interval, Late, Row, SCHEMA, Sought};
use crate::result::schedule::Schedule;
use crate::scenario::definition::Scenario;

/// How near to the turn the answer is, as a part of it.
const PRECISION: f64 = 0.02;

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
    emission: Option<Emission>,
    console: &'a Console,
}

impl SessionsArguments {
    /// The most sessions with which a scenario is as required.
    pub(super) fn answer(&self, console: &Console) -> Result<Answer, PlanError> {
        let scale = Scale {
            most: self.max,
            begin: 8,
            precision: PRECISION,
            first_far: false,
        };
        let step = FriendlyDuration::default();
        Planning::new(&self.common, (Sought::Sessions, step), scale, console)?.answer()
    }
}

impl SpreadArguments {
    /// The least spread with which it is as required.
    pub(super) fn answer(&self, console: &Console) -> Result<Answer, PlanError> {
        let scale = scale_of_time(self.max, self.step)?;
        Planning::new(&self.common, (Sought::SpreadMs, self.step), scale, console)?
            .emitting(&self.schedule)?
            .answer()
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
        planning.emitting(&self.schedule)?.answer()
    }
}

impl RateArguments {
    /// The most starts a second with which it is as required.
    pub(super) fn answer(&self, console: &Console) -> Result<Answer, PlanError> {
        let scale = Scale {
            most: self.max.saturating_mul(TENTHS),
            begin: 20,
            precision: PRECISION,
            first_far: false,
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
    let steps = steps.filter(|steps| (1..u32::MAX - 1).contains(steps));
    let most = steps.map(|steps| steps + 1).ok_or_else(|| {
        let expected = format!(
            "a --max of at least one --step and less than {} of them, not {max} in steps of {step}",
            u32::MAX - 1
        );
        PlanError::Expected(expected)
    })?;
    Ok(Scale {
        most,
        begin: 16,
        precision: PRECISION,
        first_far: true,
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
            emission: None,
            console,
        })
    }

    fn emitting(mut self, asked: &EmitArguments) -> Result<Self, PlanError> {
        self.emission =
            asked.emission(self.common.out.as_deref(), &self.scenario, &self.question)?;
        Ok(self)
    }

    fn answer(mut self) -> Result<Answer, PlanError> {
        let known = self.common.known()?;
        let only = &self.common.vary;
        let varied = |assumption| {
            let named = only.is_empty() || only.iter().any(|one| one.assumption == assumption);
            named && !self.common.no_vary
        };
        let assumptions = Assumptions::new(&mut self.scenario, &known, varied);
        check_varied(only, &assumptions)?;
        let found = self.found()?;
        let varied = self.varied(&assumptions.alternatives, &found)?;
        let late = self.late(found.step)?;
        let (schedules, notes) = self.schedules(&found, varied.as_ref())?;
        let mut answer = self.document(found, varied, late, assumptions);
        answer.schedules = schedules;
        answer.notes.extend(notes);
        Ok(answer)
    }

    /// The schedules that are asked for, of the number that is safe if there is one, and what a reader should know.
    fn schedules(
        &self,
        found: &Found,
        varied: Option<&Varied>,
    ) -> Result<(Vec<Schedule>, Vec<String>), SimulateError> {
        let Some(emission) = &self.emission else {
            return Ok((vec![], vec![]));
        };
        let answer = found.step.map(|step| self.question.value(step));
        let (followed, none) = match varied {
            Some(varied) => (
                varied.safe.answer,
                "no schedule is written, since no number holds whichever assumption is true; --no-vary writes the answer",
            ),
            None => (answer, "no schedule is written, since there is no answer"),
        };
        let Some(value_ms) = followed else {
            return Ok((vec![], vec![none.to_owned()]));
        };
        let answered = Answered {
            scenario: &self.scenario,
            question: &self.question,
            value_ms,
            safe: varied.is_some(),
        };
        let (mut schedules, mut notes) = (vec![], vec![]);
        let mut replays = BTreeMap::new();
        for format in &emission.formats {
            match answered.schedule(emission, *format, &mut replays)? {
                Some(schedule) => schedules.push(schedule),
                None => notes.push(format!(
                    "no schedule is written for {}: its jobs would take more than a day",
                    format.name()
                )),
            }
        }
        Ok((schedules, notes))
    }

    /// The answers for each other assumption, and what holds for all; none: nothing is varied.
    fn varied(
        &self,
        alternatives: &[Alternative],
        found: &Found,
    ) -> Result<Option<Varied>, SimulateError> {
        if alternatives.is_empty() {
            return Ok(None);
        }
        let progress = self
            .console
            .progress(self.common.quiet, || Steps::new(alternatives.len()));
        let variation = Variation {
            scenario: &self.scenario,
            question: &self.question,
            rules: &self.rules,
            scale: self.scale,
        };
        let done = || progress.iter().for_each(Steps::one_more);
        variation.play(alternatives, found, &done).map(Some)
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
        varied: Option<Varied>,
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
        clients.sort_unstable();
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
            range: varied
                .as_ref()
                .map(|varied| range(self.question.is_most(), answer, &varied.rows)),
            safe: varied.as_ref().map(|varied| varied.safe.clone()),
            assumptions: assumptions.into_rests_on(),
            rows: varied.map_or(vec![], |varied| varied.rows),
            late,
            schedules: vec![],
            notes: self.notes(found.step),
            trials: found.trials,
        }
    }

    fn notes(&self, answer: Option<u32>) -> Vec<String> {
        let easiest = if self.question.is_most() {
            1
        } else {
            self.last()
        };
        let played = self
            .question
            .changed(&self.scenario, answer.unwrap_or(easiest));
        let mut notes = notes::of(&played, &self.question, &self.rules, answer.is_some());
        if answer.is_none() && !self.jitters.is_empty() {
            notes.push("late starts are not played, since there is no answer".to_owned());
        }
        notes
    }

    /// What the last step stands for.
    fn last(&self) -> u32 {
        if self.question.is_most() {
            self.scale.most
        } else {
            self.scale.most - 1
        }
    }
}

/// Null at the end at which an answer is beyond the range.
fn range(most: bool, answer: Option<f64>, rows: &[Row]) -> Interval {
    let all = || rows.iter().map(|row| row.answer).chain([answer]);
    let every = all().all(|answer| answer.is_some());
    let found = || all().flatten();
    let (low, high) = (found().reduce(f64::min), found().reduce(f64::max));
    Interval {
        low: low.filter(|_| every || !most),
        high: high.filter(|_| every || most),
    }
}
