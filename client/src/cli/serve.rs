//! `imds-client serve`: answers as IMDS does on loopback, to programs that cannot be changed.
//!
//! It does not read `AZURE_POD_IDENTITY_AUTHORITY_HOST`: that variable leads the machine's programs to the broker, so
//! the broker would request tokens from itself.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it draws the broker's seed and secret"
)]

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use http::Uri;
use imds_client::broker::{APP_SERVICE_PATH, listen};
use imds_client::room;
use imds_client::{Broker, BrokerSettings, Endpoint, HttpTransport, Paced, Policy};
use rand::rngs::ChaCha8Rng;
use serde::Serialize;
use uuid::Uuid;

use super::connection::{length, runtime};
use super::output::{report, stdout};
use super::retry::RetryOptions;
use super::source::SharedCacheOptions;
use super::{exit, memory, open_files, signal};

/// Where the broker is, whom it asks, and how it treats its clients.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Where to listen; others than this machine can ask if it is not a loopback address
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:16928")]
    listen: SocketAddr,
    #[arg(long, value_name = "URL", default_value = Endpoint::IMDS, help = UPSTREAM)]
    upstream: Endpoint,
    #[command(flatten)]
    retry: RetryOptions,
    #[command(flatten)]
    sharing: SharedCacheOptions,
    /// Keep a client waiting for so long at most; then it is answered 503 with a Retry-After
    #[arg(long, value_name = "TIME", default_value = "50s", value_parser = length)]
    max_wait: Duration,
    /// At most so many requests wait for IMDS at once; the others are answered 503. 64 connections more are open
    #[arg(long, value_name = "N", default_value_t = BrokerSettings::MAX_CLIENTS, value_parser = at_least_one)]
    max_clients: usize,
    /// A name that clients may use for this machine, besides addresses and localhost; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    #[arg(
        long,
        value_name = "VALUE",
        env = "IMDS_BROKER_IDENTITY_HEADER",
        hide_env_values = true,
        help = IDENTITY_HEADER
    )]
    identity_header: Option<String>,
    /// Let the system write a core file of the broker, and debuggers attach to it: its memory has tokens
    #[arg(long)]
    allow_memory_dumps: bool,
}

const UPSTREAM: &str = "Where IMDS is. AZURE_POD_IDENTITY_AUTHORITY_HOST does not count: it is for the \
    broker's clients";

const IDENTITY_HEADER: &str = "What clients of App Service's protocol show as IDENTITY_HEADER \
    [default: drawn at the start]";

const EXAMPLES: &str = "\
Examples:
  imds-client serve
  imds-client serve --identity-header something

One line of JSON on stdout says that it is ready, and where. Programs find it by
  AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:16928
and those that know no such variable (SDKs for Go and Rust) by App Service's protocol:
  IDENTITY_ENDPOINT=http://127.0.0.1:16928/msi/token
  IDENTITY_HEADER=what the line says, or what --identity-header is

Every user of this machine can ask it for tokens, as they can ask IMDS.
GET /healthz answers with counts. SIGTERM and Ctrl-C stop it; answers under way have 5 s then.";

impl Arguments {
    fn settings(&self) -> BrokerSettings {
        let drawn = || Uuid::from_u128(rand::random()).simple().to_string();
        BrokerSettings {
            max_clients: self.max_clients,
            max_wait: self.max_wait,
            identity_header: self.identity_header.clone().unwrap_or_else(drawn),
            allowed_hosts: self.allow_host.clone(),
        }
    }
}

fn at_least_one(text: &str) -> Result<usize, &'static str> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or("expected a number, at least 1")
}

/// Fewer leave no room for connections, for requests to IMDS and for the shared cache.
const SPARE_FILES: usize = 32;
/// For names of the upstream.
const SPARE_THREADS: usize = 2;

/// Serves until a signal stops it.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    room::check(SPARE_THREADS, SPARE_FILES)?;
    if !arguments.allow_memory_dumps {
        memory::hide().context("cannot hide the memory (--allow-memory-dumps goes without)")?;
    }
    runtime()?.block_on(serve(arguments))
}

async fn serve(arguments: &Arguments) -> anyhow::Result<u8> {
    arguments.retry.note(false)?;
    let policy = &arguments.retry.policy()?;
    let stop = signal::shutdown()?;
    let at = arguments.listen;
    let listener = listen(at);
    let listener = listener.with_context(|| format!("cannot listen at {at}"))?;
    let at = listener.local_addr()?;
    if is_itself(&arguments.upstream, at) {
        report(&format!(
            "--upstream {} is this broker itself",
            arguments.upstream
        ));
        return Ok(exit::USAGE);
    }
    if !at.ip().is_loopback() {
        report(&format!(
            "warning: others than this machine can get its tokens at {at}"
        ));
    }
    // One for each connection, and some to spare for the requests to IMDS and the shared cache.
    let needed = arguments.max_clients as u64 + BrokerSettings::MORE_CONNECTIONS as u64 + 64;
    if let Some(allowed) = open_files::too_few(needed) {
        report(&format!(
            "warning: --max-clients {} needs {needed} open files, and the system allows {allowed}: raise the limit (ulimit -n)",
            arguments.max_clients
        ));
    }
    let settings = arguments.settings();
    let ready = Ready::of(at, arguments, policy, &settings);
    let mut rng = rand::make_rng::<ChaCha8Rng>();
    let transport = HttpTransport::new(arguments.upstream.clone())?;
    let counts = match arguments.sharing.open(&arguments.upstream) {
        None => {
            stdout(&serde_json::to_string(&ready)?)?;
            let broker = Broker::new(Paced::new(transport), policy, settings, rng);
            broker.serve(listener, stop).await
        }
        Some(cache) => {
            stdout(&serde_json::to_string(&ready)?)?;
            let transport = Paced::shared(transport, &cache, &mut rng);
            let broker = Broker::sharing(transport, policy, cache, settings, rng);
            broker.serve(listener, stop).await
        }
    };
    report(&format!("stopped: {}", counts.to_json()));
    Ok(exit::SUCCESS)
}

/// Whether a request to the upstream would come back to this broker.
fn is_itself(upstream: &Endpoint, at: SocketAddr) -> bool {
    let Ok(uri) = upstream.to_string().parse::<Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let here = match bare.parse::<IpAddr>() {
        Ok(ip) => ip == at.ip() || (ip.is_loopback() && at.ip().is_unspecified()),
        Err(_) => host == "localhost",
    };
    here && uri.port_u16().unwrap_or(80) == at.port()
}

/// The one line on stdout, after the port is bound.
#[derive(Serialize)]
struct Ready<'a> {
    event: &'static str,
    imds: String,
    app_service: String,
    identity_header: String,
    upstream: String,
    policy: &'a str,
    version: &'static str,
}

impl<'a> Ready<'a> {
    fn of(
        at: SocketAddr,
        arguments: &Arguments,
        policy: &'a Policy,
        settings: &BrokerSettings,
    ) -> Self {
        Self {
            event: "ready",
            imds: format!("http://{at}"),
            app_service: format!("http://{at}{APP_SERVICE_PATH}"),
            identity_header: settings.identity_header.clone(),
            upstream: arguments.upstream.to_string(),
            policy: &policy.name,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_itself_by_address_and_by_name() {
        let at = "127.0.0.1:16928".parse().expect("an address");
        let is_itself = |upstream: &str| is_itself(&upstream.parse().expect("an endpoint"), at);
        assert!(is_itself("http://127.0.0.1:16928"));
        assert!(is_itself("http://localhost:16928/"));
        assert!(!is_itself("http://127.0.0.1:16925"));
        assert!(!is_itself("http://169.254.169.254"));
    }
}
