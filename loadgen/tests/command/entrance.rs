//! The program in this process, for tests that run it often.

use std::ffi::OsString;
use std::path::Path;

use imds_loadgen::{Console, run};

/// Reads a scenario and plays nothing; its mistakes.
pub(crate) fn check(scenario: &Path) -> Result<(), String> {
    let words = ["imds-loadgen", "scenario", "check"].map(OsString::from);
    let mut console = Console::in_memory();
    let code = run(words.into_iter().chain([scenario.into()]), &mut console);
    match code {
        0 => Ok(()),
        2 => Err(console.stderr().to_owned()),
        _ => panic!("{}", console.stderr()),
    }
}
