//! The IMDS port: connections of HTTP/1.1, each request handed to the service.
//!
//! It is hyper's own builder and no framework, so that header names, the empty reason phrase and odd
//! request targets go over the wire as the real service's do.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits on sockets in real time"
)]

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::debug;

use crate::head::Head;
use crate::server::GRACE;
use crate::service::Service;

/// How long a head may take, and so also how long an idle connection is kept. Clients were measured
/// to come back to a connection after 40 seconds.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a head may be, in bytes. Beyond it the answer is 431 (assumed).
const LONGEST_HEAD: usize = 16 * 1024;

/// After an accept that failed (too many open files, as a rule).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until the sender of `stop` is dropped; then lets answers in flight finish for [`GRACE`].
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    mut stop: watch::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&service), stop.clone()));
                }
                Err(error) => pause(&error).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        debug!("answers were still in flight when the time was up");
    }
}

async fn pause(error: &std::io::Error) {
    debug!(%error, "cannot accept a connection");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

async fn connection(stream: TcpStream, service: Arc<Service>, mut stop: watch::Receiver<()>) {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection without TCP_NODELAY");
    }
    let number = service.next_connection();
    let answering = service_fn(|request| Arc::clone(&service).answer(number, Head::of(&request)));
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

fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(LONGEST_HEAD)
        .title_case_headers(true);
    protocol
}
