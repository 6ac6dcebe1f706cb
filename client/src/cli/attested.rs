//! `imds-client attested`: prints a statement about the VM that Azure has signed.

use clap::Args;
use imds_client::wire::{AttestedRequest, Nonce};

use super::connection::Connection;
use super::output::{pretty, stdout};

/// What is to be in the statement.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// 1 to 32 letters and digits to be signed with the rest; without them it is the time
    #[arg(long)]
    nonce: Option<Nonce>,
    #[command(flatten)]
    connection: Connection,
}

const EXAMPLES: &str = "\
Examples:
  imds-client attested --nonce 1234567890

The signature is a CMS SignedData in base64. It is not verified here: that is for whoever is shown it.";

/// Asks and prints; the exit code says whether there was an answer.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let request = AttestedRequest {
        nonce: arguments.nonce.clone(),
    };
    let print = |document| stdout(&pretty(&document)?);
    arguments.connection.ask(&request, print)
}
