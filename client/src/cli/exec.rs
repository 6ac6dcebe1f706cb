//! `imds-client exec`: queues, and then runs a command that cannot be changed.
//!
//! If the queue cannot be joined, the command is not started, while `imds-client token` goes on without its cache:
//! there the cache only saves requests, here the queue is all that was asked for.
#![expect(clippy::disallowed_methods, reason = "a driver: it draws, and waits")]

mod launch;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args};
use imds_client::pace::interval_of;
use imds_client::{CommandPermit, CommandQueue, SharedCache, SharedCacheError};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use tokio::time::{Instant, sleep, timeout};

use super::connection::{length, runtime};
use super::exit;
use super::output::report;

/// How many run at once, and which command.
#[derive(Debug, Args)]
#[command(override_usage = USAGE, after_long_help = EXAMPLES)]
#[command(group = ArgGroup::new("limit").args(["at_once", "rate"]).required(true).multiple(true))]
pub(super) struct Arguments {
    /// Run at most N commands with this --name at a time; the rest wait in arrival order
    #[arg(long, value_name = "N")]
    at_once: Option<NonZeroUsize>,
    /// Which queue to join: commands in queues of different names do not wait for each other
    #[arg(long, default_value = "imds", value_parser = NonEmptyStringValueParser::new())]
    name: String,
    /// Exit with 124 if the command has not started after this time [default: wait as long as it takes]
    #[arg(long, value_name = "TIME", value_parser = length)]
    wait_max: Option<Duration>,
    /// First wait for a random part of this time, so that a herd does not join the queue in one instant
    #[arg(long, value_name = "TIME", value_parser = length)]
    spread: Option<Duration>,
    /// Start at most this many a second (20/s) or a minute (6/m), evenly; without --at-once, any number run at
    /// once, and none holds a place
    #[arg(long, value_name = "N/s", value_parser = interval_of)]
    rate: Option<Duration>,
    /// The folder of the queue's files [default: imds-client in the user's folder of caches]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// Log each wait to stderr
    #[arg(long, short)]
    verbose: bool,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

const USAGE: &str = "imds-client exec <--at-once <N>|--rate <N/s>> [OPTIONS] [--] <COMMAND>...";

const EXAMPLES: &str = "\
Examples:
  imds-client exec --at-once 5 --rate 19/s -- az login --identity
  imds-client exec --at-once 5 --rate 4/s -- ./reads-the-instance
  imds-client exec --at-once 3 --spread 10s --wait-max 10m -- pwsh -File job.ps1
  imds-client exec --rate 4/s -- ./ten-minutes-of-work

--at-once 5 keeps within IMDS's 5 requests at once, but not within its 20 a second where a command
takes less than a quarter of a second: --rate 19/s does. Everything else than tokens, such as
/metadata/instance, has a limit of 5 a second: --rate 4/s for commands that read it once.

A place is held until the command ends: of ten-minute jobs at 5 places, 60 take two hours. --rate
alone spaces their starts and holds no place.

Exit codes: as the command's; 124 waited too long, 126 the command cannot be run, 127 there is no such
command, 2 wrong usage, 3 the queue could not be joined.";

/// Waits, and runs the command; or reports why not.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let admitted = runtime()?.block_on(arguments.admitted())?;
    if let Some(permit) = admitted {
        return launch::run(&arguments.command, arguments.place(permit));
    }
    let name = &arguments.name;
    report(&format!("waited too long in line {name}: did not start"));
    Ok(exit::WAITED_TOO_LONG)
}

impl Arguments {
    /// The permission to run; `None` if it took too long.
    async fn admitted(&self) -> Result<Option<CommandPermit>, SharedCacheError> {
        let mut rng: ChaCha8Rng = rand::make_rng();
        if let Some(spread) = self.spread {
            let wait = spread.mul_f64(rng.random());
            self.log(&format!(
                "waiting {:.3} s of its spread",
                wait.as_secs_f64()
            ));
            sleep(wait).await;
        }
        let queue = self.queue(rng)?;
        let began = Instant::now();
        let turn = queue.turn(|before| {
            let (name, at_once) = (&self.name, self.at_once);
            let at_once = at_once.map_or("any number".to_owned(), |most| most.to_string());
            self.log(&format!(
                "line {name}: {before} before it, {at_once} at once"
            ));
        });
        let permit = match self.wait_max {
            None => turn.await?,
            Some(longest) => match timeout(longest, turn).await {
                Ok(admitted) => admitted?,
                Err(_) => return Ok(None),
            },
        };
        let (name, waited) = (&self.name, began.elapsed().as_secs_f64());
        self.log(&format!("line {name}: its turn after {waited:.3} s"));
        Ok(Some(permit))
    }

    /// What the command holds while it runs: nothing where only the starts are spaced.
    fn place(&self, permit: CommandPermit) -> Option<CommandPermit> {
        self.at_once.map(|_| permit)
    }

    fn queue(&self, rng: ChaCha8Rng) -> Result<CommandQueue, SharedCacheError> {
        let folder = self.cache_dir.clone();
        let folder = folder.map_or_else(SharedCache::default_folder, Ok)?;
        let at_once = self.at_once.unwrap_or(NonZeroUsize::MAX);
        CommandQueue::open(folder, &self.name, at_once, self.rate, rng)
    }

    fn log(&self, message: &str) {
        if self.verbose {
            report(message);
        }
    }
}
