//! `imds-client events`: prints the VM's scheduled events, once or at each change, and approves them.

use std::time::Duration;

use clap::Args;
use imds_client::Client;
use imds_client::wire::{ApproveRequest, EventsRequest};

use super::attempt_log::AttemptLog;
use super::connection::{Connection, length, runtime};
use super::output::{pretty, report, stdout};
use super::{exit, signal};

/// What to do about the events.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Print the events, one line of JSON each time they have changed, until interrupted
    #[arg(long, conflicts_with = "approve")]
    watch: bool,
    /// How often to ask; once a second at most, once a day at least
    #[arg(long, value_name = "TIME", default_value = "1s", requires = "watch", value_parser = length)]
    every: Duration,
    /// Let the event of this id start at once, on every VM among its resources; may be repeated
    #[arg(long, value_name = "ID")]
    approve: Vec<String>,
    #[command(flatten)]
    connection: Connection,
}

const EXAMPLES: &str = "\
Examples:
  imds-client events
  imds-client events --watch | while read -r document; do echo \"$document\"; done
  imds-client events --approve 602d9444-d2cd-49c7-8624-8643e7171297

The first request in a day turns the service on for the VM and may take two minutes (documented).
A watch that is interrupted (Ctrl-C, SIGTERM) exits with 0.";

/// Approves, watches or lists.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let connection = &arguments.connection;
    if arguments.watch {
        let client = connection.client()?;
        let watching = watch(&client, arguments.every, connection.attempt_log()?);
        return runtime()?.block_on(watching);
    }
    if arguments.approve.is_empty() {
        return connection.ask(&EventsRequest, |document| stdout(&pretty(&document)?));
    }
    let ids = arguments.approve.clone();
    connection.ask(&ApproveRequest { ids }, |()| Ok(()))
}

/// Prints documents until it is interrupted, or until a retry is of no use.
async fn watch(client: &Client, every: Duration, mut log: AttemptLog) -> anyhow::Result<u8> {
    let mut watch = client.watch_events().every(every);
    let mut interrupted = std::pin::pin!(signal::shutdown()?);
    loop {
        tokio::select! {
            () = &mut interrupted => return Ok(exit::SUCCESS),
            changed = watch.changed_observed(&mut log) => match changed {
                Ok(document) => stdout(&serde_json::to_string(&document)?)?,
                Err(error) => {
                    report(&error.to_string());
                    if !error.is_transient() {
                        return Ok(exit::NO_ANSWER);
                    }
                }
            },
        }
    }
}
