//! Connections of HTTP/1.1, as all ports have them.
//!
//! It is hyper's own builder and no framework, so that header names, the empty reason phrase and odd
//! request targets go over the wire as the real services' do.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits on sockets in real time"
)]

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::error::Elapsed;
use tracing::debug;

use crate::serve::acceptor::{Acceptor, Permit};
use crate::serve::clock::Clock;
use crate::serve::connection_state::ConnectionState;
use crate::serve::connections::Connections;
use crate::wire::body::Broken;

/// How long a head may take, and so also how long an idle connection is kept. Clients were measured to
/// reuse a connection after 40 seconds.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a head may be, in bytes. Beyond it, and beyond a hundred headers, the answer is a 431
/// without body or `Server`: hyper's own, as is the 400 to what is no HTTP (a known deviation).
const LONGEST_HEAD: usize = 16 * 1024;

/// How long answers in flight may still take after the stop.
const GRACE: Duration = Duration::from_secs(1);

/// Serves connections, at most `most` at a time, until the sender of `stop` is dropped; then lets answers
/// in flight finish for [`GRACE`]. At `most` the one that has been idle for the longest is closed; those that are being
/// answered are not, and beyond them connections wait to be accepted. The clock is that of the connections' states.
pub(crate) async fn accept<C>(
    listener: TcpListener,
    most: usize,
    clock: Clock,
    mut stop: watch::Receiver<()>,
    connection: impl Fn(TcpStream, Arc<ConnectionState>) -> C,
) where
    C: Future<Output = ()> + Send + 'static,
{
    let mut connections = Connections::new(most);
    let mut acceptor = Acceptor::new(listener, most);
    let mut number = 0;
    loop {
        tokio::select! {
            accepted = acceptor.accept(), if !connections.is_full() => match accepted {
                Ok((stream, permit)) => {
                    number += 1;
                    let state = Arc::new(ConnectionState::new(number));
                    state.set_used_at(clock.now());
                    let connection = connection(prompt(stream), Arc::clone(&state));
                    connections.join(state, holding(permit, connection));
                }
                Err(error) => {
                    debug!(%error, "cannot accept a connection");
                    connections.close_idlest(clock.now());
                }
            },
            () = connections.make_room(clock.now()) => {}
            _ = stop.changed() => break,
        }
    }
    acceptor.close().await;
    finish(async { while connections.leave().await {} }).await;
}

/// Answers a request whose body, if it has one, is read while it is answered. Only without one the connection counts as
/// busy: one whose body never comes may be closed to make room, and is after [`HEAD_TIMEOUT`].
pub(crate) async fn answered<R>(
    has_body: bool,
    state: &ConnectionState,
    clock: &Clock,
    answering: impl Future<Output = R>,
) -> Result<R, Elapsed> {
    state.set_used_at(clock.now());
    if !has_body {
        state.set_busy(true);
        let answered = answering.await;
        state.set_busy(false);
        state.set_used_at(clock.now());
        return Ok(answered);
    }
    let answered = tokio::time::timeout(HEAD_TIMEOUT, answering).await;
    state.set_used_at(clock.now());
    answered
}

/// Lets answers in flight finish for [`GRACE`].
pub(crate) async fn finish(finished: impl Future<Output = ()>) {
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        debug!("answers were still in flight when the time was up");
    }
}

/// The stream without Nagle's algorithm: small writes are sent at once.
pub(crate) fn prompt(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection without TCP_NODELAY");
    }
    stream
}

/// Answers one request after the other until the connection ends; the error that ended it, if it was one.
/// Once the sender of `stop` is dropped it ends with the request that is being answered.
pub(crate) async fn serve_connection<S, B>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    answering: S,
    mut stop: watch::Receiver<()>,
) -> Option<hyper::Error>
where
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
    served
        .inspect_err(|error| debug!(%error, "a connection ended early"))
        .err()
}

/// The connection, which holds its permit until it ends.
pub(crate) async fn holding(permit: Permit, connection: impl Future<Output = ()>) {
    connection.await;
    drop(permit);
}

/// A connection whose client closes its sending side counts as closed: its request gets no answer and keeps
/// its slot (assumed). Otherwise a closed connection would be noticed only by writing to it.
fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(LONGEST_HEAD)
        .title_case_headers(true);
    protocol
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn beyond_the_maximum_a_connection_waits_until_another_has_ended() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(());
        let inside = Arc::new([const { AtomicUsize::new(0) }; 2]);
        let counted = Arc::clone(&inside);
        let accepting = tokio::spawn(accept(
            listener,
            2,
            Clock::start(),
            stopped,
            move |mut stream, state| {
                let inside = Arc::clone(&counted);
                state.set_busy(true);
                async move {
                    let [now, most] = &*inside;
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    stream.write_all(b"!").await.unwrap();
                    let _ended = stream.read_u8().await;
                    now.fetch_sub(1, Ordering::SeqCst);
                }
            },
        ));
        let mut clients = Vec::new();
        for _ in 0..6 {
            clients.push(TcpStream::connect(address).await.unwrap());
        }
        for mut client in clients {
            assert_eq!(client.read_u8().await.unwrap(), b'!');
        }
        assert_eq!(inside[1].load(Ordering::SeqCst), 2);
        drop(stop);
        accepting.await.unwrap();
    }
}
