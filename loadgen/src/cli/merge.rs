//! `imds-loadgen merge`: the shards of many runs, or the results of several machines, put together.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;

use super::baseline::{Baseline, hold, of};
use super::failure::Failure;
use super::publishing::Publishing;
use super::summed::Summed;
use crate::report::Document;
use crate::report::console::Console;
use crate::report::made::Made;
use crate::result::merging;
use crate::result::run::RunResult;
use crate::result::shard::merging::{Merged, Named, to_change};
use crate::result::stored::{self, Mergeable, StoredError};
use crate::result::verdict::Verdict;
use crate::scenario::shell::quoted;

/// `merge`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Merge {
    /// All shards that `simulate --runs N --shard i/M` wrote, in any order, each once; or the result.json of several runs of
    /// one scenario, such as those of several VMs.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Call the sources of results so, one name for each file in their order; by default as their files, or as the folders of
    /// those that are called result.json.
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
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
  imds-loadgen merge shards/shard-1-of-2.json shards/shard-2-of-2.json --out out
  imds-loadgen merge vm-1/result.json vm-2/result.json --out fleet";

/// What is in the files, each with the name of its file.
#[derive(Default)]
struct Read {
    shards: Vec<Named>,
    results: Vec<merging::Named>,
}

impl Merge {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let Read { shards, results } = self.read()?;
        match (shards.first(), results.first()) {
            (Some((shard, _)), Some((result, _))) => Err(Failure::expected(&format!(
                "shards alone or results alone: {shard} is a shard, and {result} a result"
            ))),
            (Some(_), None) if !self.name.is_empty() => Err(Failure::expected(
                "results with --name: shards have no sources",
            )),
            (Some(_), None) => self.shards(shards, console),
            (None, _) => self.results(results, console),
        }
    }

    fn shards(&self, shards: Vec<Named>, console: &mut Console) -> Result<Verdict, Failure> {
        let Merged { of, sum, failures } = Merged::of(shards).map_err(|wrong| refused(&wrong))?;
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

    fn results(
        &self,
        results: Vec<merging::Named>,
        console: &mut Console,
    ) -> Result<Verdict, Failure> {
        let named = self.named(results)?;
        let replay = self.replay(&named);
        let results = named.into_iter().map(|(name, _, result)| (name, result));
        let mut result = merging::merge(results.collect()).map_err(|wrong| refused(&wrong))?;
        result.replay = Some(replay.clone());
        let base = self.baseline.load(stored::result)?;
        self.publishing.make_folder()?;
        let comparison = self.baseline.compare(base.as_ref(), &result);
        let made = Made {
            comparison: of(&comparison),
            ..Made::by(&replay)
        };
        self.publishing
            .publish(Document::Run(&result), made, console)?;
        let compared = hold(comparison?, &self.publishing, console)?;
        Ok(result.verdict.and(compared))
    }

    /// Each result with the name of its source and of its file.
    fn named(
        &self,
        results: Vec<merging::Named>,
    ) -> Result<Vec<(String, String, RunResult)>, Failure> {
        let (names, files) = (self.name.len(), results.len());
        if names > 0 && names != files {
            return Err(Failure::expected(&format!(
                "as many --name as files, found {names} of {files}"
            )));
        }
        let by_file = |(place, (file, result)): (usize, merging::Named)| {
            let given = self.name.get(place).cloned();
            (
                given.unwrap_or_else(|| source(Path::new(&file))),
                file,
                result,
            )
        };
        Ok(results.into_iter().enumerate().map(by_file).collect())
    }

    /// The command in the order of the names, which the result has, too.
    fn replay(&self, named: &[(String, String, RunResult)]) -> String {
        let mut sorted: Vec<(&str, &str)> = named
            .iter()
            .map(|(name, file, _)| (name.as_str(), file.as_str()))
            .collect();
        sorted.sort_unstable();
        let mut command = "imds-loadgen merge".to_owned();
        for (_, file) in &sorted {
            command = format!("{command} {}", quoted(file));
        }
        for (name, _) in sorted.iter().filter(|_| !self.name.is_empty()) {
            command = format!("{command} --name {}", quoted(name));
        }
        command
    }

    /// All files, or what is wrong with each of those that cannot be read.
    fn read(&self) -> Result<Read, Failure> {
        let (mut read, mut errors) = (Read::default(), vec![]);
        for path in &self.files {
            let name = path.display().to_string();
            match stored::mergeable(path) {
                Ok(Mergeable::Shard(shard)) => read.shards.push((name, *shard)),
                Ok(Mergeable::Result(result)) => read.results.push((name, *result)),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(read)
        } else {
            Err(unreadable(errors))
        }
    }
}

/// The name of the source of a file.
fn source(file: &Path) -> String {
    let name = |path: Option<&OsStr>| path.map(|name| name.to_string_lossy().into_owned());
    let folder = file.parent().and_then(Path::file_name);
    let own = name(file.file_stem()).unwrap_or_default();
    let folder = name(folder).filter(|_| own == "result");
    folder.unwrap_or(own)
}

fn refused(wrong: &[String]) -> Failure {
    Failure::usage(anyhow!(wrong.join("\n")))
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
