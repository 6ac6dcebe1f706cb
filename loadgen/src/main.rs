//! `imds-loadgen`: runs concurrent sessions against IMDS and judges them.

use std::env;
use std::process::ExitCode;

use imds_loadgen::{Console, run};

fn main() -> ExitCode {
    run(env::args_os(), &mut Console::of_process()).into()
}
