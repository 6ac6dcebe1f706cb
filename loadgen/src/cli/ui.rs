//! `imds-loadgen ui`: a page on which jobs, limits and remedies are tried.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Args;

use super::failure::Failure;
use crate::command::ui::Listening;
use crate::engine::runtime::runtime;
use crate::report::console::Console;
use crate::result::verdict::Verdict;

/// `ui`
#[derive(Debug, Args)]
#[command(after_help = "Example: imds-loadgen ui --listen 127.0.0.1:0")]
pub(super) struct Ui {
    /// Where the page is served: an address of loopback. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:16929", value_parser = loopback)]
    pub listen: SocketAddr,
}

impl Ui {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let runtime = runtime().map_err(Failure::could_not_run)?;
        // Before the port takes connections, so that an early interruption is not missed.
        let interrupted = {
            let _runtime = runtime.enter();
            console.shutdown().context("cannot listen to signals")
        };
        let interrupted = interrupted.map_err(Failure::could_not_run)?;
        let listening = Listening::at(self.listen).map_err(Failure::could_not_run)?;
        tell(listening.at, console)?;
        let served = runtime.block_on(listening.serve(interrupted));
        // What is still played ends with the program.
        runtime.shutdown_background();
        served.map_err(Failure::could_not_run)?;
        Ok(Verdict::Passed)
    }
}

/// Tells where the page is.
fn tell(address: SocketAddr, console: &mut Console) -> Result<(), Failure> {
    let printed = console.print(&format!("http://{address}/\n"));
    let printed = printed.context("cannot print the page's address");
    printed.map_err(Failure::could_not_run)?;
    // A closed stderr is no error: there is nowhere to report it.
    let _ = console.report("Open this page in a browser; Ctrl-C ends it.\n");
    Ok(())
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let expected = "expected ADDRESS:PORT of loopback, such as 127.0.0.1:16929 or [::1]:0";
    let address: SocketAddr = text.parse().map_err(|_| expected.to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!(
            "{expected}: the page is for the user of this machine alone"
        ))
    }
}
