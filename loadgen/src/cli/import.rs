//! `imds-loadgen import`: schedules that are there already, as a scenario.

use std::path::Path;

use anyhow::anyhow;

use super::failure::Failure;
use crate::command::import::ImportError;
use crate::command::import::arguments::{ImportArguments, ImportFormat};
use crate::report;
use crate::report::console::Console;
use crate::report::files::write_alone;
use crate::result::import::Imported;
use crate::result::verdict::Verdict;

pub(super) fn run(asked: &ImportArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let made = asked.made(console).map_err(failed)?;
    let told = rendered(&made.document, asked.common().format);
    let printed = if let Some(path) = &asked.common().out {
        write(path, &made.toml)?;
        console.print(&told)
    } else {
        let printed = console.print(&made.toml);
        printed.and_then(|()| console.report(&told))
    };
    printed.map_err(Failure::not_printed)?;
    Ok(Verdict::Passed)
}

fn rendered(imported: &Imported, format: ImportFormat) -> String {
    match format {
        ImportFormat::Text => report::import::text(imported),
        ImportFormat::Markdown => report::import::markdown(imported),
        ImportFormat::Json => report::json(imported),
    }
}

fn write(path: &Path, toml: &str) -> Result<(), Failure> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::expected("the name of a file (--out)"))?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let written = write_alone(folder.unwrap_or(Path::new(".")), name, toml);
    written.map(|_| ()).map_err(Failure::could_not_run)
}

fn failed(error: ImportError) -> Failure {
    match error {
        ImportError::Unreadable { .. } => Failure::could_not_run(error),
        _ => Failure::usage(anyhow!(error)),
    }
}
