//! The broker's port: HTTP/1.1, with a bounded number of connections.
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
use tokio::sync::watch;
use tokio::time::{Instant, interval, sleep, timeout};

use super::connections::{Connections, Crowd, Use};
use super::guard::Rejection;
use super::head::Head;
use super::reply;
use super::response::BrokerResponse;
use super::settings::BrokerSettings;

/// The longest that a head or a body may take to arrive, and so also the longest that an idle connection
/// is kept. Clients reuse a connection after up to 40 s (measured).
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// The longest head, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// The longest body, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// For responses in progress when the broker stops.
const GRACE: Duration = Duration::from_secs(5);

/// After an accept that failed (most often: too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How often idle connections are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Answers requests until `stop` completes. At most `max_waiting` wait for IMDS at a time.
pub(super) async fn serve<A, F>(
    listener: TcpListener,
    max_waiting: usize,
    answer: A,
    stop: impl Future<Output = ()>,
) where
    A: Fn(Head) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = BrokerResponse> + Send + 'static,
{
    let (stopping, stopped) = watch::channel(());
    let began = Instant::now();
    let mut connections =
        Connections::new(max_waiting.saturating_add(BrokerSettings::MORE_CONNECTIONS));
    let mut looks = interval(LOOK);
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            stream = accepted(&listener), if !connections.is_full() => {
                let used = Arc::new(Use::idle_since(began.elapsed()));
                let place = Place { used: Arc::clone(&used), began, crowd: connections.crowd() };
                connections.join(used, connection(answer.clone(), stream, place, stopped.clone()));
                connections.make_room(began.elapsed());
            }
            () = connections.leave() => {}
            _ = looks.tick() => {
                if let Some(before) = began.elapsed().checked_sub(READ_TIMEOUT) {
                    connections.close_idle_since(before);
                }
                connections.make_room(began.elapsed());
            }
        }
    }
    drop((listener, stopping));
    let _ = timeout(GRACE, connections.end()).await;
}

/// The next connection.
async fn accepted(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// A connection among the others.
struct Place {
    used: Arc<Use>,
    /// When the broker began.
    began: Instant,
    crowd: Crowd,
}

async fn connection<A, F>(
    answer: A,
    stream: TcpStream,
    place: Place,
    mut stopped: watch::Receiver<()>,
) where
    A: Fn(Head) -> F + Send + Sync,
    F: Future<Output = BrokerResponse> + Send,
{
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let response = respond(&answer, request, &place);
        let crowd = &place.crowd;
        async move { Ok::<_, Infallible>(closing(response.await, crowd.is_dense())) }
    });
    let connection = protocol().serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // An error means that the client has disconnected, which needs no handling.
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

fn closing(mut response: BrokerResponse, is_last: bool) -> BrokerResponse {
    if is_last {
        const CLOSE: HeaderValue = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, CLOSE);
    }
    response
}

/// The response. Until a request has been read whole its connection counts as idle.
async fn respond<F>(
    answer: &impl Fn(Head) -> F,
    request: Request<Incoming>,
    place: &Place,
) -> BrokerResponse
where
    F: Future<Output = BrokerResponse>,
{
    let mut head = Head::of(&request);
    if head.method == Method::POST {
        match body(request.into_body()).await {
            Some(body) => head.body = body,
            None => return reply::rejected(&head, &Rejection::BodyTooLong),
        }
    }
    place.used.begin();
    let response = answer(head).await;
    place.used.end(place.began.elapsed());
    response
}

/// The body of a POST, unless it is too long or takes too long.
async fn body(body: Incoming) -> Option<Bytes> {
    let collecting = Limited::new(body, LONGEST_BODY).collect();
    let collected = timeout(READ_TIMEOUT, collecting).await.ok()?.ok()?;
    Some(collected.to_bytes())
}
