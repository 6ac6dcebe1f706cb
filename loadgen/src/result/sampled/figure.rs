//! Figures of a sample, by their paths in the result document.

use std::cell::OnceCell;
use std::time::Duration;

use super::{bounds, makespan};
use crate::record::distribution::{Distribution, Percentiles, ms};
use crate::record::sample::{GroupSample, Sample};
use crate::result::run::ratio;
use crate::scenario::definition::Scenario;

/// A figure that a sample has; most figures of a result need the whole record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SampledFigure {
    /// The group that it is of; none: of the run.
    group: Option<usize>,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Total,
    Succeeded,
    Failed,
    SuccessRatio,
    /// Sessions that failed in this way.
    ByFailure(String),
    FirstDone,
    LastDone,
    Attempts,
    Tokens,
    AttemptsPerToken,
    Makespan,
    LowerBound,
    TimeToToken(Percentile),
    TimeToTokenSucceeded(Percentile),
    /// How long sessions waited at their gate.
    AtGate(Percentile),
    /// Requests for tokens that the broker sent.
    ByBroker,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Percentile {
    Min,
    P50,
    P90,
    P99,
    P999,
    Max,
}

/// What is found at the path of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Found {
    Number(f64),
    /// It falls on a connect that failed.
    Never,
    /// There was nothing to measure.
    NotMeasured,
}

/// A run's sample, with what several figures are derived from.
#[derive(Debug)]
pub(crate) struct Reading<'r> {
    scenario: &'r Scenario,
    sample: &'r Sample,
    /// The times of the run, and of each group.
    of_run: OnceCell<Times>,
    of_groups: Vec<OnceCell<Times>>,
}

/// Percentiles are derived when they are first asked for.
#[derive(Clone, Debug)]
struct Times {
    lengths: Distribution,
    all: OnceCell<Percentiles>,
    succeeded: OnceCell<Percentiles>,
    /// Whether there was any step for a token.
    any: bool,
}

impl SampledFigure {
    /// The figure at a path of the scenario's results, if samples have it.
    #[must_use]
    pub(crate) fn parse(scenario: &Scenario, path: &str) -> Option<Self> {
        let of_run = |what| Some(Self { group: None, what });
        if let Some(rest) = path.strip_prefix("sessions.by_group.") {
            let (group, rest) = group(scenario, rest)?;
            let what = match rest {
                "attempts" => What::Attempts,
                "tokens" => What::Tokens,
                _ => match rest.strip_prefix("through.waited_ms.") {
                    Some(name) => What::AtGate(percentile(name)?),
                    None => sessions(rest).or_else(|| times(rest))?,
                },
            };
            let group = Some(group);
            return Some(Self { group, what });
        }
        if let Some(rest) = path.strip_prefix("sessions.") {
            return of_run(match rest {
                "first_done_ms" => What::FirstDone,
                "last_done_ms" => What::LastDone,
                _ => sessions(rest)?,
            });
        }
        of_run(match path {
            "attempts.total" => What::Attempts,
            "attempts.per_token" => What::AttemptsPerToken,
            "broker.sent" => What::ByBroker,
            "makespan_ms" => What::Makespan,
            "lower_bound_ms" => What::LowerBound,
            _ => times(path)?,
        })
    }
}

/// The group whose name, the longest that fits, is how this part of a path begins, and what follows.
fn group<'p>(scenario: &Scenario, path: &'p str) -> Option<(usize, &'p str)> {
    let names = scenario.groups.iter().map(|group| group.name.as_str());
    let fitting = names.enumerate().filter_map(|(index, name)| {
        let rest = path.strip_prefix(name)?.strip_prefix('.')?;
        Some((name.len(), index, rest))
    });
    let (_, index, rest) = fitting.max_by_key(|(length, ..)| *length)?;
    Some((index, rest))
}

fn sessions(name: &str) -> Option<What> {
    Some(match name {
        "total" => What::Total,
        "succeeded" => What::Succeeded,
        "failed" => What::Failed,
        "success_ratio" => What::SuccessRatio,
        _ => {
            let kind = name.strip_prefix("by_failure.")?;
            let kind = (!kind.is_empty() && !kind.contains('.')).then_some(kind)?;
            What::ByFailure(kind.to_owned())
        }
    })
}

fn times(path: &str) -> Option<What> {
    let (of, name) = path.split_once('.')?;
    let percentile = percentile(name)?;
    match of {
        "time_to_token_ms" => Some(What::TimeToToken(percentile)),
        "time_to_token_succeeded_ms" => Some(What::TimeToTokenSucceeded(percentile)),
        _ => None,
    }
}

fn percentile(name: &str) -> Option<Percentile> {
    Some(match name {
        "min" => Percentile::Min,
        "p50" => Percentile::P50,
        "p90" => Percentile::P90,
        "p99" => Percentile::P99,
        "p999" => Percentile::P999,
        "max" => Percentile::Max,
        _ => return None,
    })
}

impl Percentile {
    fn of(self, percentiles: &Percentiles) -> Option<f64> {
        match self {
            Self::Min => percentiles.min,
            Self::P50 => percentiles.p50,
            Self::P90 => percentiles.p90,
            Self::P99 => percentiles.p99,
            Self::P999 => percentiles.p999,
            Self::Max => percentiles.max,
        }
    }
}

impl Found {
    fn or_not_measured(number: Option<f64>) -> Self {
        number.map_or(Self::NotMeasured, Self::Number)
    }
}

impl<'r> Reading<'r> {
    #[must_use]
    pub(crate) fn new(scenario: &'r Scenario, sample: &'r Sample) -> Self {
        Self {
            scenario,
            sample,
            of_run: OnceCell::new(),
            of_groups: sample.groups.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// Sessions that succeeded by all.
    #[must_use]
    pub(crate) fn success_ratio(&self) -> f64 {
        let (succeeded, total) = (self.sum(None, |g| g.succeeded), self.sum(None, |g| g.total));
        ratio(succeeded, total).unwrap_or_default()
    }

    /// The 99th percentile of the time to token; none is "never", and where there was none to measure.
    #[must_use]
    pub(crate) fn p99(&self) -> Option<f64> {
        self.times(None).all().p99
    }

    /// The makespan, if a token came.
    #[must_use]
    pub(crate) fn makespan_ms(&self) -> Option<f64> {
        makespan(self.sample).map(ms)
    }

    /// What is found at the path of this figure.
    #[must_use]
    pub(crate) fn find(&self, figure: &SampledFigure) -> Found {
        let group = figure.group;
        let count = |of: &dyn Fn(&GroupSample) -> u64| Found::Number(count(self.sum(group, of)));
        match &figure.what {
            What::Total => count(&|group| group.total),
            What::Succeeded => count(&|group| group.succeeded),
            What::Failed => count(&GroupSample::failed),
            What::ByFailure(kind) => {
                count(&|group| group.by_failure.get(kind).copied().unwrap_or(0))
            }
            What::SuccessRatio => {
                let sum = |of: fn(&GroupSample) -> u64| self.sum(group, of);
                let ratio = ratio(sum(|group| group.succeeded), sum(|group| group.total));
                Found::Number(ratio.unwrap_or_default())
            }
            What::FirstDone => self.since_start(self.done(|g| g.first_done).min()),
            What::LastDone => self.since_start(self.done(|g| g.last_done).max()),
            What::Attempts => Found::Number(self::count(self.requests(group, |g| g.attempts))),
            What::Tokens => count(&|group| group.granted),
            What::AttemptsPerToken => {
                let requests = |of: fn(&GroupSample) -> u64| self.requests(None, of);
                Found::or_not_measured(ratio(requests(|g| g.attempts), requests(|g| g.granted)))
            }
            What::Makespan => Found::or_not_measured(self.makespan_ms()),
            What::LowerBound => Found::Number(ms(bounds(self.scenario, self.sample).largest())),
            What::TimeToToken(percentile) => {
                let times = self.times(group);
                let nothing = if times.any {
                    Found::Never
                } else {
                    Found::NotMeasured
                };
                percentile.of(times.all()).map_or(nothing, Found::Number)
            }
            What::TimeToTokenSucceeded(percentile) => {
                Found::or_not_measured(percentile.of(self.times(group).succeeded()))
            }
            What::AtGate(percentile) => self.at_gate(group, *percentile),
            What::ByBroker => Found::Number(self::count(self.sample.relayed)),
        }
    }

    /// Over the sessions of a group, or of all that the run waits for.
    fn sum(&self, group: Option<usize>, of: impl Fn(&GroupSample) -> u64) -> u64 {
        match group {
            Some(group) => of(&self.sample.groups[group]),
            None => self.sample.awaited().map(of).sum(),
        }
    }

    /// Over the requests of a group, or of all, those in the background too.
    fn requests(&self, group: Option<usize>, of: impl Fn(&GroupSample) -> u64) -> u64 {
        match group {
            Some(group) => of(&self.sample.groups[group]),
            None => self.sample.groups.iter().map(of).sum(),
        }
    }

    fn done(
        &self,
        of: impl Fn(&GroupSample) -> Option<Duration>,
    ) -> impl Iterator<Item = Duration> {
        self.sample.awaited().filter_map(of)
    }

    fn since_start(&self, at: Option<Duration>) -> Found {
        let span = at.zip(self.sample.first_start);
        Found::or_not_measured(span.map(|(at, first)| ms(at.saturating_sub(first))))
    }

    fn at_gate(&self, group: Option<usize>, percentile: Percentile) -> Found {
        let mut waits = Distribution::default();
        if let Some(group) = group.map(|group| &self.sample.groups[group]) {
            for wait in &group.at_gate {
                waits.add(*wait);
            }
            waits.add_never(group.at_gate_never);
        }
        let nothing = match waits.shortest() {
            Some(_) => Found::Never,
            None => Found::NotMeasured,
        };
        (percentile.of(&waits.percentiles())).map_or(nothing, Found::Number)
    }

    fn times(&self, group: Option<usize>) -> &Times {
        match group {
            Some(group) => {
                let sample = &self.sample.groups[group];
                self.of_groups[group].get_or_init(|| Times::of(std::iter::once(sample)))
            }
            None => self.of_run.get_or_init(|| Times::of(self.sample.awaited())),
        }
    }
}

impl Times {
    fn of<'s>(groups: impl Iterator<Item = &'s GroupSample> + Clone) -> Self {
        let known = groups.clone().map(|group| group.times_to_token.len());
        let mut lengths = Distribution::with_room(known.sum());
        let mut steps = 0;
        for group in groups {
            for time in &group.times_to_token {
                lengths.add(*time);
            }
            lengths.add_never(group.tokens_never);
            steps += group.times_to_token.len() as u64 + group.tokens_never;
        }
        Self {
            lengths,
            all: OnceCell::new(),
            succeeded: OnceCell::new(),
            any: steps > 0,
        }
    }

    fn all(&self) -> &Percentiles {
        self.all.get_or_init(|| self.lengths.percentiles())
    }

    fn succeeded(&self) -> &Percentiles {
        let succeeded = || self.lengths.percentiles_without_never();
        self.succeeded.get_or_init(succeeded)
    }
}

#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}
