//! `imds-client token`: gets one token and prints it.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use imds_client::{Identity, TokenRequest};

use super::connection::{Connection, concluded, runtime};
use super::output::stdout;
use super::rendering::{Format, rendered};
use super::source::TokenOptions;

/// What to ask for, of whom, and how.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    audience: Audience,
    #[command(flatten)]
    identity: Selector,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    #[command(flatten)]
    source: TokenOptions,
    #[command(flatten)]
    connection: Connection,
}

const EXAMPLES: &str = "\
Examples:
  imds-client token --resource https://management.azure.com/
  imds-client token --scope https://vault.azure.net/.default --client-id ID --format text
  export $(imds-client token --resource https://management.azure.com/ --format env)
  imds-client token --resource https://management.azure.com/ --format powershell | Invoke-Expression

--format env and powershell set IMDS_ACCESS_TOKEN, and IMDS_EXPIRES_ON (seconds since 1970),
IMDS_CLIENT_ID and IMDS_TENANT_ID as far as they are known.";

/// What the token is for.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Audience {
    #[arg(
        long,
        value_name = "URI",
        value_parser = NonEmptyStringValueParser::new(),
        help = "The service that the token is for, such as https://management.azure.com/"
    )]
    resource: Option<String>,
    #[arg(
        long,
        value_name = "SCOPE",
        value_parser = NonEmptyStringValueParser::new(),
        help = "The same as a scope, such as https://management.azure.com/.default"
    )]
    scope: Option<String>,
}

impl Audience {
    /// A scope is a resource with `/.default`, which IMDS does not accept.
    fn resource(&self) -> String {
        let scope = self.scope.as_deref().map(without_default);
        let resource = self.resource.as_deref().or(scope);
        resource.unwrap_or_default().to_owned()
    }
}

fn without_default(scope: &str) -> &str {
    scope.strip_suffix("/.default").unwrap_or(scope)
}

/// Which identity; without any, IMDS takes the system-assigned or the only one.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Selector {
    /// A user-assigned identity, by its client id
    #[arg(long = "client-id", value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    client: Option<String>,
    /// A user-assigned identity, by its object id
    #[arg(long = "object-id", value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    object: Option<String>,
    /// A user-assigned identity, by its Azure resource id
    #[arg(long = "resource-id", value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    azure_resource: Option<String>,
}

impl Selector {
    fn identity(&self) -> Identity {
        let client = self.client.clone().map(Identity::ClientId);
        let object = self.object.clone().map(Identity::ObjectId);
        let resource = self.azure_resource.clone().map(Identity::ResourceId);
        client.or(object).or(resource).unwrap_or_default()
    }
}

/// Gets the token; the exit code says whether there is one.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let request = TokenRequest {
        identity: arguments.identity.identity(),
        resource: arguments.audience.resource(),
    };
    let connection = &arguments.connection;
    let mut log = connection.attempt_log()?;
    let asked = arguments.source.token(connection, &request, &mut log);
    let token = runtime()?.block_on(asked)?;
    concluded(token, |token| stdout(&rendered(&token, arguments.format)?))
}
