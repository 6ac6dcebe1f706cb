//! `imds-loadgen herd`: real processes in the place of a scenario's sessions.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use imds_client::user_file;
use imds_emulator::document::FriendlyDuration;

use super::failure::Failure;
use super::publishing::Publishing;
use super::run_arguments::text_of;
use super::stopwatch::Stopwatch;
use crate::command::check::guard::Guard;
use crate::command::check::leading::Leading;
use crate::command::check::manager::Manager;
use crate::command::check::output::Outputs;
use crate::command::check::place::Program;
use crate::command::herd::beside::beside;
use crate::command::herd::plan::{self, Crowd};
use crate::command::herd::result::{Command, result};
use crate::command::herd::runner::{HerdRunner, run};
use crate::command::herd::seen::HerdSeen;
use crate::engine::runtime::runtime;
use crate::report::Document;
use crate::report::console::Console;
use crate::report::made::Made;
use crate::report::progress::{Progress, Steps};
use crate::result::run::RunResult;
use crate::result::scenario::from_toml;
use crate::result::verdict::Verdict;
use crate::scenario::definition::{Overrides, Scenario};
use crate::scenario::shell::quoted;

/// `herd`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Herd {
    /// A scenario with one group of sessions: processes start at its times, on its VM, and are held against
    /// its expectations. A file, or a name of the library.
    pub scenario: Option<PathBuf>,
    /// The program and its arguments, in which {endpoint} becomes the emulator's address and `{resource_manager}`
    /// that of Resource Manager's stub.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
    /// How many processes there are: 30, or as many as the scenario says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub count: Option<u32>,
    /// Start the processes at random within this time; by default all at once.
    #[arg(long, value_name = "TIME", conflicts_with = "scenario", value_parser = length)]
    pub spread: Option<String>,
    /// The model of the client, for the simulation beside it: a preset, or a policy of the scenario.
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
    /// Settings of the VM and of Resource Manager: a configuration of imds-emulator.
    #[arg(long, value_name = "FILE", conflicts_with = "scenario")]
    pub config: Option<PathBuf>,
    /// The seed of the starts and of the simulation; by default the scenario's, or 0.
    #[arg(long)]
    pub seed: Option<u64>,
    /// How the command is led.
    #[command(flatten)]
    pub leading: Leading,
    /// How Resource Manager's stub is served to the command.
    #[arg(long, value_enum, default_value_t = Manager::Http, value_name = "HOW")]
    pub resource_manager: Manager,
    /// How long the run may take; processes that run then are ended, with all that they started. By default
    /// the scenario's `max_duration`, or 10m after the last start.
    #[arg(long, value_name = "TIME", value_parser = time_limit)]
    pub timeout: Option<Duration>,
    /// Simulate the same herd N times, where there is a model of the client; 0 for none.
    #[arg(long, value_name = "N", default_value_t = SIMULATED, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub simulate: u32,
    /// Do not judge the result.
    #[arg(long)]
    pub no_expectations: bool,
    /// What to make of the result.
    #[command(flatten)]
    pub publishing: Publishing,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen herd --count 30 -- pwsh -File job.ps1
  imds-loadgen herd --count 20 --spread 10s --out herd --report html -- python3 my_job.py";

/// How many processes there are unless the command line or a scenario says so.
const COUNT: u32 = 30;
/// How many runs of the same herd are simulated beside it.
const SIMULATED: u32 = 20;

impl Herd {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let scenario = self.load()?;
        self.leading.prepare().map_err(Failure::could_not_run)?;
        let watch = Stopwatch::start();
        let outputs = Outputs::new(self.publishing.out.as_deref());
        let outputs = outputs.context("cannot make a folder for what the processes print");
        let outputs = outputs.map_err(Failure::could_not_run)?;
        let seen = self.play(&scenario, &outputs, console)?;
        let command = Command {
            words: self.words(),
            protocol: self.leading.protocol,
        };
        let mut result = result(&scenario, &seen, &command);
        self.simulate(&scenario, &seen, &mut result, console)?;
        let replay = self.replay(scenario.seed);
        result.replay = Some(replay.clone());
        let made = Made {
            played: Some(watch.played()),
            ..Made::by(&replay)
        };
        let document = Document::Run(&result);
        self.publishing.publish(document, made, console)?;
        Ok(result.verdict)
    }

    fn load(&self) -> Result<Scenario, Failure> {
        let mut scenario = match &self.scenario {
            Some(path) => self.of_file(path)?,
            None => self.crowd()?,
        };
        scenario.traces = 500;
        if self.no_expectations {
            scenario.expectations.clear();
        }
        plan::check(&scenario).map_err(Failure::usage)?;
        Ok(scenario)
    }

    fn of_file(&self, path: &std::path::Path) -> Result<Scenario, Failure> {
        let text = text_of(path)?;
        let read = from_toml(&path.display().to_string(), &text);
        let mut scenario = read.map_err(Failure::usage)?;
        let one_vm = scenario.check_one_vm("all processes start on this machine, as one VM");
        one_vm.map_err(|expected| Failure::expected(&expected))?;
        let overrides = Overrides {
            seed: self.seed,
            client: self.client.clone(),
            count: self.count,
            ..Overrides::default()
        };
        let applied = scenario.apply(&overrides);
        applied.map_err(|expected| Failure::expected(&expected))?;
        Ok(scenario)
    }

    fn crowd(&self) -> Result<Scenario, Failure> {
        let (name, text) = match &self.config {
            Some(path) => {
                let name = path.display().to_string();
                let text = user_file::read(path, user_file::LONGEST)
                    .with_context(|| format!("cannot read {name}"));
                (name, text.map_err(Failure::could_not_run)?)
            }
            None => ("settings".to_owned(), String::new()),
        };
        let crowd = Crowd {
            seed: self.seed.unwrap_or_default(),
            count: self.count.unwrap_or(COUNT),
            spread: self.spread.as_deref().unwrap_or("0s"),
            client: self.client.as_deref(),
        };
        plan::crowd(&name, &text, self.resource_manager, &crowd).map_err(Failure::usage)
    }

    fn play(
        &self,
        scenario: &Scenario,
        outputs: &Outputs,
        console: &Console,
    ) -> Result<HerdSeen, Failure> {
        let runtime = runtime().map_err(Failure::could_not_run)?;
        let _entered = runtime.enter();
        let stop = console.shutdown().context("cannot listen to signals");
        let stop = stop.map_err(Failure::could_not_run)?;
        let progress = console.progress(self.quiet, || Progress::new("", scenario.awaited()));
        let herd = HerdRunner {
            scenario,
            program: self.program(console)?,
            time_limit: self.timeout,
        };
        let show = |ended| progress.iter().for_each(|progress| progress.show(ended));
        let seen = runtime.block_on(run(&herd, outputs, show, stop));
        seen.map_err(Failure::could_not_run)
    }

    fn simulate(
        &self,
        scenario: &Scenario,
        seen: &HerdSeen,
        result: &mut RunResult,
        console: &Console,
    ) -> Result<(), Failure> {
        let has_model = self.scenario.is_some() || self.client.is_some();
        if !has_model || self.simulate == 0 {
            return Ok(());
        }
        let runs = usize::try_from(self.simulate).unwrap_or(usize::MAX);
        let progress = console.progress(self.quiet, || Steps::new(2 * runs));
        let done = || progress.iter().for_each(Steps::one_more);
        let simulated = beside(scenario, seen, result, self.simulate, done);
        result.stand_beside(simulated.map_err(Failure::usage)?);
        Ok(())
    }

    fn program(&self, console: &Console) -> Result<Program, Failure> {
        let guard = Guard::start(console);
        let guard = guard.context("cannot start the process that ends the commands");
        Ok(Program {
            command: self.command.clone(),
            way: self.leading.way(),
            manager: self.resource_manager,
            guard: guard.map_err(Failure::could_not_run)?,
        })
    }

    fn words(&self) -> Vec<String> {
        let words = self.command.iter();
        words
            .map(|word| word.to_string_lossy().into_owned())
            .collect()
    }

    /// The command that plays the same again.
    fn replay(&self, seed: u64) -> String {
        let mut command = vec!["imds-loadgen herd".to_owned()];
        let path = |path: &PathBuf| quoted(&path.display().to_string());
        command.extend(self.scenario.as_ref().map(path));
        command.push(format!("--seed {seed}"));
        let simulated = Some(self.simulate).filter(|runs| *runs != SIMULATED);
        let options = [
            ("config", self.config.as_ref().map(path)),
            ("count", self.count.map(|count| count.to_string())),
            ("spread", self.spread.as_deref().map(quoted)),
            ("client", self.client.as_deref().map(quoted)),
            ("timeout", self.timeout.map(time)),
            ("simulate", simulated.map(|runs| runs.to_string())),
        ];
        let given = options.into_iter();
        command.extend(given.filter_map(|(name, value)| Some(format!("--{name} {}", value?))));
        command.push(self.leading.argument());
        command.push(format!(
            "--resource-manager {}",
            self.resource_manager.name()
        ));
        command.push("--".to_owned());
        command.extend(self.words().iter().map(|word| quoted(word)));
        command.join(" ")
    }
}

fn length(text: &str) -> Result<String, &'static str> {
    let length = FriendlyDuration::parse(text);
    length
        .map(|_| text.to_owned())
        .ok_or("expected a length of time, such as 10s")
}

/// A length of time as one word.
fn time(length: Duration) -> String {
    format!("{}ms", length.as_millis())
}

fn time_limit(text: &str) -> Result<Duration, &'static str> {
    const LONGEST: Duration = Duration::from_hours(24);
    let limit = FriendlyDuration::parse(text).map(|FriendlyDuration(limit)| limit);
    limit
        .filter(|limit| !limit.is_zero() && *limit <= LONGEST)
        .ok_or("expected a length of time up to 24 hours, such as 90s or 10m")
}
