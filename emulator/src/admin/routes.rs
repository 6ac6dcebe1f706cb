//! Every path of the administration port, and what answers there.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, any, delete, get, post};
use axum::{Router, middleware};

use super::state::{AdminState, OneVm};
use super::{
    attested, config, failure, faults, guard, health, journal, limits, metrics, openapi, openid,
    page, reset, resource_manager, scheduled_events, verify, vms,
};
use crate::credentials::attested::INTERMEDIATE_PATH;
use crate::serve::fleet::Fleet;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// The whole port.
pub(super) fn router(fleet: Arc<Fleet>) -> Router {
    let state = AdminState::new(fleet, of_one_vm());
    let guard = middleware::from_fn_with_state(state.clone(), guard::pass);
    routed(routes())
        .route("/vms/{name}/", any(vms::of_named))
        .route("/vms/{name}/{*path}", any(vms::of_named))
        .fallback(vms::of_first)
        .layer(guard)
        .with_state(state)
}

/// The routes that are there once, not for each VM; a test compares them with what `openapi.json` says.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<AdminState>)> {
    vec![
        ("/vms", get(vms::list).post(vms::make)),
        ("/vms/{name}", get(vms::show).delete(vms::remove)),
        ("/resource_manager/root.pem", get(resource_manager::root)),
        ("/resource_manager/tally", get(resource_manager::tally)),
        (
            "/resource_manager/journal",
            get(resource_manager::journal::list).delete(resource_manager::journal::clear),
        ),
        (
            "/resource_manager/journal.har",
            get(resource_manager::journal::archive),
        ),
        (
            "/resource_manager/answers",
            get(resource_manager::answers::report)
                .post(resource_manager::answers::add)
                .delete(resource_manager::answers::clear),
        ),
        (
            "/resource_manager/answers/{name}",
            delete(resource_manager::answers::remove),
        ),
    ]
}

/// What is there for each VM: of the first at the top, of each beneath its name (see [`vms`]).
fn of_one_vm() -> Router<OneVm> {
    routed(routes_of_vm()).fallback(failure::no_such_path)
}

fn routed<S: Clone + Send + Sync + 'static>(routes: Vec<(&str, MethodRouter<S>)>) -> Router<S> {
    let bare = Router::new();
    let all = routes.into_iter().fold(bare, |all, (path, methods)| {
        all.route(path, methods.fallback(failure::no_such_method))
    });
    all.layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// Every route of a VM; a test compares them with what `openapi.json` says.
pub(super) fn routes_of_vm() -> Vec<(&'static str, MethodRouter<OneVm>)> {
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
        (INTERMEDIATE_PATH, get(attested::intermediate)),
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
