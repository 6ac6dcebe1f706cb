//! The folder of a plan.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::cli::failure::Failure;

/// Before the plan, so that no answer is lost to a folder that cannot be made.
pub(in crate::cli) fn make(folder: &Path) -> Result<(), Failure> {
    let made =
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()));
    made.map_err(Failure::could_not_run)
}
