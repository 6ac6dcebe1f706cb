//! `imds-client schedule`: how long a policy waits if it gets the same answer again and again.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{Args, ValueEnum};
use imds_client::{GaveUp, Outcome, RetryAfter};
use serde::Serialize;

use super::exit;
use super::output;
use super::retry::OwnPolicies;
use super::waits::Waits;

/// Whose waits to show, and after which answer.
#[derive(Debug, Args)]
#[command(after_help = "Example: imds-client schedule go-azidentity --status 410 --format json")]
pub(super) struct Arguments {
    /// One of what `imds-client policies` lists, a release such as az-accounts-2.12.1, or one of the
    /// policy file
    #[arg(value_name = "NAME")]
    policy: String,
    /// The status of every answer, an error of 300 to 599
    #[arg(long, default_value_t = 429, value_parser = clap::value_parser!(u16).range(300..600))]
    status: u16,
    /// What every answer has in Retry-After, in whole seconds [default: no such header]
    #[arg(long, value_name = "SECONDS")]
    retry_after: Option<u32>,
    /// Stop after so many attempts, if the policy has not ended before
    #[arg(long, value_name = "N", default_value = "50")]
    attempts: NonZeroUsize,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    own: OwnPolicies,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line for each wait
    Text,
    /// One JSON object
    Json,
}

/// The shortest and the longest wait of 1000 simulated runs, in which an answer takes no time.
#[derive(Debug, Serialize)]
struct Schedule<'a> {
    policy: &'a str,
    status: u16,
    retry_after_s: Option<u32>,
    /// How many attempts a run makes, the first included.
    attempts: Range<usize>,
    /// The waits between them, in seconds.
    waits_s: Vec<Range<f64>>,
    /// Why a run ends; null if none does within the number of attempts that was asked for.
    ends: Option<GaveUp>,
}

#[derive(Debug, Serialize)]
struct Range<T> {
    least: T,
    most: T,
}

/// Prints the schedule.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let policy = arguments.own.find(&arguments.policy)?.policy;
    let waits = Waits::after(&policy, &arguments.outcome(), arguments.attempts.get() - 1);
    let schedule = Schedule::of(arguments, &policy.name, &waits);
    let text = match arguments.format {
        Format::Text => schedule.lines()?,
        Format::Json => serde_json::to_string(&schedule)? + "\n",
    };
    output::lines(&text)?;
    Ok(exit::SUCCESS)
}

impl Arguments {
    fn outcome(&self) -> Outcome {
        let seconds = self.retry_after.map(|s| Duration::from_secs(s.into()));
        let retry_after = RetryAfter {
            seconds,
            ..RetryAfter::default()
        };
        Outcome::Status {
            status: self.status,
            retry_after,
        }
    }
}

fn range<T>(least: T, most: T) -> Range<T> {
    Range { least, most }
}

impl<'a> Schedule<'a> {
    fn of(arguments: &Arguments, policy: &'a str, waits: &Waits) -> Self {
        let (least, most) = waits.counts();
        let seconds =
            |(least, most): &(Duration, Duration)| range(least.as_secs_f64(), most.as_secs_f64());
        Self {
            policy,
            status: arguments.status,
            retry_after_s: arguments.retry_after,
            attempts: range(least + 1, most + 1),
            waits_s: waits.ranges().iter().map(seconds).collect(),
            ends: waits.gave_up(),
        }
    }

    /// A line for each attempt after the first, with the wait before it.
    fn lines(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        writeln!(text, "attempt 1 at once")?;
        for (index, Range { least, most }) in self.waits_s.iter().enumerate() {
            let attempt = index + 2;
            writeln!(text, "attempt {attempt} after {least:.2} to {most:.2} s")?;
        }
        let end = if self.ends.is_some() {
            "gives up"
        } else {
            "goes on"
        };
        writeln!(text, "{end}")?;
        Ok(text)
    }
}
