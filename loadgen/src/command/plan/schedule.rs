//! The answer of a plan as a schedule: its jobs with their starts and commands, and what simulations of them come to.

mod commands;
mod emit;
mod names;

use std::collections::BTreeMap;
use std::time::Duration;

pub(super) use self::emit::Emission;
pub(crate) use self::emit::EmitArguments;

use super::question::Question;
use crate::engine::pool::Cores;
use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::simulate;
use crate::record::distribution::ms;
use crate::result::plan::Sought;
use crate::result::run::RunResult;
use crate::result::schedule::{Job, Replayed, SCHEMA, Schedule, ScheduleFormat};
use crate::scenario::arrival::Arrival;
use crate::scenario::definition::{Group, Scenario};

/// By how many simulations a schedule is judged, each with its own seed.
const RUNS: u32 = 100;

/// By how much a start is early or late where that is played.
const OFF_BY: Duration = Duration::from_secs(1);

/// A day: what takes longer would come into the next round.
const LONGEST_MS: u64 = 24 * 60 * 60 * 1000;

/// An answer, and what it is an answer to.
#[derive(Clone, Copy)]
pub(super) struct Answered<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) question: &'a Question,
    /// The interval or the spread, in milliseconds.
    pub(super) value_ms: f64,
    /// Whether it holds whichever assumption is true.
    pub(super) safe: bool,
}

impl Answered<'_> {
    /// The schedule for a format; none: its jobs would take more than a day. `replays` has what simulations came to for
    /// each grain, since starts differ by nothing else.
    ///
    /// # Errors
    /// If a policy hardly waits, so that virtual time does not advance.
    pub(super) fn schedule(
        self,
        emission: &Emission,
        format: ScheduleFormat,
        replays: &mut BTreeMap<u64, Replayed>,
    ) -> Result<Option<Schedule>, SimulateError> {
        let grain = format.grain_ms();
        let value = rounded(self.value_ms, grain);
        let question = Question {
            step: Duration::from_millis(value),
            ..self.question.clone()
        };
        let mut played = question.changed(self.scenario, 1);
        for number in &question.groups {
            coarsen(&mut played.groups[*number].arrival, grain);
        }
        let jobs = jobs(&played, &question, emission);
        let spread = question.sought == Sought::SpreadMs;
        if jobs
            .last()
            .is_some_and(|job| job.offset_ms + value > LONGEST_MS)
        {
            return Ok(None);
        }
        let replayed = match replays.get(&grain) {
            Some(replayed) => replayed.clone(),
            None => replayed(&played, &question)?,
        };
        replays.insert(grain, replayed.clone());
        Ok(Some(Schedule {
            schema: SCHEMA,
            scenario: played.name.clone(),
            format,
            at: emission.at,
            days: emission.days.clone(),
            interval_ms: (!spread).then_some(value),
            random_delay_ms: if spread { value } else { 0 },
            safe: self.safe,
            jobs,
            replayed,
        }))
    }
}

/// As late as it can be had, so that no two starts are nearer than was found.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an answer is below 2^52 milliseconds"
)]
fn rounded(ms: f64, grain_ms: u64) -> u64 {
    // A step of a microsecond may have made a figure that is not exact.
    let ms = ((ms - 1e-6).ceil().max(0.0)) as u64;
    ms.next_multiple_of(grain_ms)
}

/// Its first start is as late as it can be had.
fn coarsen(arrival: &mut Arrival, grain_ms: u64) {
    let at = match arrival {
        Arrival::Every(every) => &mut every.at,
        Arrival::Herd(herd) => &mut herd.at,
        _ => return,
    };
    at.0 = Duration::from_millis(rounded(ms(at.0), grain_ms));
}

/// The jobs of the groups that were asked about, by their starts.
fn jobs(played: &Scenario, question: &Question, emission: &Emission) -> Vec<Job> {
    let groups = || question.groups.iter().map(|number| &played.groups[*number]);
    let first = groups()
        .filter_map(|group| group.arrival.first_start())
        .min();
    let first = first.unwrap_or_default();
    let job = |group: &Group, index: u32| {
        let offset = planned(&group.arrival, index).saturating_sub(first);
        let offset_ms = u64::try_from(offset.as_millis()).unwrap_or(u64::MAX);
        emission.job(group, index + 1, offset_ms)
    };
    let mut jobs: Vec<Job> = groups()
        .flat_map(|group| (0..group.count).map(move |index| job(group, index)))
        .collect();
    jobs.sort_by_key(|job| job.offset_ms);
    jobs
}

/// When a session is to start, without what is random.
fn planned(arrival: &Arrival, index: u32) -> Duration {
    let first = arrival.first_start().unwrap_or_default();
    match arrival {
        Arrival::Every(every) => first.saturating_add(every.interval.0.saturating_mul(index)),
        _ => first,
    }
}

/// What simulations of the schedule come to.
fn replayed(played: &Scenario, question: &Question) -> Result<Replayed, SimulateError> {
    let punctual = counted(played, question)?;
    let off = (question.sought == Sought::IntervalMs).then(|| {
        // All of them early or late by up to a second differ from these by one second, which is the same for all.
        let mut late = played.clone();
        question.late(&mut late, OFF_BY * 2);
        counted(&late, question)
    });
    Ok(Replayed {
        runs: RUNS,
        seed: played.seed,
        refused: punctual.refused,
        lost: punctual.lost(),
        lost_if_off_by_1s: off.transpose()?.map(Counted::lost),
    })
}

/// What runs came to for the groups that were asked about.
#[derive(Clone, Copy, Default)]
struct Counted {
    refused: u64,
    failed: u64,
    total: u64,
}

impl Counted {
    fn of(scenario: &Scenario, question: &Question) -> Result<Self, SimulateError> {
        let result = RunResult::new(scenario, &simulate(scenario)?);
        let names = question
            .groups
            .iter()
            .map(|number| &scenario.groups[*number].name);
        let groups = names.filter_map(|name| result.sessions.by_group.get(name));
        Ok(groups.fold(Self::default(), |sum, group| Self {
            refused: sum.refused + group.refused.total(),
            failed: sum.failed + group.failed,
            total: sum.total + group.total,
        }))
    }

    fn plus(self, other: Self) -> Self {
        Self {
            refused: self.refused + other.refused,
            failed: self.failed + other.failed,
            total: self.total + other.total,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
    fn lost(self) -> f64 {
        self.failed as f64 / self.total.max(1) as f64
    }
}

fn counted(scenario: &Scenario, question: &Question) -> Result<Counted, SimulateError> {
    let run = |index: usize| {
        let run = u32::try_from(index).unwrap_or(u32::MAX);
        Counted::of(&scenario.run(run), question)
    };
    let runs = Cores::All.share(RUNS as usize, run, || ());
    runs.into_iter()
        .try_fold(Counted::default(), |sum, run| Ok(sum.plus(run?)))
}
