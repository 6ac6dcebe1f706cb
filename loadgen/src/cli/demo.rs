//! `imds-loadgen demo`: runs that show what this project is about.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::live;
use super::remedies;
use super::simulate::simulated;
use crate::command::demo::Demo;
use crate::command::demo::part::PARTS;
use crate::command::demo::report_folder::{ReportFolder, ReportFolderError};
use crate::command::demo::text::text;
use crate::engine::target::Asked;
use crate::report::console::Console;
use crate::result::verdict::Verdict;

/// `demo`
#[derive(Debug, Args)]
#[command(after_help = "Example: imds-loadgen demo --simulate")]
pub(super) struct DemoArguments {
    /// Play in virtual time, which takes no time, instead of over sockets.
    #[arg(long)]
    pub simulate: bool,
    /// Write the reports into this folder, which must be empty or not there yet; by default into a new
    /// one among the system's temporary files.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

impl DemoArguments {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let report_folder = ReportFolder::open(self.out.as_deref()).map_err(no_folder)?;
        // They take no time: an end while the parts are run loses the parts alone.
        let remedies = remedies::of_library(PARTS[0].scenario_name, console)?;
        let mut demo = self.run_parts(console)?;
        if !demo.is_whole() {
            // A closed stderr is no error: there is nowhere to report it.
            let _ = console.report("interrupted: nothing was written\n");
            return Ok(Verdict::Failed);
        }
        demo.remedies = Some(remedies);
        let index = report_folder.write(&demo).map_err(no_folder)?;
        console
            .print(&text(&demo, &index))
            .map_err(Failure::not_printed)?;
        Ok(demo.verdict())
    }

    fn run_parts(&self, console: &Console) -> Result<Demo, Failure> {
        if self.simulate {
            return Demo::run("simulate", |_, scenario| simulated(scenario));
        }
        Demo::run("run", |part, scenario| {
            live::run(part.title, scenario, Asked::Embedded, self.quiet, console)
                .map_err(Failure::CouldNotRun)
        })
    }
}

fn no_folder(error: ReportFolderError) -> Failure {
    match error {
        ReportFolderError::NotEmpty(_) => Failure::usage(error),
        _ => Failure::could_not_run(error),
    }
}
