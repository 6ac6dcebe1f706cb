//! The arguments of `plan sessions`, `plan spread`, `plan interval` and `plan rate`.

use std::path::PathBuf;

use clap::Args;
use imds_emulator::document::FriendlyDuration;

use super::assumption::Narrowed;
use super::format::AnswerFormat;
use super::requirement::Requirement;
use super::schedule::EmitArguments;
use crate::scenario::definition::MOST_SESSIONS;
use crate::scenario::overlay::Setting;

/// The most runs that a try may be given.
pub(super) const MOST_RUNS: u32 = 1_000_000;

/// What all of these are told.
#[derive(Debug, Args)]
pub(crate) struct SearchArguments {
    /// The scenario: a TOML file, or a name of the library; without one, a herd of jobs that ask for one token each.
    pub scenario: Option<PathBuf>,
    /// Change this group alone; by default all that are not in the background, together.
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
    /// What is required, instead of what the scenario expects; may be repeated. Of all sessions of all runs:
    /// 'within(60s) >= 0.999', 'p99.9 <= 60s', with "tokens." before it of tokens, with "of GROUP" behind it of one
    /// group. Of a run, in a share of the runs: 'run.p99 <= 10s', 'run.mean <= 5s', '`sessions.success_ratio` >= 0.99'.
    #[arg(long, value_name = "REQUIREMENT")]
    pub require: Vec<Requirement>,
    /// In which share of the runs a figure of a run has to be as required [default: 0.95].
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub share: Option<f64>,
    /// How sure the answer has to be: the interval at this confidence lies on the right side.
    #[arg(long, value_name = "CONFIDENCE", default_value_t = 0.95, value_parser = share)]
    pub confidence: f64,
    /// The most runs of a try. Fewer are played where fewer decide; near the turn so many may not be enough.
    #[arg(long, value_name = "N", default_value_t = 7000, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_RUNS)))]
    pub runs: u32,
    /// The seed of the first run, not the scenario's.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Give every group this client: a preset, or a policy of the scenario.
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
    /// Give every group N sessions.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_SESSIONS)))]
    pub count: Option<u32>,
    /// How long IMDS takes for a token.
    #[arg(long, value_name = "LENGTH", value_parser = length)]
    pub service: Option<FriendlyDuration>,
    /// Set a key of the scenario's [imds], such as limits.identity.rate=5; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<Setting>,
    /// Play only these other values of an assumption: `service_time=50ms,500ms`; without values the usual ones; may be
    /// repeated. Only what is named is varied then.
    #[arg(long, value_name = "NAME[=VALUE,…]", conflicts_with = "no_vary")]
    pub vary: Vec<Narrowed>,
    /// Vary nothing: one answer for the assumptions as the scenario has them.
    #[arg(long)]
    pub no_vary: bool,
    /// What is known of the assumptions, as [assumptions.NAME] with values, evidence and source.
    #[arg(long, value_name = "FILE", conflicts_with = "vary")]
    pub profile: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
    /// Write plan.json, plan.csv, report.txt, summary.md and report.html into this folder, which is made if need be.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
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
    /// What is written of it.
    #[command(flatten)]
    pub schedule: EmitArguments,
}

/// `plan interval`
#[derive(Debug, Args)]
pub(crate) struct IntervalArguments {
    /// What is asked.
    #[command(flatten)]
    pub common: SearchArguments,
    /// Try no longer interval than this.
    #[arg(long, value_name = "LENGTH", default_value = "10s", value_parser = length)]
    pub max: FriendlyDuration,
    /// How fine the answer is to be.
    #[arg(long, value_name = "LENGTH", default_value = "1ms", value_parser = length)]
    pub step: FriendlyDuration,
    /// Also say what happens if each start is late by a random part of this; may be repeated.
    #[arg(long, value_name = "LENGTH", default_values = ["100ms", "1s"], value_parser = length)]
    pub jitter: Vec<FriendlyDuration>,
    /// What is written of it.
    #[command(flatten)]
    pub schedule: EmitArguments,
}

/// `plan rate`
#[derive(Debug, Args)]
pub(crate) struct RateArguments {
    /// What is asked.
    #[command(flatten)]
    pub common: SearchArguments,
    /// Try no more starts a second than this.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max: u32,
    /// Also say what happens if each start is late by a random part of this; may be repeated.
    #[arg(long, value_name = "LENGTH", default_values = ["100ms", "1s"], value_parser = length)]
    pub jitter: Vec<FriendlyDuration>,
}

pub(in crate::command) fn share(text: &str) -> Result<f64, String> {
    let share = text
        .parse()
        .ok()
        .filter(|share: &f64| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| {
        "expected a number above 0 and below 1, such as 0.95: no number of runs shows more"
            .to_owned()
    })
}

fn length(text: &str) -> Result<FriendlyDuration, String> {
    let length = FriendlyDuration::parse(text).filter(|length| !length.0.is_zero());
    length.ok_or_else(|| "expected a length of time such as \"100ms\" or \"10m\"".to_owned())
}
