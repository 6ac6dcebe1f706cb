//! A run is held against an earlier one.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::publishing::Publishing;
use crate::report::console::Console;
use crate::report::files::write_all;
use crate::report::format::Format;
use crate::report::{self, comparison};
use crate::result::compare::{self, Comparison, Outcomes, Tolerance};
use crate::result::stored::StoredError;
use crate::result::verdict::Verdict;

/// What a run is held against, beyond its expectations.
#[derive(Debug, Args)]
pub(super) struct Baseline {
    /// Compare with this earlier result.json, or summary.json for many runs; exit code 1 if a figure got
    /// worse.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// How to compare.
    #[command(flatten)]
    pub comparing: Comparing,
}

/// How to compare.
#[derive(Debug, Args)]
pub(super) struct Comparing {
    /// By how much a figure may get worse: PATH=10% of the base, or PATH=50 in its own unit.
    ///
    /// May be given many times. By default 10% and at least 100 ms for times, 10% for counts, 0.01 for
    /// ratios, nothing for failures; between summaries, where a test tells change from chance, 5% and at least
    /// 10 ms for times, 5% for counts.
    #[arg(long, value_name = "PATH=AMOUNT")]
    pub tolerance: Vec<Tolerance>,
    /// Compare even if the results are of different scenarios, modes or numbers of sessions or runs.
    #[arg(long)]
    pub different: bool,
}

impl Baseline {
    /// Whether any of its arguments is there.
    pub(super) fn is_given(&self) -> bool {
        let Comparing {
            tolerance,
            different,
        } = &self.comparing;
        self.baseline.is_some() || !tolerance.is_empty() || *different
    }

    /// The earlier result, checked before the run so that no run is made in vain.
    pub(super) fn load<T: Outcomes>(
        &self,
        read: impl FnOnce(&Path) -> Result<T, StoredError>,
    ) -> Result<Option<T>, Failure> {
        let Comparing {
            tolerance,
            different,
        } = &self.comparing;
        let Some(path) = &self.baseline else {
            if tolerance.is_empty() && !different {
                return Ok(None);
            }
            return Err(Failure::expected(
                "--baseline with --tolerance or --different",
            ));
        };
        let base = read(path).map_err(not_stored)?;
        let checked = compare::compare(&base, &base, tolerance, true);
        checked.map_err(Failure::usage)?;
        Ok(Some(base))
    }

    /// How the result stands beside the earlier one, if there is one.
    pub(super) fn compare<T: Outcomes>(
        &self,
        base: Option<&T>,
        result: &T,
    ) -> Result<Option<Comparison>, Failure> {
        let Some(base) = base else {
            return Ok(None);
        };
        let Comparing {
            tolerance,
            different,
        } = &self.comparing;
        let comparison = compare::compare(base, result, tolerance, *different);
        comparison.map(Some).map_err(Failure::usage)
    }
}

/// The comparison for the reports, which are written even if the results cannot be compared.
pub(super) fn of(comparison: &Result<Option<Comparison>, Failure>) -> Option<&Comparison> {
    comparison.as_ref().ok()?.as_ref()
}

/// The verdict over the earlier result, if there is one. The comparison goes to stderr too where stdout is a document
/// that a program reads.
pub(super) fn hold(
    comparison: Option<Comparison>,
    publishing: &Publishing,
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let Some(comparison) = comparison else {
        return Ok(Verdict::Passed);
    };
    if publishing.format != Format::Text {
        let text = comparison::text(&comparison);
        console.report(&text).map_err(Failure::could_not_run)?;
    }
    if let Some(folder) = &publishing.out {
        let file = ("comparison.json", report::json(&comparison));
        write_all(folder, &[file]).map_err(Failure::could_not_run)?;
    }
    Ok(comparison.verdict)
}

/// Why there is no earlier result: the wrong file, or one that cannot be read.
pub(super) fn not_stored(error: StoredError) -> Failure {
    match error {
        StoredError::Unreadable { .. } => Failure::could_not_run(error),
        _ => Failure::usage(error),
    }
}
