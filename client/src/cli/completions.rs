//! `imds-client completions`: prints a script that completes the program's own command line in a shell.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{exit, stdout};

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

/// Prints the script.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let mut command = super::Arguments::command();
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "imds-client", &mut script);
    stdout(String::from_utf8(script)?.trim_end()).map(|()| exit::SUCCESS)
}
