//! What a sketch comes to, by the simulation that every other command has.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it reads the clock to see how many runs it has time for"
)]

use std::time::{Duration, Instant};

use imds_emulator::document::Problems;

use crate::command::remedies::arguments::RemediesArguments;
use crate::command::remedies::{Wanted, left_out};
use crate::engine::pool::Cores;
use crate::engine::simulate::simulate;
use crate::report::console::Console;
use crate::report::html::ui::Played;
use crate::result::remedies::{Kind, Remedies};
use crate::result::run::RunResult;
use crate::result::scenario::from_toml;
use crate::scenario::definition::Scenario;
use crate::scenario::sketch::{Remedy, Sketch};

/// The file that a sketch is exported as, and commands that repeat it name.
pub(super) const FILE: &str = "scenario.toml";

/// How many runs the answer is of at most.
const RUNS: u32 = 100;

/// No run begins later: a page that is dragged is not to wait for longer.
const TIME: Duration = Duration::from_secs(1);

/// All sessions have to succeed in this share of them, as by default of `remedies`.
const SHARE: f64 = 0.95;

/// How many stories a result has, as by default of `simulate`.
const TRACES: u32 = 500;

/// A sketch that is a scenario.
pub(super) struct Drawn {
    /// The scenario's text.
    pub(super) text: String,
    scenario: Scenario,
    /// The groups that the remedy is not for, and why.
    left_out: Vec<(String, String)>,
}

impl Drawn {
    /// # Errors
    /// All that is wrong with it: names of clients.
    pub(super) fn of(sketch: &Sketch) -> Result<Self, Vec<String>> {
        let as_it_is = read(&sketch.toml(|_| false))?;
        let kind = kind(sketch.remedy);
        let problems = as_it_is.groups.iter().map(|group| left_out(kind, group));
        let problems: Vec<Option<String>> = problems.collect();
        let text = sketch.toml(|row| problems[row].is_none());
        let left_out = problems.into_iter().enumerate().filter_map(|(row, why)| {
            let name = Sketch::group(row);
            Some((name, why?))
        });
        let mut scenario = read(&text)?;
        scenario.traces = TRACES;
        Ok(Self {
            left_out: left_out.collect(),
            scenario,
            text,
        })
    }

    /// What its seed comes to, and what many do.
    ///
    /// # Errors
    /// If a policy hardly waits, so that virtual time does not advance.
    pub(super) fn played(self) -> Result<Played, Vec<String>> {
        let wanted = Wanted {
            runs: RUNS,
            share: SHARE,
        };
        let result = self.result()?;
        let begin = Instant::now();
        let in_time = || begin.elapsed() < TIME;
        let of_many = wanted.play_while(&self.scenario, Cores::All, in_time);
        let (of_many, runs) = of_many.map_err(|error| vec![error.to_string()])?;
        Ok(Played {
            result,
            of_many,
            runs,
            left_out: self.left_out,
        })
    }

    /// The command that makes the same of the exported file.
    pub(super) fn replay(&self) -> String {
        format!("imds-loadgen simulate {FILE} --seed {}", self.scenario.seed)
    }

    /// Every remedy for it, as `remedies --no-vary` gives them.
    ///
    /// # Errors
    /// As of [`Self::played`].
    pub(super) fn remedies(self) -> Result<Remedies, Vec<String>> {
        let asked = RemediesArguments::usual(FILE.into(), None, true, true);
        let remedies = asked.of(self.scenario, &Console::in_memory());
        let mut remedies = remedies.map_err(|error| vec![error.to_string()])?;
        remedies.replay = format!("imds-loadgen remedies {FILE} --no-vary");
        Ok(remedies)
    }

    /// As `simulate` gives it for the exported file.
    ///
    /// # Errors
    /// As of [`Self::played`].
    pub(super) fn result(&self) -> Result<RunResult, Vec<String>> {
        let mut raw = simulate(&self.scenario).map_err(|error| vec![error.to_string()])?;
        let mut result = RunResult::mergeable(&self.scenario, &mut raw);
        result.replay = Some(self.replay());
        Ok(result)
    }
}

fn read(text: &str) -> Result<Scenario, Vec<String>> {
    let told = |problems: Problems| {
        let problems = problems.iter();
        let told = problems.map(|problem| format!("{}: {}", problem.path, problem.message));
        told.collect::<Vec<String>>()
    };
    from_toml(FILE, text).map_err(told)
}

fn kind(remedy: Remedy) -> Kind {
    match remedy {
        Remedy::Nothing => Kind::Nothing,
        Remedy::Gate { .. } => Kind::Gate,
        Remedy::SpacedStarts { .. } => Kind::SpacedStarts,
        Remedy::SharedCache => Kind::SharedCache,
        Remedy::Broker => Kind::Broker,
        Remedy::Retry { .. } => Kind::Retry,
    }
}
