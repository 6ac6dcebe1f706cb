//! Files of a schedule, written whole.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, anyhow};

use super::folder::make;
use crate::cli::failure::Failure;
use crate::report::files::write_all;
use crate::report::schedule::written;
use crate::result::schedule::Schedule;

/// Writes a schedule below the plan's folder. A folder that has jobs of another schedule is refused: they would be installed
/// with these.
pub(super) fn write(folder: &Path, schedule: &Schedule) -> Result<(), Failure> {
    let files = written(schedule);
    let Some(own) = files.folder else {
        return write_all(folder, &files.files).map_err(Failure::could_not_run);
    };
    let folder = folder.join(own);
    make(&folder)?;
    let names = files.files.iter().map(|(name, _)| OsString::from(name));
    let other = other_than(&names.collect(), &folder)
        .with_context(|| format!("cannot read {}", folder.display()))
        .map_err(Failure::could_not_run)?;
    if let Some(other) = other {
        return Err(Failure::could_not_run(anyhow!(
            "expected no file of another schedule in {}, which has {}",
            folder.display(),
            other.display()
        )));
    }
    write_all(&folder, &files.files).map_err(Failure::could_not_run)
}

/// What is in the folder and has none of these names.
fn other_than(names: &BTreeSet<OsString>, folder: &Path) -> io::Result<Option<OsString>> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !names.contains(&name) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
