//! `imds-loadgen`: reads a scenario, plays it, prints what came of it.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Error};
use clap::Parser;
use imds_client::Endpoint;
use imds_loadgen::cli::{Cli, Command, Format, Play, Run};
use imds_loadgen::progress::Progress;
use imds_loadgen::result::{Raw, Verdict};
use imds_loadgen::scenario::Scenario;
use imds_loadgen::summary::Runs;
use imds_loadgen::target::{self, Allowed};
use imds_loadgen::{RunResult, exit, live, report, simulate};
use serde::Serialize;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run(&args),
        Command::Simulate(args) if args.runs == 1 => simulated(&args.play),
        Command::Simulate(args) => simulated_often(&args.play, args.runs),
    };
    match done {
        Ok(Verdict::Passed) => exit::OK.into(),
        Ok(Verdict::Failed) => exit::NOT_MET.into(),
        Err(failure) => failure.tell().into(),
    }
}

/// Why there is no result, and whose fault it is.
enum Failure {
    /// The user's: exit code 2.
    Usage(Error),
    /// The machine's: exit code 3.
    CouldNotRun(Error),
}

impl Failure {
    fn tell(self) -> u8 {
        let (error, code) = match self {
            Self::Usage(error) => (error, exit::USAGE),
            Self::CouldNotRun(error) => (error, exit::COULD_NOT_RUN),
        };
        // Nobody is left to tell if stderr is closed.
        let _ = writeln!(io::stderr(), "error: {error:#}");
        code
    }
}

fn run(args: &Run) -> Result<Verdict, Failure> {
    let scenario = load(&args.play)?;
    let target = args
        .target
        .as_deref()
        .map(|url| endpoint(url, args))
        .transpose()?;
    make_folder(&args.play)?;
    let raw = played(&scenario, target, args.quiet).map_err(Failure::CouldNotRun)?;
    finish(&args.play, &scenario, &raw, &args.replay(scenario.seed))
}

fn simulated(play: &Play) -> Result<Verdict, Failure> {
    let scenario = load(play)?;
    make_folder(play)?;
    let raw = simulate(&scenario)?;
    finish(
        play,
        &scenario,
        &raw,
        &play.replay("simulate", scenario.seed),
    )
}

fn simulated_often(play: &Play, runs: u32) -> Result<Verdict, Failure> {
    let mut scenario = load(play)?;
    make_folder(play)?;
    scenario.traces = 0;
    let first_seed = scenario.seed;
    let mut sum = Runs::default();
    for run in 0..u64::from(runs) {
        scenario.seed = first_seed.wrapping_add(run);
        sum.add(&RunResult::new(&scenario, &simulate(&scenario)?));
    }
    let summary = sum.summary();
    let replay = format!("{} --runs {runs}", play.replay("simulate", first_seed));
    let text = || report::summary::text(&summary, &replay);
    tell(play, "summary.json", &summary, text).map_err(Failure::CouldNotRun)?;
    Ok(summary.verdict)
}

fn simulate(scenario: &Scenario) -> Result<Raw, Failure> {
    simulate::simulate(scenario).map_err(|error| Failure::Usage(error.into()))
}

fn load(play: &Play) -> Result<Scenario, Failure> {
    let path = play.scenario.display();
    let text = fs::read_to_string(&play.scenario).with_context(|| format!("cannot read {path}"));
    let text = text.map_err(Failure::CouldNotRun)?;
    let scenario = Scenario::from_toml(&path.to_string(), &text);
    let mut scenario = scenario.map_err(|problems| Failure::Usage(problems.into()))?;
    let applied = scenario.apply(&play.overrides());
    applied.map_err(|expected| Failure::Usage(anyhow::anyhow!("expected {expected}")))?;
    scenario.traces = play.traces;
    if play.no_expectations {
        scenario.expectations.clear();
    }
    Ok(scenario)
}

fn endpoint(url: &str, args: &Run) -> Result<Endpoint, Failure> {
    let allowed = Allowed {
        remote: args.allow_remote_target,
        metadata_address: args.allow_metadata_address,
    };
    target::endpoint(url, allowed).map_err(|error| Failure::Usage(error.into()))
}

/// Before the run, so that no result is lost to a folder that cannot be made.
fn make_folder(play: &Play) -> Result<(), Failure> {
    let Some(folder) = &play.out else {
        return Ok(());
    };
    let made =
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()));
    made.map_err(Failure::CouldNotRun)
}

fn played(scenario: &Scenario, target: Option<Endpoint>, quiet: bool) -> Result<Raw, Error> {
    let progress = (!quiet).then(|| Progress::new(scenario.sessions()));
    let show = |ended| {
        if let Some(progress) = &progress {
            progress.show(ended);
        }
    };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let run = live::run(scenario, target, show, interrupted());
    Ok(runtime.block_on(run)?)
}

/// Completes when the user, or the system, asks the run to end.
async fn interrupted() {
    tokio::select! {
        () = ctrl_c() => {}
        () = terminated() => {}
    }
}

async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

fn finish(play: &Play, scenario: &Scenario, raw: &Raw, replay: &str) -> Result<Verdict, Failure> {
    let result = RunResult::new(scenario, raw);
    let text = || report::text::text(&result, replay);
    tell(play, "result.json", &result, text).map_err(Failure::CouldNotRun)?;
    Ok(result.verdict)
}

/// Prints first, so that a folder that cannot be written loses nothing.
fn tell(
    play: &Play,
    file: &str,
    document: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), Error> {
    let text = match play.format {
        Format::Text => text(),
        Format::Json => report::json(document),
    };
    let printed = print(&text);
    if let Some(folder) = &play.out {
        let path = folder.join(file);
        let written = report::write_json(&path, document);
        written.with_context(|| format!("cannot write {}", path.display()))?;
    }
    printed
}

/// That nobody reads to the end is no failure.
fn print(text: &str) -> Result<(), Error> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed.context("cannot print the report"),
    }
}
