//! `imds-loadgen check`: what can be asked, and the answer.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use imds_client::user_file;
use imds_emulator::Problems;
use imds_emulator::document::FriendlyDuration;
use imds_emulator::environment::{Client, Way};
use imds_emulator::isolation::Refused;
use thiserror::Error;

use super::case::{self, CheckCase};
use super::guard::Guard;
use super::leading::Leading;
use super::manager::Manager;
use super::output::Outputs;
use super::place::Program;
use super::report::Report;
use super::runner::{CaseRun, CaseRunner, RunnerError, run};
use super::{render, vms};
use crate::engine::runtime::{NoRuntime, runtime};
use crate::report::console::Console;
use crate::report::files::{WriteError, write_all};
use crate::report::json;
use crate::report::progress::Steps;
use crate::result::verdict::Verdict;

/// `check`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// The program and its arguments, in which {endpoint} becomes the emulator's address and `{resource_manager}`
    /// that of Resource Manager's stub.
    #[arg(last = true, required_unless_present = "list", value_name = "COMMAND")]
    pub command: Vec<OsString>,
    /// List the cases with their rules and who says so; run nothing.
    #[arg(long)]
    pub list: bool,
    /// Play only these cases; may be repeated.
    #[arg(long = "case", value_name = "NAME", value_delimiter = ',')]
    pub cases: Vec<String>,
    /// Play the cases too that take more than a minute.
    #[arg(long)]
    pub long: bool,
    /// How the command is led.
    #[command(flatten)]
    pub leading: Leading,
    /// Lead this client, as it can be led, in place of --protocol.
    #[arg(long, value_enum, conflicts_with_all = ["protocol", "at_metadata_address"])]
    pub client: Option<Client>,
    /// How Resource Manager's stub is served to the command.
    #[arg(long, value_enum, default_value_t = Manager::Http, value_name = "HOW")]
    pub resource_manager: Manager,
    /// Settings of the VMs and of Resource Manager, such as identities: a configuration of imds-emulator.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How many copies run at once in the herd.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub count: u32,
    /// How long each run may take; it is ended then, with all that it started.
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = time_limit)]
    pub timeout: Duration,
    /// What to print.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// Write check.json, junit.xml and summary.md into this folder, and below it what the command printed.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What is shown besides.
    #[command(flatten)]
    pub shown: Shown,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen check -- python3 my_job.py
  imds-loadgen check --case herd --count 10 --out check -- pwsh -File job.ps1";

/// What `check` shows on stderr.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Shown {
    /// Show what the command printed in cases that were not passed.
    #[arg(long, short)]
    pub verbose: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// What to print on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// A table to read.
    Text,
    /// The document, with every request.
    Json,
    /// XML as junit writes it: a test for each rule.
    Junit,
    /// Markdown, for the summary of a CI job.
    Markdown,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub(crate) enum CheckError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// The settings have mistakes.
    #[error(transparent)]
    Mistakes(#[from] Problems),
    /// A case that is not there.
    #[error("expected {0}")]
    Expected(String),
    /// There is no place for what the command prints.
    #[error("cannot make {} for what the command prints", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    /// There is no network of its own for the command.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nothing can be run.
    #[error(transparent)]
    Runtime(#[from] NoRuntime),
    /// Signals cannot be listened to.
    #[error("cannot listen to signals: {0}")]
    Signals(io::Error),
    /// Nothing would end the commands if this process were killed.
    #[error("cannot start the process that ends the commands")]
    Guard(#[source] io::Error),
    /// The cases cannot be run.
    #[error(transparent)]
    Play(#[from] RunnerError),
    /// The reports cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Check {
    /// What is to be printed, and the verdict. Ends early, and says so, when the user asks for it.
    ///
    /// # Errors
    /// Why there is nothing to print.
    pub(crate) fn run(&self, console: &mut Console) -> Result<(String, Verdict), CheckError> {
        let cases = self.chosen()?;
        if self.list {
            return Ok((render::list(&cases), Verdict::Passed));
        }
        let mut runner = self.runner(cases, console)?;
        self.leading.prepare()?;
        let outputs = self.outputs()?;
        let manager = self.resource_manager;
        manager.apply(&mut runner.config, outputs.folder());
        let runs = self.run_cases(&runner, &outputs, console)?;
        let report = self.report(&runner, &runs);
        if self.shown.verbose {
            show_outputs(&report, &outputs, console);
        }
        if let Some(folder) = &self.out {
            write_all(folder, &files(&report))?;
        }
        Ok((self.rendered(&report), report.verdict))
    }

    fn way(&self) -> Way {
        self.client.map_or_else(|| self.leading.way(), Way::Client)
    }

    fn outputs(&self) -> Result<Outputs, CheckError> {
        Outputs::new(self.out.as_deref()).map_err(|source| CheckError::Folder {
            folder: self.out.clone().unwrap_or_else(std::env::temp_dir),
            source,
        })
    }

    fn run_cases(
        &self,
        runner: &CaseRunner,
        outputs: &Outputs,
        console: &Console,
    ) -> Result<Vec<CaseRun>, CheckError> {
        let runtime = runtime()?;
        let _entered = runtime.enter();
        let stop = console.shutdown().map_err(CheckError::Signals)?;
        let progress = console.progress(self.shown.quiet, || Steps::new(runner.cases.len()));
        let done = || progress.iter().for_each(Steps::one_more);
        Ok(runtime.block_on(run(runner, outputs, done, stop))?)
    }

    fn chosen(&self) -> Result<Vec<CheckCase>, CheckError> {
        let mut cases = case::all();
        let is_known = |name: &&String| cases.iter().any(|case| case.name == **name);
        let unknown = self.cases.iter().filter(|name| !is_known(name)).cloned();
        let unknown: Vec<String> = unknown.collect();
        if !unknown.is_empty() {
            let known: Vec<_> = cases.iter().map(|case| case.name).collect();
            let known = known.join(", ");
            return Err(CheckError::Expected(format!(
                "--case to name one of {known}; not {}",
                unknown.join(", ")
            )));
        }
        cases.retain(|case| match self.cases.as_slice() {
            [] => !case.long || self.long || self.list,
            chosen => chosen.iter().any(|name| name == case.name),
        });
        Ok(cases)
    }

    fn runner(&self, cases: Vec<CheckCase>, console: &Console) -> Result<CaseRunner, CheckError> {
        let (name, text) = match &self.config {
            Some(path) => (path.display().to_string(), read(path)?),
            None => ("settings".to_owned(), String::new()),
        };
        Ok(CaseRunner {
            config: vms::config(&name, &text, &cases, self.resource_manager)?,
            cases,
            program: Program {
                command: self.command.clone(),
                way: self.way(),
                manager: self.resource_manager,
                guard: Guard::start(console).map_err(CheckError::Guard)?,
            },
            time_limit: self.timeout,
            copies: self.count,
        })
    }

    fn report(&self, runner: &CaseRunner, runs: &[CaseRun]) -> Report {
        let words = self.command.iter();
        let command = words.map(|word| word.to_string_lossy().into_owned());
        let cut_short = runs.len() < runner.cases.len();
        Report::new(
            command.collect(),
            self.way().protocol(),
            self.timeout,
            runs,
            cut_short,
        )
    }

    fn rendered(&self, report: &Report) -> String {
        match self.format {
            CheckFormat::Text => render::text(report),
            CheckFormat::Json => json(report),
            CheckFormat::Junit => render::junit(report),
            CheckFormat::Markdown => render::markdown(report),
        }
    }
}

fn files(report: &Report) -> [(&'static str, String); 3] {
    [
        ("check.json", json(report)),
        ("junit.xml", render::junit(report)),
        ("summary.md", render::markdown(report)),
    ]
}

/// A closed stderr is no error: there is nowhere to report it.
fn show_outputs(report: &Report, outputs: &Outputs, console: &mut Console) {
    for case in report.cases.iter().filter(|case| case.has_failed()) {
        let failed = case.runs.iter().position(|run| run.exit_code != Some(0));
        let copy = u32::try_from(failed.unwrap_or_default()).unwrap_or_default();
        let told = outputs.told(case.name, copy);
        let _ = console.report(&told);
    }
}

fn read(path: &Path) -> Result<String, CheckError> {
    user_file::read(path, user_file::LONGEST).map_err(|source| CheckError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

fn time_limit(text: &str) -> Result<Duration, &'static str> {
    const LONGEST: Duration = Duration::from_hours(1);
    let limit = FriendlyDuration::parse(text).map(|FriendlyDuration(limit)| limit);
    limit
        .filter(|limit| !limit.is_zero() && *limit <= LONGEST)
        .ok_or("expected a length of time up to 1 hour, such as 90s or 2m")
}
