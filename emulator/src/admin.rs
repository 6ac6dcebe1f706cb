//! The administration port: how the emulator is doing, and what it shall do. Never limited, and apart
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
mod scheduled_events;
mod verify;
mod vms;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, delete, get, post};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::serve::connection::{accept, converse};
use crate::serve::fleet::Fleet;
use crate::serve::service::Service;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// How many connections there may be at once, each of which is an open file.
const MOST_CONNECTIONS: u64 = 1024;

/// Serves until the sender of `stop` is dropped; then lets answers in flight finish.
pub(crate) async fn serve(listener: TcpListener, fleet: Arc<Fleet>, stop: watch::Receiver<()>) {
    let answering = TowerToHyperService::new(vms::router(fleet));
    accept(
        listener,
        most_connections(open_files()),
        stop.clone(),
        |stream| converse(stream, answering.clone(), stop.clone()),
    )
    .await;
}

/// A quarter of the open files at most: the others are for IMDS.
fn most_connections(open_files: u64) -> usize {
    let most = (open_files / 4).clamp(1, MOST_CONNECTIONS);
    usize::try_from(most).expect("it is small")
}

/// How many the system lets the process have.
#[cfg(unix)]
fn open_files() -> u64 {
    rlimit::Resource::NOFILE.get_soft().unwrap_or(u64::MAX)
}

/// Connections are no files there.
#[cfg(not(unix))]
fn open_files() -> u64 {
    u64::MAX
}

/// What is there for each VM: of the first at the top, of each beneath its name (see [`vms`]).
fn of_one_vm() -> Router<Arc<Service>> {
    routed(routes()).fallback(failure::no_such_path)
}

fn routed<S: Clone + Send + Sync + 'static>(routes: Vec<(&str, MethodRouter<S>)>) -> Router<S> {
    let bare = Router::new();
    let all = routes.into_iter().fold(bare, |all, (path, methods)| {
        all.route(path, methods.fallback(failure::no_such_method))
    });
    all.layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// Every route of a VM; a test compares them with what `openapi.json` says.
fn routes() -> Vec<(&'static str, MethodRouter<Arc<Service>>)> {
    vec![
        ("/", get(page::show)),
        ("/healthz", get(health::alive)),
        ("/readyz", get(health::ready)),
        ("/version", get(health::version)),
        ("/openapi.json", get(openapi::document)),
        ("/metrics", get(metrics::text)),
        ("/tally", get(metrics::tally)),
        ("/config", get(config::effective)),
        ("/config/reload", post(config::reload)),
        ("/limits", get(limits::show).put(limits::set)),
        ("/journal", get(journal::list).delete(journal::clear)),
        ("/journal.har", get(journal::archive)),
        ("/verify", get(verify::judge)),
        ("/reset", post(reset::reset)),
        (
            "/faults",
            get(faults::report)
                .post(faults::inject)
                .delete(faults::clear),
        ),
        ("/faults/{name}", delete(faults::remove)),
        (
            "/scheduledevents",
            get(scheduled_events::list).post(scheduled_events::add),
        ),
        ("/attested/root.pem", get(attested::root)),
        (
            "/{tenant}/.well-known/openid-configuration",
            get(openid::metadata),
        ),
        (
            "/{tenant}/v2.0/.well-known/openid-configuration",
            get(openid::metadata),
        ),
        ("/{tenant}/discovery/keys", get(openid::keys)),
        ("/{tenant}/discovery/v2.0/keys", get(openid::keys)),
    ]
}

#[cfg(test)]
mod tests;
