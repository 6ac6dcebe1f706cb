//! Files of a schedule, written whole.

use std::path::Path;

use super::folder::make;
use crate::cli::failure::Failure;
use crate::report::files::write_all;
use crate::report::schedule::written;
use crate::result::schedule::Schedule;

/// Writes a schedule below the plan's folder.
pub(super) fn write(folder: &Path, schedule: &Schedule) -> Result<(), Failure> {
    let files = written(schedule);
    let Some(own) = files.folder else {
        return write_all(folder, &files.files).map_err(Failure::could_not_run);
    };
    let folder = folder.join(own);
    make(&folder)?;
    write_all(&folder, &files.files).map_err(Failure::could_not_run)
}
