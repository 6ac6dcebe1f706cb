//! `plan sessions` and `plan spread`: how much of something is still as required, found by halving.

use std::path::PathBuf;

use clap::Args;
use imds_emulator::document::FriendlyDuration;

use super::answer::{Answer, SCHEMA, Sought, against};
use super::trial::{Trial, TrialSettings};
use super::{render, search};
use crate::command::plan::failure::PlanError;
use crate::command::plan::format::PlanFormat;
use crate::record::distribution::ms;
use crate::report;
use crate::report::console::Console;
use crate::report::progress::Tries;
use crate::result::paths;
use crate::result::run::RunResult;
use crate::result::scenario::from_toml;
use crate::scenario::arrival::Arrival;
use crate::scenario::definition::{MOST_SESSIONS, Overrides, Scenario};
use crate::scenario::expectation::Expectation;
use crate::scenario::files;

/// What both searches are told.
#[derive(Debug, Args)]
pub(crate) struct SearchArguments {
    /// The scenario: a TOML file, or a name of the library.
    pub scenario: PathBuf,
    /// The group that is changed; by default the only one that is not in the background.
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
    /// What has to be, instead of what the scenario expects: such as
    /// `sessions.success_ratio >= 0.99`.
    /// May be repeated.
    #[arg(long, value_name = "EXPECTATION", value_parser = requirement)]
    pub require: Vec<Expectation>,
    /// Play each try this many times, with one seed after the other.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub runs: u32,
    /// In which share of the runs it has to be so.
    #[arg(long, value_name = "SHARE", default_value_t = 0.95, value_parser = share)]
    pub confidence: f64,
    /// The seed of the first run, not the scenario's.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Give every group this client: a preset, or a policy of the scenario.
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// `plan sessions`
#[derive(Debug, Args)]
pub(crate) struct SessionsArguments {
    /// What is asked.
    #[command(flatten)]
    pub common: SearchArguments,
    /// Try no more sessions than this.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_SESSIONS)))]
    pub max: u32,
}

/// `plan spread`
#[derive(Debug, Args)]
pub(crate) struct SpreadArguments {
    /// What is asked.
    #[command(flatten)]
    pub common: SearchArguments,
    /// Try no longer spread than this.
    #[arg(long, value_name = "LENGTH", default_value = "10m", value_parser = length)]
    pub max: FriendlyDuration,
    /// How fine the answer is to be.
    #[arg(long, value_name = "LENGTH", default_value = "100ms", value_parser = length)]
    pub step: FriendlyDuration,
}

impl SessionsArguments {
    /// The most sessions with which it still is as required.
    pub(super) fn run(&self, console: &Console) -> Result<String, PlanError> {
        let mut search = Search::new(&self.common, Sought::Sessions, self.max.into(), console)?;
        let most = search::last(self.max, |sessions| search.holds(sessions))?;
        search.look_around(most.unwrap_or(1), self.max)?;
        Ok(search.render(most.map(f64::from), self.common.format))
    }
}

impl SpreadArguments {
    /// The least spread with which it is as required: a step more than the last that is not enough.
    pub(super) fn run(&self, console: &Console) -> Result<String, PlanError> {
        let steps = self.max.0.as_nanos() / self.step.0.as_nanos();
        let most = u32::try_from(steps).ok().filter(|steps| *steps > 0);
        let most = most.ok_or_else(|| {
            let (max, step) = (self.max.0, self.step.0);
            let expected = format!(
                "a --max of at least one --step and at most {} of them, not {max:?} in steps of {step:?}",
                u32::MAX
            );
            PlanError::Expected(expected)
        })?;
        let max_ms = ms(self.step.0.saturating_mul(most));
        let mut search = Search::new(&self.common, Sought::SpreadMs, max_ms, console)?;
        search.step = self.step;
        if search.holds(0)? {
            search.look_around(1, most)?;
            return Ok(search.render(Some(0.0), self.common.format));
        }
        let short = search::last(most, |steps| search.holds(steps).map(|holds| !holds))?;
        let least = short.unwrap_or(0).saturating_add(1);
        let answer = (least <= most).then(|| search.value(least));
        search.look_around(least.min(most), most)?;
        Ok(search.render(answer, self.common.format))
    }
}

/// A search under way.
struct Search {
    scenario: Scenario,
    group: usize,
    sought: Sought,
    settings: TrialSettings,
    /// What one step of a spread is.
    step: FriendlyDuration,
    max: f64,
    trials: Vec<Trial>,
    progress: Option<Tries>,
}

impl Search {
    fn new(
        common: &SearchArguments,
        sought: Sought,
        max: f64,
        console: &Console,
    ) -> Result<Self, PlanError> {
        let scenario = common.load()?;
        let group = common.group(&scenario, sought)?;
        Ok(Self {
            settings: TrialSettings {
                runs: common.runs,
                confidence: common.confidence,
            },
            scenario,
            group,
            sought,
            step: FriendlyDuration::default(),
            max,
            trials: vec![],
            progress: console.progress(common.quiet, Tries::new),
        })
    }

    /// Whether so much is as required. What was tried before is not tried again.
    fn holds(&mut self, steps: u32) -> Result<bool, PlanError> {
        let value = self.value(steps);
        let same = |trial: &&Trial| (trial.value - value).abs() < f64::EPSILON;
        if let Some(trial) = self.trials.iter().find(same) {
            return Ok(trial.holds);
        }
        let trial = self.settings.run(value, &self.changed(steps))?;
        if let Some(progress) = &self.progress {
            progress.tried(&render::in_short(self.sought, &trial, self.settings.runs));
        }
        let holds = trial.holds;
        self.trials.push(trial);
        Ok(holds)
    }

    /// Tries what is near, to see whether the answer is a turn and not a chance.
    fn look_around(&mut self, answer: u32, most: u32) -> Result<(), PlanError> {
        for steps in search::around(answer, most) {
            self.holds(steps)?;
        }
        Ok(())
    }

    fn changed(&self, steps: u32) -> Scenario {
        let mut scenario = self.scenario.clone();
        let group = &mut scenario.groups[self.group];
        match (self.sought, &mut group.arrival) {
            (Sought::SpreadMs, Arrival::Herd(herd)) => {
                herd.spread.0 = self.step.0.saturating_mul(steps);
            }
            _ => group.count = steps,
        }
        scenario
    }

    fn value(&self, steps: u32) -> f64 {
        match self.sought {
            Sought::Sessions => steps.into(),
            Sought::SpreadMs => ms(self.step.0.saturating_mul(steps)),
        }
    }

    fn render(mut self, answer: Option<f64>, format: PlanFormat) -> String {
        self.trials.sort_by(|a, b| a.value.total_cmp(&b.value));
        drop(self.progress.take());
        let group = &self.scenario.groups[self.group];
        let required = self.scenario.expectations.iter();
        let speaks_against = |trial: &Trial| against(self.sought, answer, trial);
        let answer = Answer {
            schema: SCHEMA,
            scenario: self.scenario.name.clone(),
            group: group.name.clone(),
            client: group.policy.name.clone(),
            sought: self.sought,
            required: required.map(Expectation::described).collect(),
            confidence: self.settings.confidence,
            runs: self.settings.runs,
            seed: self.scenario.seed,
            answer,
            max: self.max,
            monotone: !self.trials.iter().any(speaks_against),
            trials: self.trials,
        };
        match format {
            PlanFormat::Text => render::text(&answer),
            PlanFormat::Markdown => render::markdown(&answer),
            PlanFormat::Csv => render::csv(&answer),
            PlanFormat::Json => report::json(&answer),
        }
    }
}

impl SearchArguments {
    /// The scenario, which expects what is required.
    fn load(&self) -> Result<Scenario, PlanError> {
        let text = files::text(&self.scenario)?;
        let mut scenario = from_toml(&self.scenario.display().to_string(), &text)?;
        let overrides = Overrides {
            seed: self.seed,
            client: self.client.clone(),
            ..Overrides::default()
        };
        scenario.apply(&overrides).map_err(PlanError::Expected)?;
        let nothing = RunResult::empty(&scenario);
        let wrong = |required: &Expectation| {
            let expected = paths::check(&nothing, required.path()).err()?;
            Some(format!(
                "{expected} (--require \"{}\")",
                required.described()
            ))
        };
        let wrong: Vec<String> = self.require.iter().filter_map(wrong).collect();
        if !wrong.is_empty() {
            return Err(PlanError::Expected(wrong.join("\nexpected ")));
        }
        if !self.require.is_empty() {
            scenario.expectations.clone_from(&self.require);
        }
        if scenario.expectations.is_empty() {
            let expected = "--require with a scenario that expects nothing, such as \
                            --require 'sessions.success_ratio >= 0.99'";
            return Err(PlanError::Expected(expected.to_owned()));
        }
        Ok(scenario)
    }

    /// The number of the group that is changed.
    fn group(&self, scenario: &Scenario, sought: Sought) -> Result<usize, PlanError> {
        let groups = || scenario.groups.iter().enumerate();
        let is_meant = |name: &str| match &self.group {
            Some(wanted) => wanted == name,
            None => true,
        };
        let found = groups().filter(|(_, group)| !group.background && is_meant(&group.name));
        let found: Vec<usize> = found.map(|(number, _)| number).collect();
        let [number] = found[..] else {
            let names = groups().filter(|(_, group)| !group.background);
            let names: Vec<&str> = names.map(|(_, group)| group.name.as_str()).collect();
            let names = names.join(", ");
            let found = self.group.as_ref();
            let found = found.map_or(String::new(), |name| format!("; not \"{name}\""));
            return Err(PlanError::Expected(format!(
                "--group, one of {names}{found}"
            )));
        };
        let arrival = &scenario.groups[number].arrival;
        let expected = match sought {
            Sought::Sessions if arrival.sessions().is_some() => {
                "a group whose count can be changed, with an arrival herd, every, poisson, or rate without a duration"
            }
            Sought::SpreadMs if !matches!(arrival, Arrival::Herd(_)) => {
                "a group whose arrival is a herd"
            }
            _ => return Ok(number),
        };
        let kind = arrival.kind();
        Err(PlanError::Expected(format!("{expected}, not {kind}")))
    }
}

fn requirement(text: &str) -> Result<Expectation, String> {
    let text = text.trim();
    let at = text.find(['<', '>', '=', '!']);
    let (path, comparison) = text.split_at(at.unwrap_or(text.len()));
    Expectation::parse(path.trim().trim_matches('"'), comparison)
        .map_err(|expected| format!("expected a path and {expected}"))
}

fn share(text: &str) -> Result<f64, String> {
    let share = text
        .parse()
        .ok()
        .filter(|share: &f64| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "expected a share above 0 and up to 1, such as 0.95".to_owned())
}

fn length(text: &str) -> Result<FriendlyDuration, String> {
    let length = FriendlyDuration::parse(text).filter(|length| !length.0.is_zero());
    length.ok_or_else(|| "expected a length of time such as \"100ms\" or \"10m\"".to_owned())
}
