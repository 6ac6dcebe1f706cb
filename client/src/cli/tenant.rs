//! `imds-client tenant`: prints the id of the tenant of the VM's identities.

use clap::Args;
use imds_client::wire::TenantRequest;

use super::connection::Connection;
use super::output::stdout;

/// How to ask.
#[derive(Debug, Args)]
#[command(after_help = "Example: imds-client tenant --endpoint http://127.0.0.1:16925")]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: Connection,
}

/// Asks and prints; the exit code says whether there was an answer.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let print = |tenant: String| stdout(&tenant);
    arguments.connection.ask(&TenantRequest, print)
}
