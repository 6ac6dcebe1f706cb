//! The IMDS port: connections of HTTP/1.1, each request handed to the service.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits on sockets in real time"
)]

use std::sync::Arc;

use http::{HeaderValue, Method, Request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::{Instrument, debug, debug_span};

use crate::serve::acceptor::Acceptor;
use crate::serve::beginning::NotedStream;
use crate::serve::connection::{HEAD_TIMEOUT, finish, holding, prompt, serve_connection};
use crate::serve::connection_state::{ConnectionState, ResettableStream};
use crate::serve::connections::Connections;
use crate::serve::damage::Outgoing;
use crate::serve::service::Service;
use crate::wire::body::{self, Broken};
use crate::wire::head::{Head, name_session};

/// Serves until the sender of `stop` is dropped; then lets answers in flight finish. Requests that name no
/// session are of that `session`, if there is one.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    session: Option<HeaderValue>,
    mut stop: watch::Receiver<()>,
) {
    let span = debug_span!("vm", name = service.name());
    let mut connections = Connections::new(Connections::MOST);
    let mut acceptor = Acceptor::new(listener, Connections::MOST);
    loop {
        tokio::select! {
            accepted = acceptor.accept(), if !connections.is_full() => match accepted {
                Ok((stream, permit)) => {
                    let state = Arc::new(ConnectionState::new(service.next_connection()));
                    state.set_used_at(service.now());
                    let connection = connection(stream, Arc::clone(&state), Arc::clone(&service), session.clone(), stop.clone());
                    let connection = connection.instrument(span.clone());
                    connections.join(state, holding(permit, connection));
                }
                Err(error) => {
                    debug!(%error, "cannot accept a connection");
                    connections.close_idlest(service.now());
                }
            },
            () = connections.make_room(service.now()) => {}
            _ = stop.changed() => break,
        }
    }
    acceptor.close().await;
    service.release_hung();
    finish(async { while connections.leave().await {} }).await;
}

async fn connection(
    stream: TcpStream,
    state: Arc<ConnectionState>,
    service: Arc<Service>,
    session: Option<HeaderValue>,
    stop: watch::Receiver<()>,
) {
    let stream = ResettableStream::new(prompt(stream), Arc::clone(&state));
    let stream = NotedStream::new(stream, &state.beginning);
    let answering = service_fn(|mut request: Request<Incoming>| {
        state.beginning.forget();
        name_session(request.headers_mut(), session.as_ref());
        answer(Arc::clone(&service), request, Arc::clone(&state))
    });
    let ended = serve_connection(stream, answering, stop).await;
    if let Some(error) = ended.filter(hyper::Error::is_parse) {
        let session = session.as_ref().and_then(|session| session.to_str().ok());
        service.note_unreadable(&state, &error, session);
    }
}

/// The body of a POST is waited for as long as a head is.
async fn answer(
    service: Arc<Service>,
    request: Request<Incoming>,
    state: Arc<ConnectionState>,
) -> Result<Outgoing, Broken> {
    let (parts, body) = request.into_parts();
    let target = state.latest_target.target(&parts.uri);
    let mut head = Head::new(parts, target);
    if head.method == Method::POST {
        let reading = body::read(body);
        head.body = tokio::time::timeout(HEAD_TIMEOUT, reading).await??;
        state.beginning.forget();
    }
    state.set_busy(true);
    let answered = Arc::clone(&service).answer(head, Arc::clone(&state)).await;
    state.set_busy(false);
    state.set_used_at(service.now());
    Ok(answered?)
}
