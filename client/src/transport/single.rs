//! HTTP/1.1 over one connection, without tasks and pools: for a process that stands for thousands.
//!
//! A service of HTTP/1.1 cannot tell a [`SingleConnection`] from an [`HttpTransport`](super::HttpTransport): the same bytes,
//! from the same connector with the same options, and the same life of a connection. It saves what a whole HTTP client
//! takes: CPU time for each request, and memory for each session.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it waits for a connection, and reads the clock to see how long one was idle"
)]

mod destination;
mod exchange;

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tower::ServiceExt;

use self::destination::{Destination, HttpRequest};
use self::exchange::{Exchange, Failed};
use super::failure;
use super::header::{self, HeaderError};
use super::http::CONNECT_TIMEOUT;
use super::interface::Transport;
use crate::endpoint::Endpoint;
use crate::outcome::TransportFailure;
use crate::wire::{Answer, Request};

/// How long reqwest keeps a connection without a request, by default (read in 0.13.5).
const IDLE: Duration = Duration::from_secs(90);
/// When reqwest probes a connection that says nothing, and how often until it is given up (read in 0.13.5).
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_PROBES: u32 = 3;
/// How long what was sent may stay without acknowledgement with reqwest, on Linux (read in 0.13.5).
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// What the transports to one endpoint share: how to connect, and addresses that were taken apart once.
#[derive(Debug, Clone)]
pub struct SingleConnections {
    destination: Arc<Destination>,
    connector: HttpConnector,
}

impl SingleConnections {
    /// To this endpoint.
    #[must_use]
    pub fn to(endpoint: &Endpoint) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        connector.set_keepalive(Some(KEEPALIVE));
        connector.set_keepalive_interval(Some(KEEPALIVE));
        connector.set_keepalive_retries(Some(KEEPALIVE_PROBES));
        #[cfg(target_os = "linux")]
        connector.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        Self {
            destination: Arc::new(Destination::of(endpoint)),
            connector,
        }
    }

    /// A transport with a connection of its own, which is made for its first request.
    #[must_use]
    pub fn transport(&self) -> SingleConnection {
        SingleConnection {
            shared: self.clone(),
            headers: HeaderMap::new(),
            idle: Mutex::default(),
        }
    }

    /// The connector's own limit is for connecting only; this one is for the lookup of a name, too.
    async fn connect(&self) -> Result<TcpStream, TransportFailure> {
        let address = self.destination.address.clone();
        let connected = in_time(self.connector.clone().oneshot(address)).await?;
        Ok(connected.into_inner())
    }
}

/// What comes of connecting within its time.
async fn in_time<T, E: Error + 'static>(
    connecting: impl Future<Output = Result<T, E>>,
) -> Result<T, TransportFailure> {
    let connected = tokio::time::timeout(CONNECT_TIMEOUT, connecting).await;
    let connected = connected.map_err(|_| TransportFailure::Connect)?;
    connected.map_err(|error| failure::of_connecting(&error))
}

/// HTTP/1.1 to one endpoint over a connection of its own.
///
/// As [`HttpTransport`](super::HttpTransport) it follows no redirect, repeats no request, and uses no proxy. It is for one
/// request at a time: of requests at the same time each makes a connection, and one of these is kept. A connection that
/// was idle for 90 s is closed when the next request is sent; reqwest closes it by then. A service that answers in HTTP/1.0
/// gets a connection for each request, in HTTP/1.1; if it keeps connections, reqwest sends the next request on the same
/// one, in HTTP/1.0.
#[derive(Debug)]
pub struct SingleConnection {
    shared: SingleConnections,
    /// What goes with every request.
    headers: HeaderMap,
    /// The connection, and since when it is idle.
    idle: Mutex<Option<(TcpStream, Instant)>>,
}

impl SingleConnection {
    /// As [`HttpTransport::with_header`](super::HttpTransport::with_header).
    ///
    /// # Errors
    /// As there.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, HeaderError> {
        header::insert(&mut self.headers, name, value)?;
        Ok(self)
    }

    /// The connection of the request before, if it was not idle for too long.
    fn kept(&self) -> Option<TcpStream> {
        let (stream, since) = self.slot().take()?;
        (since.elapsed() < IDLE).then_some(stream)
    }

    fn slot(&self) -> MutexGuard<'_, Option<(TcpStream, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends it on this connection, and keeps that for the next request unless the answer was its last.
    async fn send_on(&self, stream: TcpStream, request: HttpRequest) -> Result<Answer, Failed> {
        let exchange = Exchange::over(stream).await;
        let mut exchange = exchange.map_err(Failed::Broken)?;
        let answer = exchange.send(request).await?;
        if let Some(stream) = exchange.into_stream() {
            *self.slot() = Some((stream, Instant::now()));
        }
        Ok(answer)
    }
}

impl Transport for SingleConnection {
    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        let mut request = self.shared.destination.written(request, &self.headers)?;
        if let Some(kept) = self.kept() {
            match self.send_on(kept, request).await {
                Err(Failed::Unsent(unsent, _)) => request = *unsent,
                Err(Failed::Broken(failure)) => return Err(failure),
                Ok(answer) => return Ok(answer),
            }
        }
        let fresh = self.shared.connect().await?;
        self.send_on(fresh, request)
            .await
            .map_err(Failed::into_failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_not_there_in_time_is_a_failure_to_connect() {
        let begin = Instant::now();
        let never = std::future::pending::<Result<(), std::io::Error>>();
        assert_eq!(in_time(never).await, Err(TransportFailure::Connect));
        assert_eq!(begin.elapsed().as_secs(), 5);
    }
}
