//! The administration port: it shows and changes the state of the emulator. It is never limited, and apart
//! from the IMDS port.

mod attested;
mod config;
mod failure;
mod faults;
mod guard;
mod health;
mod journal;
mod limits;
mod metrics;
mod openapi;
mod openid;
mod page;
mod pages;
mod reset;
mod resource_manager;
mod routes;
mod scheduled_events;
mod state;
mod verify;
mod vms;

use std::sync::Arc;

use http::Request;
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::error::Elapsed;
use tower::ServiceExt;

use crate::serve::clock::Clock;
use crate::serve::connection::{accept, answered, serve_connection};
use crate::serve::connection_state::ConnectionState;
use crate::serve::fleet::Fleet;
use crate::serve::open_files::open_files;

/// How many connections there may be at once, each of which is an open file.
const MOST_CONNECTIONS: u64 = 1024;

/// Serves until the sender of `stop` is dropped; then lets answers in flight finish.
pub(crate) async fn serve(listener: TcpListener, fleet: Arc<Fleet>, stop: watch::Receiver<()>) {
    let router = routes::router(fleet);
    let clock = Clock::start();
    let connection = |stream, state: Arc<ConnectionState>| {
        let (router, stop, clock) = (router.clone(), stop.clone(), clock.clone());
        async move {
            let answering = service_fn(|request: Request<Incoming>| {
                let has_body = !request.body().is_end_stream();
                let asked = router.clone().oneshot(request);
                let (state, clock) = (Arc::clone(&state), clock.clone());
                async move {
                    let answered = answered(has_body, &state, &clock, asked).await?;
                    Ok::<_, Elapsed>(answered.unwrap_or_else(|never| match never {}))
                }
            });
            drop(serve_connection(stream, answering, stop).await);
        }
    };
    let most = most_connections(open_files());
    accept(listener, most, clock.clone(), stop.clone(), connection).await;
}

/// A quarter of the open files at most: the others are for IMDS.
fn most_connections(open_files: u64) -> usize {
    let most = (open_files / 4).clamp(1, MOST_CONNECTIONS);
    usize::try_from(most).expect("it is small")
}

#[cfg(test)]
mod tests;
