//! The IMDS port: connections of HTTP/1.1, each request handed to the service.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits on sockets in real time"
)]

use std::sync::Arc;

use http::{Method, Request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::{Instrument, debug_span};

use crate::serve::connection::{HEAD_TIMEOUT, converse, finish, pause, prompt};
use crate::serve::crowd::Crowd;
use crate::serve::damage::Outgoing;
use crate::serve::link::{Line, Link};
use crate::serve::service::Service;
use crate::wire::body::{self, Broken};
use crate::wire::head::Head;

/// Serves until the sender of `stop` is dropped; then lets answers in flight finish.
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
    finish(async { while crowd.leave().await {} }).await;
}

async fn connection(
    stream: TcpStream,
    line: Arc<Line>,
    service: Arc<Service>,
    stop: watch::Receiver<()>,
) {
    let stream = Link::new(prompt(stream), Arc::clone(&line));
    let answering = service_fn(|request| answer(Arc::clone(&service), request, Arc::clone(&line)));
    converse(stream, answering, stop).await;
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
