//! The options of every command that sends requests to IMDS: where it is, how to retry, how long, and
//! what to write to stderr.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it draws the client's seed"
)]

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use imds_client::room;
use imds_client::{Client, Endpoint, HttpTransport, ImdsRequest, OperationError, Policy};
use jiff::SignedDuration;

use super::attempt_log::AttemptLog;
use super::exit;
use super::output::report;
use super::retry::{RetryOptions, UnknownPolicy};

/// How IMDS is asked.
#[derive(Debug, Args)]
pub(super) struct Connection {
    /// Where IMDS is
    #[arg(long, env = "AZURE_POD_IDENTITY_AUTHORITY_HOST", default_value = Endpoint::IMDS)]
    endpoint: Endpoint,
    #[command(flatten)]
    retry: RetryOptions,
    /// Give up after this time, such as 30s or 2m [default: as the policy says]
    #[arg(long, value_name = "TIME", value_parser = length)]
    timeout: Option<Duration>,
    /// Log each attempt and wait to stderr
    #[arg(long, short)]
    verbose: bool,
}

impl Connection {
    /// A client with these options; it sends nothing yet.
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        let transport = HttpTransport::new(self.endpoint.clone())?;
        Ok(Client::new(transport, self.policy()?, rand::make_rng()))
    }

    /// The log of attempts and waits, which begins with what the policy rests on.
    pub(super) fn attempt_log(&self) -> anyhow::Result<AttemptLog> {
        self.retry.note(self.verbose)?;
        Ok(AttemptLog::new(self.verbose, &self.policy()?.name))
    }

    /// Sends the request and prints the reply; the exit code says whether there was one.
    pub(super) fn ask<R: ImdsRequest>(
        &self,
        request: &R,
        print: impl FnOnce(R::Reply) -> anyhow::Result<()>,
    ) -> anyhow::Result<u8> {
        let client = self.client()?;
        let mut log = self.attempt_log()?;
        let reply = runtime()?.block_on(client.ask_observed(request, &mut log));
        concluded(reply, print)
    }

    /// Where IMDS is.
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The policy to retry by, with the time limit of the command line.
    pub(super) fn policy(&self) -> Result<Arc<Policy>, UnknownPolicy> {
        let policy = self.retry.policy()?;
        Ok(match self.timeout {
            None => policy,
            deadline => Arc::new(Policy {
                deadline,
                ..Policy::clone(&policy)
            }),
        })
    }
}

/// Prints the reply, or reports the error; the exit code says which.
pub(super) fn concluded<R>(
    reply: Result<R, OperationError>,
    print: impl FnOnce(R) -> anyhow::Result<()>,
) -> anyhow::Result<u8> {
    match reply {
        Ok(reply) => print(reply).map(|()| exit::SUCCESS),
        Err(error) => {
            report(&error.to_string());
            Ok(exit::NO_ANSWER)
        }
    }
}

/// A runtime on this thread, for which there is room: it resolves names on a thread of its own, and has up to eight
/// open files beside those of connections.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    room::check(1, 16)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime)
}

/// A length of time on the command line, greater than zero.
pub(super) fn length(text: &str) -> Result<Duration, &'static str> {
    let expected = "expected a length of time such as 30s or 2m";
    let length: SignedDuration = text.parse().map_err(|_| expected)?;
    let length = Duration::try_from(length).map_err(|_| expected)?;
    if length.is_zero() {
        return Err(expected);
    }
    Ok(length)
}
