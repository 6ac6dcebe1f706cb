//! The journal of Resource Manager: as JSON, as an HTTP archive, and emptied.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::admin::failure::Failure;
use crate::admin::journal::{filter, json};
use crate::admin::pages::Pages;
use crate::admin::state::AdminState;
use crate::observe::journal::reading::Reading;
use crate::observe::journal::{StubEntry, har};
use crate::serve::resource_manager::stub::Stub;

/// In the shape of the journal of IMDS.
pub(crate) async fn list(
    State(state): State<AdminState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let stub = Arc::clone(state.fleet().resource_manager());
    let reading = begin(&stub, query.as_deref())?;
    let now_ms = stub.now().as_secs_f64() * 1e3;
    let forgotten = stub.observer().journal().forgotten();
    let start = format!(
        r#"{{"next":{},"now_ms":{now_ms},"forgotten":{forgotten},"entries":["#,
        reading.end()
    );
    let pages = Pages::new((start, "]}"), reading, of(stub), json);
    Ok(pages.into_response())
}

/// The requests with the scheme and the address of the port: whether one came over TLS is not kept.
pub(crate) async fn archive(
    State(state): State<AdminState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let stub = Arc::clone(state.fleet().resource_manager());
    let reading = begin(&stub, query.as_deref())?;
    let base = format!("http://{}", stub.settings().listen);
    let written = move |entry: &StubEntry| har::one(entry, &base).to_string();
    let pages = Pages::new((har::start(), har::END), reading, of(stub), written);
    Ok(pages.into_response())
}

/// With the counts by cmdlet, and of what is not served.
pub(crate) async fn clear(State(state): State<AdminState>) -> StatusCode {
    let forgotten = state.fleet().resource_manager().observer().reset();
    tokio::task::spawn_blocking(move || drop(forgotten));
    StatusCode::NO_CONTENT
}

fn begin(stub: &Stub, query: Option<&str>) -> Result<Reading, Failure> {
    let filter = filter(query)?;
    Ok(Reading::begin(&stub.observer().journal(), filter))
}

fn of(stub: Arc<Stub>) -> impl Fn(&mut Reading) -> Option<Vec<Arc<StubEntry>>> {
    move |reading| reading.page(&stub.observer().journal())
}
