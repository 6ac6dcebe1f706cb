//! `imds-client completions`: prints a script that completes the program's own command line in a shell.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::exit;
use super::output::stdout;

/// For which shell.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  source <(imds-client completions bash)
  imds-client completions powershell | Out-String | Invoke-Expression";

/// Prints the script for this command line.
pub(super) fn run(arguments: &Arguments, mut command: Command) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "imds-client", &mut script);
    stdout(String::from_utf8(script)?.trim_end()).map(|()| exit::SUCCESS)
}
