//! What the simulation says of the same herd: once with the planned starts, as it would have predicted it, and once
//! with sessions that begin when the processes first asked, since an interpreter takes its time to start.

use std::time::Duration;

use serde_json::Value;

use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::simulate;
use crate::record::distribution::ms;
use crate::result::paths;
use crate::result::run::{BesideFigure, RunResult, SimulatedFigure, SimulatedHerd};
use crate::result::spread::Spread;
use crate::scenario::arrival::{Arrival, Replay};
use crate::scenario::definition::Scenario;

use super::seen::{HerdSeen, ProcessSeen};

/// What is compared, by its path in the result.
const FIGURES: [&str; 10] = [
    "sessions.succeeded",
    "attempts.total",
    "attempts.refused.rate",
    "attempts.refused.concurrency",
    "attempts.per_token",
    MANAGER,
    "time_to_token_ms.p50",
    "time_to_token_ms.max",
    MAKESPAN,
    "peak.requests_per_s",
];
/// Only a model with an Azure context asks Resource Manager.
const MANAGER: &str = "resource_manager.sent";
const MAKESPAN: &str = "makespan_ms";
/// Counts from the start of a process, which the second simulation does not have.
const FROM_START: &str = "time_to_token_ms";

/// Simulates the herd so many times in both ways, with its seed, its seed + 1 and so on, and puts the figures
/// beside the real ones. `done` is called after each run.
///
/// # Errors
/// If the scenario cannot be simulated.
pub(crate) fn beside(
    scenario: &Scenario,
    seen: &HerdSeen,
    real: &RunResult,
    runs: u32,
    done: impl Fn(),
) -> Result<SimulatedHerd, SimulateError> {
    let planned = Simulated::new(scenario, runs, Duration::ZERO, &done)?;
    let asking = asking(scenario, seen);
    let asked = asking.map(|(scenario, later)| Simulated::new(&scenario, runs, later, &done));
    let asked = asked.transpose()?;
    let real = real.to_json();
    let paths = FIGURES.into_iter();
    let paths = paths.filter(|path| *path != MANAGER || scenario.has_context());
    let figures = paths.map(|path| figure(path, &real, &planned, asked.as_ref()));
    let client = scenario.groups.first();
    let client = client.map(|group| group.policy.name.clone());
    Ok(SimulatedHerd {
        client: client.unwrap_or_default(),
        runs,
        figures: figures.collect(),
    })
}

fn figure(
    path: &str,
    real: &Value,
    planned: &Simulated,
    asked: Option<&Simulated>,
) -> BesideFigure {
    let number = paths::number(real, path);
    let asked = asked.filter(|_| !path.starts_with(FROM_START));
    BesideFigure {
        path: path.to_owned(),
        real: Some(number).filter(|number| number.is_finite()),
        as_planned: planned.figure(path, number),
        as_asked: asked.map(|asked| asked.figure(path, number)),
    }
}

/// The results of simulated runs.
struct Simulated {
    documents: Vec<Value>,
    /// By how much their first start is later than the herd's.
    later: Duration,
}

impl Simulated {
    fn new(
        scenario: &Scenario,
        runs: u32,
        later: Duration,
        done: &impl Fn(),
    ) -> Result<Simulated, SimulateError> {
        let mut documents = Vec::new();
        for mut run in scenario.runs(runs) {
            run.traces = 0;
            documents.push(RunResult::new(&run, &simulate(&run)?).to_json());
            done();
        }
        Ok(Simulated { documents, later })
    }

    fn figure(&self, path: &str, real: f64) -> SimulatedFigure {
        let later = if path == MAKESPAN {
            ms(self.later)
        } else {
            0.0
        };
        let documents = self.documents.iter();
        let all: Vec<f64> = documents
            .map(|it| paths::number(it, path) + later)
            .collect();
        let least = all.iter().copied().fold(f64::INFINITY, f64::min);
        let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        SimulatedFigure {
            within: (least..=most).contains(&real),
            spread: Spread::of(all),
        }
    }
}

/// The scenario with sessions that begin when the processes first asked IMDS, and how much later than the herd
/// their first one begins; none if no process asked.
fn asking(scenario: &Scenario, seen: &HerdSeen) -> Option<(Scenario, Duration)> {
    let first = |process: &ProcessSeen| {
        let request = seen.asked_by(process.start.id()).next()?;
        Some(seen.at(request.time))
    };
    let mut times: Vec<Duration> = seen.processes.iter().filter_map(first).collect();
    times.sort_unstable();
    let planned = seen.processes.iter().map(|process| process.start.at).min();
    let later = times.first()?.saturating_sub(planned?);
    let mut scenario = scenario.clone();
    for group in &mut scenario.groups {
        group.count = u32::try_from(times.len()).unwrap_or(u32::MAX);
        group.arrival = Arrival::Replay(Replay::new(times.clone(), Duration::ZERO));
        group.startup = None;
    }
    Some((scenario, later))
}
