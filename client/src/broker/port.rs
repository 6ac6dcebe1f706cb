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
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::guard::Rejection;
use super::head::Head;
use super::reply;
use super::response::BrokerResponse;

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

/// Answers requests until `stop` completes.
pub(super) async fn serve<A, F>(
    listener: TcpListener,
    max_connections: usize,
    answer: A,
    stop: impl Future<Output = ()>,
) where
    A: Fn(Head) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = BrokerResponse> + Send + 'static,
{
    let (stopping, stopped) = watch::channel(());
    let permits = Permits::new(max_connections);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            (stream, permit) = accepted(&listener, &permits) => {
                let serving = connection(answer.clone(), stream, permits.clone(), stopped.clone());
                connections.spawn(async move {
                    let _permit = permit;
                    serving.await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop((listener, stopping));
    let finished = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(GRACE, finished).await;
}

/// One permit for each connection that may be open.
#[derive(Clone)]
struct Permits {
    free: Arc<Semaphore>,
    all: usize,
}

impl Permits {
    fn new(max_connections: usize) -> Self {
        let all = max_connections.max(1);
        let free = Arc::new(Semaphore::new(all));
        Self { free, all }
    }

    async fn acquire(&self) -> OwnedSemaphorePermit {
        let permit = Arc::clone(&self.free).acquire_owned().await;
        permit.expect("the semaphore is never closed")
    }

    /// Whether so few are free that connections are closed after each response.
    fn are_scarce(&self) -> bool {
        self.free.available_permits() < self.all / 4
    }
}

/// The next connection, once there is a permit for it.
async fn accepted(listener: &TcpListener, permits: &Permits) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let permit = permits.acquire().await;
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection<A, F>(
    answer: A,
    stream: TcpStream,
    permits: Permits,
    mut stopped: watch::Receiver<()>,
) where
    A: Fn(Head) -> F + Send + Sync,
    F: Future<Output = BrokerResponse> + Send,
{
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let response = respond(&answer, request);
        let permits = &permits;
        async move { Ok::<_, Infallible>(closing(response.await, permits.are_scarce())) }
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

async fn respond<F>(answer: &impl Fn(Head) -> F, request: Request<Incoming>) -> BrokerResponse
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
    answer(head).await
}

/// The body of a POST, unless it is too long or takes too long.
async fn body(body: Incoming) -> Option<Bytes> {
    let collecting = Limited::new(body, LONGEST_BODY).collect();
    let collected = timeout(READ_TIMEOUT, collecting).await.ok()?.ok()?;
    Some(collected.to_bytes())
}
