//! `imds-loadgen`: reads a scenario, plays it, prints what came of it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Error};
use clap::Parser;
use imds_client::Endpoint;
use imds_loadgen::check::command::{Check, CheckError};
use imds_loadgen::cli::{
    Act, Baseline, Cli, Command, Compare, Comparing, Explain, Format, Library, OfScenario, Play,
    PrintSchema, Report, Run, Show, Simulate,
};
use imds_loadgen::compare::Outcomes;
use imds_loadgen::demo::{Demo, Stage, StageError};
use imds_loadgen::plan::command::{self, Plan, PlanError};
use imds_loadgen::progress::Progress;
use imds_loadgen::report::{Document, files};
use imds_loadgen::result::{Raw, Verdict};
use imds_loadgen::scenario::{self, Scenario};
use imds_loadgen::stored::{Stored, StoredError};
use imds_loadgen::summary::Runs;
use imds_loadgen::target::{self, Allowed};
use imds_loadgen::{
    RunResult, compare, exit, explain, library, live, report, schema, signal, simulate, stored,
};

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run(&args),
        Command::Simulate(args) if args.runs == 1 => simulated(&args),
        Command::Simulate(args) => simulated_often(&args),
        Command::Demo(args) => demonstrated(&args),
        Command::Scenario(args) => check_scenarios(&args),
        Command::Scenarios(args) => tell_library(&args),
        Command::Compare(args) => compare_files(&args),
        Command::Explain(args) => explain_session(&args),
        Command::Report(args) => report_again(&args),
        Command::Schema(args) => print_schema(&args),
        Command::Plan(plan) => planned(&plan),
        Command::Check(args) => checked(&args),
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
    let base = load_baseline(&args.baseline, stored::result)?;
    make_folder(&args.play)?;
    let raw = played("", &scenario, target, args.quiet).map_err(Failure::CouldNotRun)?;
    let mut result = RunResult::new(&scenario, &raw);
    let replay = args.replay(scenario.seed);
    result.replay = Some(replay.clone());
    tell(&args.play, Document::Run(&result), &replay)?;
    let base = base.filter(|_| !result.cut_short);
    let compared = hold_against(base.as_ref(), &result, &args.baseline, &args.play)?;
    Ok(both(result.verdict, compared))
}

fn simulated(args: &Simulate) -> Result<Verdict, Failure> {
    let play = &args.play;
    let scenario = load(play)?;
    let base = load_baseline(&args.baseline, stored::result)?;
    make_folder(play)?;
    let mut result = RunResult::new(&scenario, &simulate(&scenario)?);
    let replay = play.replay("simulate", scenario.seed);
    result.replay = Some(replay.clone());
    tell(play, Document::Run(&result), &replay)?;
    let base = base.filter(|_| !result.cut_short);
    let compared = hold_against(base.as_ref(), &result, &args.baseline, play)?;
    Ok(both(result.verdict, compared))
}

fn simulated_often(args: &Simulate) -> Result<Verdict, Failure> {
    let (play, runs) = (&args.play, args.runs);
    let mut scenario = load(play)?;
    let base = load_baseline(&args.baseline, stored::summary)?;
    make_folder(play)?;
    scenario.traces = 0;
    let mut sum = Runs::default();
    for run in scenario.runs(runs) {
        sum.add(&RunResult::new(&run, &simulate(&run)?));
    }
    let mut summary = sum.summary();
    let replay = format!("{} --runs {runs}", play.replay("simulate", scenario.seed));
    summary.replay = Some(replay.clone());
    tell(play, Document::Runs(&summary), &replay)?;
    let compared = hold_against(base.as_ref(), &summary, &args.baseline, play)?;
    Ok(both(summary.verdict, compared))
}

fn demonstrated(args: &Show) -> Result<Verdict, Failure> {
    let fault = |error: StageError| match error {
        StageError::NotEmpty(_) => Failure::Usage(error.into()),
        _ => Failure::CouldNotRun(error.into()),
    };
    let stage = Stage::open(args.out.as_deref()).map_err(fault)?;
    let demo = if args.simulate {
        Demo::play("simulate", |_, scenario| simulate(scenario))
    } else {
        Demo::play("run", |act, scenario| {
            played(act.title, scenario, None, args.quiet).map_err(Failure::CouldNotRun)
        })
    }?;
    if !demo.is_whole() {
        // Nobody is left to tell if stderr is closed.
        let _ = writeln!(io::stderr(), "interrupted: nothing was written");
        return Ok(Verdict::Failed);
    }
    let index = stage.write(&demo).map_err(fault)?;
    print(&report::demo::text(&demo, &index)).map_err(Failure::CouldNotRun)?;
    Ok(demo.verdict())
}

fn planned(plan: &Plan) -> Result<Verdict, Failure> {
    let answer = command::run(plan).map_err(|error| match error {
        PlanError::Unreadable { .. } | PlanError::Scenario(_) => Failure::CouldNotRun(error.into()),
        _ => Failure::Usage(error.into()),
    })?;
    print(&answer).map_err(Failure::CouldNotRun)?;
    Ok(Verdict::Passed)
}

fn checked(args: &Check) -> Result<Verdict, Failure> {
    let done = args.run().map_err(|error| match error {
        CheckError::Mistakes(_) | CheckError::Expected(_) => Failure::Usage(error.into()),
        _ => Failure::CouldNotRun(error.into()),
    });
    let (text, verdict) = done?;
    print(&text).map_err(Failure::CouldNotRun)?;
    Ok(verdict)
}

fn simulate(scenario: &Scenario) -> Result<Raw, Failure> {
    simulate::simulate(scenario).map_err(|error| Failure::Usage(error.into()))
}

fn load(play: &Play) -> Result<Scenario, Failure> {
    let text = scenario_text(&play.scenario)?;
    let scenario = Scenario::from_toml(&play.scenario.display().to_string(), &text);
    let mut scenario = scenario.map_err(|problems| Failure::Usage(problems.into()))?;
    let applied = scenario.apply(&play.overrides());
    applied.map_err(|expected| Failure::Usage(anyhow::anyhow!("expected {expected}")))?;
    scenario.traces = play.traces;
    if play.no_expectations {
        scenario.expectations.clear();
    }
    Ok(scenario)
}

fn scenario_text(path: &Path) -> Result<String, Failure> {
    scenario::text(path).map_err(|error| Failure::CouldNotRun(error.into()))
}

/// Tells of every scenario, and only then whether there is anything wrong.
fn check_scenarios(args: &OfScenario) -> Result<Verdict, Failure> {
    let Act::Check { scenarios } = &args.act;
    let (mut right, mut wrong) = (vec![], vec![]);
    for path in scenarios {
        let name = path.display().to_string();
        match Scenario::from_toml(&name, &scenario_text(path)?) {
            Ok(scenario) => right.push(format!("{name}: right, {}\n", scenario.in_short())),
            Err(problems) => wrong.push(problems.to_string()),
        }
    }
    print(&right.concat()).map_err(Failure::CouldNotRun)?;
    if wrong.is_empty() {
        return Ok(Verdict::Passed);
    }
    Err(Failure::Usage(anyhow::anyhow!(wrong.join("\n"))))
}

fn tell_library(args: &Library) -> Result<Verdict, Failure> {
    let text = match &args.name {
        Some(name) => {
            let story = library::find(name).map(|story| story.text.to_owned());
            let expected = || anyhow::anyhow!("expected one of {}", library::names());
            story.ok_or_else(|| Failure::Usage(expected()))?
        }
        None => library::list(),
    };
    print(&text).map_err(Failure::CouldNotRun)?;
    Ok(Verdict::Passed)
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

fn played(
    title: &str,
    scenario: &Scenario,
    target: Option<Endpoint>,
    quiet: bool,
) -> Result<Raw, Error> {
    let progress = (!quiet).then(|| Progress::new(title, scenario.awaited()));
    let show = |ended| {
        if let Some(progress) = &progress {
            progress.show(ended);
        }
    };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    // Before anything is set up, so that whoever interrupts early is heard too.
    let interrupted = {
        let _runtime = runtime.enter();
        signal::shutdown().context("cannot listen to signals")?
    };
    let run = live::run(scenario, target, show, interrupted);
    Ok(runtime.block_on(run)?)
}

/// Prints first, so that a folder that cannot be written loses nothing.
fn tell(play: &Play, document: Document, replay: &str) -> Result<(), Failure> {
    let printed = print(&document.render(play.format, replay));
    if let Some(folder) = &play.out {
        let files = document.files(&play.report, replay);
        files::write_all(folder, &files).map_err(|error| Failure::CouldNotRun(error.into()))?;
    }
    printed.map_err(Failure::CouldNotRun)
}

/// What came of an earlier play, checked before the run so that no run is made in vain.
fn load_baseline<T: Outcomes>(
    args: &Baseline,
    read: impl FnOnce(&Path) -> Result<T, StoredError>,
) -> Result<Option<T>, Failure> {
    let Comparing {
        tolerance,
        different,
    } = &args.comparing;
    let Some(path) = &args.baseline else {
        if tolerance.is_empty() && !different {
            return Ok(None);
        }
        let expected = "expected --baseline with --tolerance or --different";
        return Err(Failure::Usage(anyhow::anyhow!(expected)));
    };
    let base = read(path).map_err(not_stored)?;
    let checked = compare::compare(&base, &base, tolerance, true);
    checked.map_err(|error| Failure::Usage(error.into()))?;
    Ok(Some(base))
}

/// The verdict over the baseline, if there is one. A comparison does not get between a document on stdout
/// and its reader: it goes to stderr then.
fn hold_against<T: Outcomes>(
    base: Option<&T>,
    result: &T,
    args: &Baseline,
    play: &Play,
) -> Result<Verdict, Failure> {
    let Some(base) = base else {
        return Ok(Verdict::Passed);
    };
    let Comparing {
        tolerance,
        different,
    } = &args.comparing;
    let comparison = compare::compare(base, result, tolerance, *different);
    let comparison = comparison.map_err(|error| Failure::Usage(error.into()))?;
    let text = report::comparison::text(&comparison);
    let told = match play.format {
        Format::Text => print(&format!("\n{text}")),
        _ => io::stderr().write_all(text.as_bytes()).map_err(Error::from),
    };
    told.map_err(Failure::CouldNotRun)?;
    if let Some(folder) = &play.out {
        let file = ("comparison.json", report::json(&comparison));
        files::write_all(folder, &[file]).map_err(|error| Failure::CouldNotRun(error.into()))?;
    }
    Ok(comparison.verdict)
}

fn both(one: Verdict, other: Verdict) -> Verdict {
    if one == Verdict::Passed { other } else { one }
}

fn compare_files(args: &Compare) -> Result<Verdict, Failure> {
    let read = |path| Stored::read(path).map_err(not_stored);
    let (base, new) = (read(&args.base)?, read(&args.new)?);
    let Comparing {
        tolerance,
        different,
    } = &args.comparing;
    let comparison = compare::documents(&base, &new, tolerance, *different);
    let comparison = comparison.map_err(|error| Failure::Usage(error.into()))?;
    let text = report::compared(&comparison, args.format).ok_or_else(|| {
        Failure::Usage(anyhow::anyhow!("expected --format text, json or markdown"))
    })?;
    print(&text).map_err(Failure::CouldNotRun)?;
    Ok(comparison.verdict)
}

fn explain_session(args: &Explain) -> Result<Verdict, Failure> {
    let result = stored::result(&args.result).map_err(not_stored)?;
    let story = explain::explain(&result, args.session);
    let story = story.map_err(|error| Failure::Usage(error.into()))?;
    print(&story).map_err(Failure::CouldNotRun)?;
    Ok(Verdict::Passed)
}

fn report_again(args: &Report) -> Result<Verdict, Failure> {
    let stored = Stored::read(&args.result).map_err(not_stored)?;
    let replay = stored.replay().unwrap_or("not known to this document");
    let text = stored.document().render(args.format, replay);
    print(&text).map_err(Failure::CouldNotRun)?;
    Ok(Verdict::Passed)
}

fn print_schema(args: &PrintSchema) -> Result<Verdict, Failure> {
    print(&schema::text(args.document, args.table)).map_err(Failure::CouldNotRun)?;
    Ok(Verdict::Passed)
}

fn not_stored(error: StoredError) -> Failure {
    match error {
        StoredError::Unreadable { .. } => Failure::CouldNotRun(error.into()),
        _ => Failure::Usage(error.into()),
    }
}

/// That nobody reads to the end is no failure.
fn print(text: &str) -> Result<(), Error> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed.context("cannot print the report"),
    }
}
