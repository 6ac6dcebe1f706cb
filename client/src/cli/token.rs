//! `imds-client token`: gets one token and prints it.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it draws the client's seed"
)]

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use imds_client::{
    Attempt, Client, Endpoint, HttpTransport, Identity, Observer, Outcome, Policy, Token,
    TokenRequest,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{exit, preset, report};

/// What to ask for, of whom, and how.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[arg(
        long,
        help = "The service that the token is for, such as https://management.azure.com/"
    )]
    resource: String,
    #[command(flatten)]
    identity: Selector,
    /// Where IMDS is
    #[arg(long, env = "AZURE_POD_IDENTITY_AUTHORITY_HOST", default_value = Endpoint::IMDS)]
    endpoint: Endpoint,
    /// How to retry: one of what `imds-client policies` lists
    #[arg(long, value_name = "NAME", default_value = Policy::DEFAULT, value_parser = preset)]
    policy: Arc<Policy>,
    /// What to print: all of the token, or only the access token
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Tell of each attempt and wait on stderr
    #[arg(long, short)]
    verbose: bool,
}

/// Which identity; without any, IMDS takes the system-assigned or the only one.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Selector {
    /// A user-assigned identity, by its client id
    #[arg(long = "client-id", value_name = "ID")]
    client: Option<String>,
    /// A user-assigned identity, by its object id
    #[arg(long = "object-id", value_name = "ID")]
    object: Option<String>,
    /// A user-assigned identity, by its Azure resource id
    #[arg(long = "resource-id", value_name = "ID")]
    azure_resource: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// All of the token, with Azure CLI's names where it has them; times in UTC
    Json,
    /// The access token alone
    Text,
}

/// Gets the token; the exit code says whether there is one.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let transport = HttpTransport::new(arguments.endpoint.clone())?;
    let client = Client::new(transport, Arc::clone(&arguments.policy), rand::make_rng());
    let mut narrator = Narrator {
        verbose: arguments.verbose,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match runtime.block_on(client.token_observed(&arguments.request(), &mut narrator)) {
        Ok(token) => print(&token, arguments.format).map(|()| exit::SUCCESS),
        Err(error) => {
            report(&error.to_string());
            Ok(exit::NO_TOKEN)
        }
    }
}

impl Arguments {
    fn request(&self) -> TokenRequest {
        TokenRequest {
            identity: self.identity.identity(),
            resource: self.resource.clone(),
        }
    }
}

impl Selector {
    fn identity(&self) -> Identity {
        let client = self.client.clone().map(Identity::ClientId);
        let object = self.object.clone().map(Identity::ObjectId);
        let resource = self.azure_resource.clone().map(Identity::ResourceId);
        client.or(object).or(resource).unwrap_or_default()
    }
}

/// Tells of attempts and waits as they happen.
struct Narrator {
    verbose: bool,
}

impl Narrator {
    fn say(&self, message: &str) {
        if self.verbose {
            report(message);
        }
    }
}

impl Observer for Narrator {
    fn sending(&mut self, _attempt: u32) {}

    fn answered(&mut self, attempt: &Attempt<'_>) {
        let took = attempt.ended.saturating_sub(attempt.started).as_secs_f64();
        let outcome = match attempt.outcome {
            Outcome::Success => "a token".to_owned(),
            Outcome::Malformed => "200 without a token".to_owned(),
            Outcome::Status { status, .. } => status.to_string(),
            Outcome::Transport(failure) => format!("no answer ({failure:?})"),
        };
        self.say(&format!(
            "attempt {} after {took:.3} s: {outcome}",
            attempt.index + 1
        ));
    }

    fn waiting(&mut self, wait: Duration) {
        self.say(&format!("waiting {:.3} s", wait.as_secs_f64()));
    }
}

/// The names are those of `az account get-access-token`, where it has them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    access_token: &'a str,
    client_id: Option<&'a str>,
    /// In UTC, where `az` writes local time without saying so.
    expires_on: Option<String>,
    #[serde(rename = "expires_on")]
    expires_on_s: Option<u64>,
    resource: Option<&'a str>,
    token_type: &'a str,
}

fn print(token: &Token, format: Format) -> anyhow::Result<()> {
    let text = match format {
        Format::Text => token.access_token.clone(),
        Format::Json => serde_json::to_string_pretty(&Printed {
            access_token: &token.access_token,
            client_id: token.client_id.as_deref(),
            expires_on: token.expires_on.and_then(utc),
            expires_on_s: token.expires_on,
            resource: token.resource.as_deref(),
            token_type: &token.token_type,
        })?,
    };
    writeln!(io::stdout(), "{text}").context("writing the token to stdout")
}

fn utc(seconds: u64) -> Option<String> {
    let time = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    Some(time.to_string())
}
