//! `imds-client instance`: prints the description of the VM, or a part of it.

use clap::{Args, ValueEnum};
use imds_client::{Instance, InstanceFormat, InstancePath, InstanceRequest};

use super::connection::Connection;
use super::output::{pretty, stdout};

/// Which part, and how.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A part, such as compute or network/interface/0/macAddress [default: all]
    #[arg(default_value = "", hide_default_value = true)]
    path: InstancePath,
    /// How it is answered: a single value comes as text only
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// The version of the API, which decides what there is
    #[arg(long, value_name = "DATE", default_value = InstanceRequest::API_VERSION)]
    api_version: String,
    #[command(flatten)]
    connection: Connection,
}

const EXAMPLES: &str = "\
Examples:
  imds-client instance
  imds-client instance compute/location --format text
  imds-client instance network/interface/0 --api-version 2017-08-01";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// JSON, which single values do not come as
    Json,
    /// A single value as it is
    Text,
}

/// Asks and prints; the exit code says whether there was an answer.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let request = InstanceRequest {
        path: arguments.path.clone(),
        api_version: arguments.api_version.clone(),
        format: match arguments.format {
            Format::Json => InstanceFormat::Json,
            Format::Text => InstanceFormat::Text,
        },
    };
    arguments
        .connection
        .ask(&request, |instance| match instance {
            Instance::Json(value) => stdout(&pretty(&value)?),
            Instance::Text(text) => stdout(&text),
        })
}
