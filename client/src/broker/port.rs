//! The broker's port: connections of HTTP/1.1, of which there are only so many.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it waits on sockets in real time"
)]

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Method, Request};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::guard::Flaw;
use super::head::Head;
use super::reply::{self, Outgoing};
use super::{Broker, TokenSource, Transport};

/// How long a head or a body may take to come, and so also how long an idle connection is kept.
/// Clients were measured to come back to theirs after 40 s.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// How long a head may be, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// How long a body may be, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// For answers under way when the broker stops.
const GRACE: Duration = Duration::from_secs(5);

/// After an accept that failed (too many open files, as a rule).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until it is told to stop.
pub(super) async fn serve<S, T>(
    broker: Arc<Broker<S, T>>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) where
    S: TokenSource + 'static,
    T: Transport + 'static,
{
    let (stopping, stopped) = watch::channel(());
    let seats = Arc::new(Semaphore::new(broker.settings.max_clients.max(1)));
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            (stream, seat) = accepted(&listener, &seats) => {
                let seated = Seated { _seat: seat, seats: Arc::clone(&seats) };
                connections.spawn(connection(Arc::clone(&broker), stream, seated, stopped.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop((listener, stopping));
    let finished = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(GRACE, finished).await;
}

/// The next connection, once there is a seat for it.
async fn accepted(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let seat = Arc::clone(seats).acquire_owned().await;
        let seat = seat.expect("the semaphore is never closed");
        match listener.accept().await {
            Ok((stream, _)) => return (stream, seat),
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// A connection's seat, and the others.
struct Seated {
    _seat: OwnedSemaphorePermit,
    seats: Arc<Semaphore>,
}

impl Seated {
    /// Whether seats are so few that nobody is to keep one for later.
    fn is_crowded(&self, all: usize) -> bool {
        self.seats.available_permits() < all / 4
    }
}

async fn connection<S, T>(
    broker: Arc<Broker<S, T>>,
    stream: TcpStream,
    seated: Seated,
    mut stopped: watch::Receiver<()>,
) where
    S: TokenSource + 'static,
    T: Transport + 'static,
{
    let _ = stream.set_nodelay(true);
    let all = broker.settings.max_clients;
    let answering = service_fn(|request| {
        let answer = answer(Arc::clone(&broker), request);
        let seated = &seated;
        async move {
            answer
                .await
                .map(|outgoing| closing(outgoing, seated.is_crowded(all)))
        }
    });
    let connection = protocol().serve_connection(TokioIo::new(stream), answering);
    let mut connection = std::pin::pin!(connection);
    // That a client has gone is its own business.
    let _ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}

fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .max_header_size(LONGEST_HEAD)
        .title_case_headers(true);
    protocol
}

fn closing(mut outgoing: Outgoing, crowded: bool) -> Outgoing {
    if crowded {
        const CLOSE: HeaderValue = HeaderValue::from_static("close");
        outgoing.headers_mut().insert(CONNECTION, CLOSE);
    }
    outgoing
}

async fn answer<S, T>(
    broker: Arc<Broker<S, T>>,
    request: Request<Incoming>,
) -> Result<Outgoing, Infallible>
where
    S: TokenSource + 'static,
    T: Transport + 'static,
{
    let mut head = Head::of(&request);
    if head.method == Method::POST {
        match body(request.into_body()).await {
            Some(body) => head.body = body,
            None => return Ok(reply::flawed(&head, &Flaw::BodyTooLong)),
        }
    }
    Ok(broker.answer(head).await)
}

/// The body of a POST, unless it is too long or takes too long.
async fn body(body: Incoming) -> Option<Bytes> {
    let collecting = Limited::new(body, LONGEST_BODY).collect();
    let collected = timeout(READ_TIMEOUT, collecting).await.ok()?.ok()?;
    Some(collected.to_bytes())
}
