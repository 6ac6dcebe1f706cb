//! The command line.

mod judging;
mod reading;
mod showing;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use self::judging::{Baseline, Compare, Comparing, Documented, Explain, PrintSchema, Report};
pub use self::reading::{Act, Library, OfScenario};
pub use self::showing::Show;
use crate::command::check::command::Check;
use crate::command::plan::command::Plan;
use crate::report::format::Format;
use crate::scenario::context::Version;
use crate::scenario::story::Overrides;

/// Plays concurrent sessions against IMDS, in real and in virtual time, and judges them.
///
/// Exit codes: 0 every expectation is met; 1 one is not; 2 wrong usage or scenario; 3 could not run.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a scenario in real time, against an embedded emulator or a target.
    Run(Run),
    /// Play a scenario in virtual time: the same decisions, in milliseconds.
    Simulate(Simulate),
    /// Show in ten seconds what this is about: a herd that fails, and two ways in which it does not.
    Demo(Show),
    /// Check scenarios.
    Scenario(OfScenario),
    /// List the scenarios that come with the program, or print one.
    Scenarios(Library),
    /// Compare a result with an earlier one; exit code 1 if a figure got worse.
    Compare(Compare),
    /// Tell what one session of a result did, attempt by attempt.
    Explain(Explain),
    /// Render a result or a summary again, in any format.
    Report(Report),
    /// Print the JSON schema of a document.
    Schema(PrintSchema),
    /// Search in virtual time for what a VM can take.
    #[command(subcommand)]
    Plan(Plan),
    /// Grade any command as a client of IMDS: how it bears refusals, outages and a herd of its own.
    Check(Check),
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// What to play.
    #[command(flatten)]
    pub play: Play,
    /// Where the sessions ask, such as <http://127.0.0.1:16925>; by default an embedded emulator.
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    /// Let load go to a target that is not a loopback address.
    #[arg(long)]
    pub allow_remote_target: bool,
    /// Let load go to the real metadata address too, which throttles every program of the VM.
    #[arg(long, requires = "allow_remote_target")]
    pub allow_metadata_address: bool,
    /// What to hold the result against.
    #[command(flatten)]
    pub baseline: Baseline,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// `simulate`
#[derive(Debug, Args)]
pub struct Simulate {
    /// What to play.
    #[command(flatten)]
    pub play: Play,
    /// Play this many times, with the seed, the seed + 1 and so on, and sum up.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub runs: u32,
    /// What to hold the result against.
    #[command(flatten)]
    pub baseline: Baseline,
}

/// What to play, and what to make of it.
#[derive(Debug, Args)]
pub struct Play {
    /// The scenario: a TOML file, or a name of the library (see `scenarios`).
    pub scenario: PathBuf,
    /// Take this seed, not the scenario's.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Give every group this client: a preset, or a policy of the scenario.
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
    /// Give every group this many sessions.
    #[arg(long, value_name = "N")]
    pub count: Option<u32>,
    /// Explain the Azure context of every group that has one so: a version, or as the article does.
    #[arg(long, value_enum, value_name = "NAME")]
    pub context: Option<Version>,
    /// Do not judge the result.
    #[arg(long)]
    pub no_expectations: bool,
    /// Keep the stories of so many sessions in the result; of more the seed chooses them.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub traces: u32,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write result.json (summary.json for many runs) into this folder, which is made if need be.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write these reports there too: report.txt, sessions.csv with attempts.csv and timeline.csv,
    /// junit.xml, summary.md, report.html.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "FORMATS",
        requires = "out"
    )]
    pub report: Vec<Format>,
}

impl Play {
    /// What the command line changes in the scenario.
    #[must_use]
    pub fn overrides(&self) -> Overrides {
        Overrides {
            seed: self.seed,
            client: self.client.clone(),
            count: self.count,
            context: self.context,
        }
    }

    /// The command that plays the same again: `verb` is `run` or `simulate`.
    #[must_use]
    pub fn replay(&self, verb: &str, seed: u64) -> String {
        let scenario = quoted(&self.scenario.display().to_string());
        let mut command = vec![format!("imds-loadgen {verb} {scenario} --seed {seed}")];
        if let Some(client) = &self.client {
            command.push(format!("--client {}", quoted(client)));
        }
        if let Some(context) = self.context {
            command.push(format!("--context {}", context.name()));
        }
        if let Some(count) = self.count {
            command.push(format!("--count {count}"));
        }
        command.join(" ")
    }
}

impl Run {
    /// The command that plays the same again.
    #[must_use]
    pub fn replay(&self, seed: u64) -> String {
        let command = self.play.replay("run", seed);
        match &self.target {
            Some(target) => format!("{command} --target {}", quoted(target)),
            None => command,
        }
    }
}

/// As it is to be written for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:\\".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{word}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_replay_names_every_change() {
        let args = [
            "imds-loadgen",
            "simulate",
            "a.toml",
            "--client",
            "go-msal",
            "--count",
            "9",
            "--context",
            "article",
        ];
        let Command::Simulate(simulate) = Cli::parse_from(args).command else {
            panic!("simulate")
        };
        assert_eq!(
            simulate.play.replay("simulate", 7),
            "imds-loadgen simulate a.toml --seed 7 --client go-msal --context article --count 9"
        );
    }
}
