//! The program `imds-client`: the client's operations, policies and broker on the command line.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
