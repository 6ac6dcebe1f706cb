//! The port of the stub: connections of HTTP/1.1, with TLS or without, each request handed to the stub.
//!
//! TLS and plain HTTP are served on the same port: the first byte of a connection distinguishes them.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits on sockets and for service times in real time"
)]

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::debug;

use super::stub::Stub;
use crate::config::ResourceManagerSettings;
use crate::credentials::tls::Tls;
use crate::observe::stub_observer::StubRecording;
use crate::serve::beginning::{Beginning, NotedStream};
use crate::serve::bind::{StartError, bind};
use crate::serve::clock::{Clock, since_1970};
use crate::serve::connection::{HEAD_TIMEOUT, accept, serve_connection};
use crate::serve::connection_state::ConnectionState;
use crate::serve::connections::Connections;
use crate::serve::whole_file;
use crate::wire::body;
use crate::wire::head::name_session;
use crate::wire::reply::Answer;

/// The first byte of TLS: a handshake's. No request of HTTP begins with it.
const HANDSHAKE: u8 = 22;

/// How long a body may be, in bytes. Documented: 4 MiB.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// The bound port with its TLS keys.
pub(crate) struct StubListener {
    listener: TcpListener,
    address: SocketAddr,
    tls: Arc<Tls>,
}

impl StubListener {
    /// `None` if it is not enabled. The certificate that clients have to trust is written before
    /// the address is reported.
    pub(crate) async fn bind(
        settings: &ResourceManagerSettings,
    ) -> Result<Option<StubListener>, StartError> {
        if !settings.enabled {
            return Ok(None);
        }
        let (listener, address) = bind("Resource Manager", settings.listen)?;
        let tls = Tls::new(settings, since_1970(), rand::random());
        if let Some(file) = &settings.ca_file {
            let written = whole_file::write(file, tls.root().await.as_bytes());
            written.map_err(|source| StartError::Certificate {
                file: file.clone(),
                source,
            })?;
        }
        Ok(Some(StubListener {
            listener,
            address,
            tls: Arc::new(tls),
        }))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate for its connections with TLS.
    pub(crate) fn tls(&self) -> Arc<Tls> {
        Arc::clone(&self.tls)
    }

    pub(crate) fn into_listener(self) -> TcpListener {
        self.listener
    }
}

impl fmt::Debug for StubListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.listener.fmt(f)
    }
}

/// Serves until the sender of `stop` is dropped; then lets answers in flight finish. Requests that name no
/// session are of that `session`, if there is one.
///
/// # Panics
/// If the stub was not given its certificate.
pub(crate) async fn serve(
    listener: TcpListener,
    stub: Arc<Stub>,
    session: Option<HeaderValue>,
    stop: watch::Receiver<()>,
) {
    let clock = Clock::start();
    let connection = |stream, state| {
        let clock = clock.clone();
        let place = Place { state, clock };
        connection(
            stream,
            place,
            Arc::clone(&stub),
            session.clone(),
            stop.clone(),
        )
    };
    let most = Connections::MOST;
    accept(listener, most, clock.clone(), stop.clone(), connection).await;
}

/// A connection among the others of its port.
struct Place {
    state: Arc<ConnectionState>,
    clock: Clock,
}

/// Serves TLS or HTTP, as the first byte of the connection says.
async fn connection(
    stream: TcpStream,
    place: Place,
    stub: Arc<Stub>,
    session: Option<HeaderValue>,
    mut stop: watch::Receiver<()>,
) {
    let tls = stub
        .tls()
        .expect("a stub that is served has its certificate");
    let mut first = [0];
    let begun = tokio::select! {
        begun = tokio::time::timeout(HEAD_TIMEOUT, stream.peek(&mut first)) => begun,
        _ = stop.changed() => return,
    };
    let requests = Requests {
        place,
        stub: &stub,
        session: session.as_ref(),
        number: stub.number_connection(),
        beginning: Arc::default(),
    };
    match (begun, first) {
        (Ok(Ok(1)), [HANDSHAKE]) => {
            let accepting = async { tls.acceptor().await.accept(stream).await };
            match tokio::time::timeout(HEAD_TIMEOUT, accepting).await {
                Ok(Ok(stream)) => requests.serve(stream, "https", stop).await,
                failed => debug!(?failed, "a handshake that failed"),
            }
        }
        (Ok(Ok(1)), _) => requests.serve(stream, "http", stop).await,
        _ => debug!("a connection without a request"),
    }
}

/// The requests of one connection.
struct Requests<'a> {
    place: Place,
    stub: &'a Stub,
    session: Option<&'a HeaderValue>,
    /// The connection's number.
    number: u64,
    beginning: Arc<Beginning>,
}

impl Requests<'_> {
    /// Answers one after the other; one that the HTTP layer refuses is the last.
    async fn serve(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        scheme: &str,
        stop: watch::Receiver<()>,
    ) {
        let stream = NotedStream::new(stream, &self.beginning);
        let answering = service_fn(|mut request: Request<Incoming>| {
            self.beginning.forget();
            name_session(request.headers_mut(), self.session);
            self.answer(request, scheme)
        });
        let ended = serve_connection(stream, answering, stop).await;
        if let Some(error) = ended.filter(hyper::Error::is_parse) {
            let session = self.session.and_then(|session| session.to_str().ok());
            let beginning = self.beginning.bytes();
            let stub = self.stub;
            stub.note_unreadable(self.number, &beginning, &error, session);
        }
    }

    async fn answer(&self, request: Request<Incoming>, scheme: &str) -> Result<Answer, Infallible> {
        let (parts, body) = request.into_parts();
        let observer = Arc::clone(self.stub.observer());
        let mut recording = StubRecording::begin(observer, self.number, &parts);
        drain(body).await;
        self.beginning.forget();
        let Place { state, clock } = &self.place;
        state.set_busy(true);
        let timed = self.stub.answer(&parts, scheme, &mut recording).await;
        tokio::time::sleep(timed.service_time).await;
        state.set_busy(false);
        state.set_used_at(clock.now());
        recording.answered(&timed.answer);
        Ok(timed.answer)
    }
}

/// Reads a body that nothing is done with, so that its connection can go on. What is too long, too slow or
/// broken off is left: the connection ends then.
async fn drain(body: Incoming) {
    let read = body::drain(body, LONGEST_BODY);
    if !matches!(tokio::time::timeout(HEAD_TIMEOUT, read).await, Ok(true)) {
        debug!("a body that was not read to its end");
    }
}
