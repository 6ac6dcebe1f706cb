//! Runs a scenario in real time, with a display of progress.

use anyhow::{Context, Error};

use crate::engine::live;
use crate::engine::runtime::runtime;
use crate::engine::target::Asked;
use crate::record::raw::Raw;
use crate::report::console::Console;
use crate::report::progress::Progress;
use crate::scenario::definition::Scenario;

/// Runs the scenario until it ends or is interrupted. `title` stands before the progress.
pub(super) fn run(
    title: &str,
    scenario: &Scenario,
    asked: Asked,
    quiet: bool,
    console: &Console,
) -> Result<Raw, Error> {
    let progress = console.progress(quiet, || Progress::new(title, scenario.awaited()));
    let show = |ended| {
        if let Some(progress) = &progress {
            progress.show(ended);
        }
    };
    let runtime = runtime()?;
    // Before anything is set up, so that an early interruption is not missed.
    let interrupted = {
        let _runtime = runtime.enter();
        console.shutdown().context("cannot listen to signals")?
    };
    let run = live::run(scenario, asked, show, interrupted);
    Ok(runtime.block_on(run)?)
}
