//! `imds-loadgen completions`: prints a script that completes the program's own command line in a shell.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::failure::Failure;
use crate::report::console::Console;
use crate::result::verdict::Verdict;

/// `completions`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Complete {
    /// For which shell.
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  source <(imds-loadgen completions bash)
  imds-loadgen completions powershell | Out-String | Invoke-Expression";

impl Complete {
    /// Prints the script for this command line.
    pub(super) fn run(
        &self,
        mut command: Command,
        console: &mut Console,
    ) -> Result<Verdict, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut command, "imds-loadgen", &mut script);
        let script = String::from_utf8_lossy(&script);
        console.print(&script).map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }
}
