//! `imds-loadgen merge`: the shards of many runs, put together.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use super::baseline::Baseline;
use super::failure::Failure;
use super::publishing::Publishing;
use super::summed::Summed;
use crate::report::console::Console;
use crate::result::shard::merging::{Merged, Named, to_change};
use crate::result::stored::{self, StoredError};
use crate::result::verdict::Verdict;

/// `merge`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Merge {
    /// All shards that `simulate --runs N --shard i/M` wrote, in any order, each once.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What to make of the result.
    #[command(flatten)]
    pub publishing: Publishing,
    /// What to hold the result against.
    #[command(flatten)]
    pub baseline: Baseline,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen simulate herd --no-expectations --runs 600 --shard 1/2 --out shards
  imds-loadgen simulate herd --no-expectations --runs 600 --shard 2/2 --out shards
  imds-loadgen merge shards/shard-1-of-2.json shards/shard-2-of-2.json --out out";

impl Merge {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let merged = Merged::of(self.read()?);
        let Merged { of, sum, failures } =
            merged.map_err(|wrong| Failure::usage(anyhow!(wrong.join("\n"))))?;
        let base = self.baseline.load(stored::summary)?;
        self.publishing.make_folder()?;
        let summed = Summed {
            command: &of.command,
            first_seed: of.subject.first_seed,
            publishing: &self.publishing,
            baseline: &self.baseline,
            base,
            watch: None,
        };
        summed.publish(sum, |failing| Ok(to_change(&failures, failing)), console)
    }

    /// All files, or what is wrong with each of those that cannot be read.
    fn read(&self) -> Result<Vec<Named>, Failure> {
        let (mut shards, mut errors) = (vec![], vec![]);
        for path in &self.files {
            match stored::shard(path) {
                Ok(shard) => shards.push((path.display().to_string(), shard)),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(shards)
        } else {
            Err(unreadable(errors))
        }
    }
}

/// Wrong files, or files that the machine does not let it read.
fn unreadable(errors: Vec<StoredError>) -> Failure {
    let is_file = |error: &StoredError| matches!(error, StoredError::Unreadable { .. });
    let could_not_run = errors.iter().any(is_file);
    let told = errors
        .into_iter()
        .map(|error| format!("{:#}", anyhow!(error)));
    let told = anyhow!(told.collect::<Vec<_>>().join("\n"));
    if could_not_run {
        Failure::could_not_run(told)
    } else {
        Failure::usage(told)
    }
}
