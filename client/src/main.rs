//! The program `imds-client`: gets a token from IMDS, and shows the policies it can do so with.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
