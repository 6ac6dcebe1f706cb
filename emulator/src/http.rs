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

use http::{Method, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::{Instrument, debug, debug_span};

use crate::body::{self, Broken};
use crate::crowd::Crowd;
use crate::damage::Outgoing;
use crate::head::Head;
use crate::link::{Line, Link};
use crate::server::GRACE;
use crate::service::Service;

/// How long a head may take, and so also how long an idle connection is kept. Clients were measured
/// to come back to a connection after 40 seconds.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a head may be, in bytes. Beyond it, and beyond a hundred headers, the answer is a 431
/// without body or `Server`: hyper's own, as is the 400 to what is no HTTP (a known deviation).
const LONGEST_HEAD: usize = 16 * 1024;

/// After an accept that failed (too many open files, as a rule).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until the sender of `stop` is dropped; then lets answers in flight finish for [`GRACE`].
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    mut stop: watch::Receiver<()>,
) {
    let span = debug_span!("vm", name = service.name());
    let mut crowd = Crowd::new(Crowd::MOST);
    loop {
        tokio::select! {
            accepted = listener.accept(), if !crowd.is_full() => match accepted {
                Ok((stream, _)) => {
                    let line = Arc::new(Line::new(service.next_connection()));
                    line.set_used_at(service.now());
                    let connection = connection(stream, Arc::clone(&line), Arc::clone(&service), stop.clone());
                    crowd.join(line, connection.instrument(span.clone()));
                }
                Err(error) => {
                    crowd.close_idlest();
                    pause(&error).await;
                }
            },
            () = crowd.thin() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    service.release_hung();
    let finished = async { while crowd.leave().await {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        debug!("answers were still in flight when the time was up");
    }
}

async fn pause(error: &std::io::Error) {
    debug!(%error, "cannot accept a connection");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

async fn connection(
    stream: TcpStream,
    line: Arc<Line>,
    service: Arc<Service>,
    mut stop: watch::Receiver<()>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection without TCP_NODELAY");
    }
    let stream = TokioIo::new(Link::new(stream, Arc::clone(&line)));
    let answering = service_fn(|request| answer(Arc::clone(&service), request, Arc::clone(&line)));
    let connection = protocol().serve_connection(stream, answering);
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

/// The body of a POST is waited for as long as a head is.
async fn answer(
    service: Arc<Service>,
    request: Request<Incoming>,
    line: Arc<Line>,
) -> Result<Outgoing, Broken> {
    let (parts, body) = request.into_parts();
    let target = line.latest.target(&parts.uri);
    let mut head = Head::new(parts, target);
    if head.method == Method::POST {
        let reading = body::read(body);
        head.body = tokio::time::timeout(HEAD_TIMEOUT, reading).await??;
    }
    line.set_busy(true);
    let answered = Arc::clone(&service).answer(head, Arc::clone(&line)).await;
    line.set_busy(false);
    line.set_used_at(service.now());
    Ok(answered?)
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
