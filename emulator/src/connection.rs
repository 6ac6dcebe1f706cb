//! One connection of HTTP/1.1, as the ports of IMDS and of Resource Manager both have them.
//!
//! It is hyper's own builder and no framework, so that header names, the empty reason phrase and odd
//! request targets go over the wire as the real services' do.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits on sockets in real time"
)]

use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tracing::debug;

use crate::body::Broken;

/// How long a head may take, and so also how long an idle connection is kept. Clients were measured
/// to come back to a connection after 40 seconds.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a head may be, in bytes. Beyond it, and beyond a hundred headers, the answer is a 431
/// without body or `Server`: hyper's own, as is the 400 to what is no HTTP (a known deviation).
const LONGEST_HEAD: usize = 16 * 1024;

/// After an accept that failed (too many open files, as a rule).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Answers one request after the other until the connection ends. Once the sender of `stop` is
/// dropped it ends with the request that is being answered.
pub(crate) async fn converse<S, B>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    answering: S,
    mut stop: watch::Receiver<()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Error: Into<Broken>,
    B: Body + 'static,
    B::Error: Into<Broken>,
{
    let connection = protocol().serve_connection(TokioIo::new(stream), answering);
    let mut connection = std::pin::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        debug!(%error, "a connection ended early");
    }
}

/// Waits a little after an accept that failed.
pub(crate) async fn pause(error: &std::io::Error) {
    debug!(%error, "cannot accept a connection");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

/// A client that closes its sending side counts as gone: it gets no answer, and its request keeps its
/// slot (assumed). Else a client that has really gone would be noticed only by writing to it.
fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(LONGEST_HEAD)
        .title_case_headers(true);
    protocol
}
