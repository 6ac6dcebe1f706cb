//! All VMs of the process: which there are, one more, one fewer; and each with everything that the
//! first has at the top, beneath `/vms/NAME`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{HeaderName, LOCATION};
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use uuid::Uuid;

use super::failure::Failure;
use super::state::AdminState;
use crate::credentials::token::base_url;
use crate::serve::fleet::{CannotMake, CannotRemove};
use crate::serve::service::Service;

/// All VMs.
#[derive(Debug, Serialize)]
pub(super) struct List {
    /// How many there may be at once.
    most: usize,
    vms: Vec<Vm>,
}

/// One VM, and where to find it.
#[derive(Debug, Serialize)]
pub(super) struct Vm {
    name: String,
    imds: String,
    admin: String,
    profile: String,
}

impl Vm {
    fn of(service: &Service) -> Vm {
        let (name, at) = (service.name(), service.addresses());
        Vm {
            name: name.to_owned(),
            imds: base_url(at.imds),
            admin: base_url(at.admin) + &place(name),
            profile: service.config().profile.clone(),
        }
    }
}

fn place(name: &str) -> String {
    format!("/vms/{name}")
}

pub(super) async fn list(State(state): State<AdminState>) -> Json<List> {
    let vms = state.fleet().all().into_iter();
    Json(List {
        most: state.fleet().most(),
        vms: vms.map(|service| Vm::of(&service)).collect(),
    })
}

/// The body is what one `[[vms]]` table of a configuration would hold; none is an empty table.
pub(super) async fn make(
    State(state): State<AdminState>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Made, Failure> {
    let body = body?;
    let asked = if body.is_empty() {
        Ok(toml::Table::new())
    } else {
        serde_json::from_slice(&body)
    };
    let asked = asked.map_err(|error| Failure::no_object(&error))?;
    let service = state.fleet().make(asked)?;
    let location = [(LOCATION, place(service.name()))];
    Ok((StatusCode::CREATED, location, Json(Vm::of(&service))))
}

pub(super) type Made = (StatusCode, [(HeaderName, String); 1], Json<Vm>);

pub(super) async fn show(
    State(state): State<AdminState>,
    Path(name): Path<String>,
) -> Result<Json<Vm>, Failure> {
    let service = state.fleet().find(&name).ok_or_else(unknown)?;
    Ok(Json(Vm::of(&service)))
}

/// Answers when the port is free.
pub(super) async fn remove(
    State(state): State<AdminState>,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    state.fleet().remove(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the first VM has at the top. Beneath a tenant's id answers a VM of that tenant, so that a client
/// that follows a token's issuer finds its key.
pub(super) async fn of_first(State(state): State<AdminState>, request: Request) -> Response {
    let segment = request.uri().path().split('/').nth(1);
    let tenant = segment.filter(|segment| Uuid::try_parse(segment).is_ok());
    let found = tenant.and_then(|tenant| state.fleet().of_tenant(tenant));
    let service = found.unwrap_or_else(|| Arc::clone(state.fleet().first()));
    state.answer(service, request).await
}

pub(super) async fn of_named(State(state): State<AdminState>, request: Request) -> Response {
    let (name, rest) = named(request.uri().path());
    let Some(service) = state.fleet().find(name) else {
        return unknown().into_response();
    };
    let beneath = beneath(request.uri(), rest);
    let (mut head, body) = request.into_parts();
    head.uri = beneath;
    // What the outer router found in the path is not for the inner one.
    head.extensions.clear();
    state.answer(service, Request::from_parts(head, body)).await
}

/// `/vms/NAME/REST` as NAME and /REST.
fn named(path: &str) -> (&str, &str) {
    let inner = path.strip_prefix("/vms/").unwrap_or(path);
    inner.split_at(inner.find('/').unwrap_or(inner.len()))
}

fn beneath(uri: &Uri, path: &str) -> Uri {
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let target = PathAndQuery::try_from(target);
    target.expect("a part of a path is one").into()
}

fn unknown() -> Failure {
    CannotRemove::Unknown.into()
}

impl From<CannotMake> for Failure {
    fn from(why: CannotMake) -> Self {
        let status = match &why {
            CannotMake::Wrong(problems) => return Failure::of_document(problems),
            CannotMake::NameTaken(_) | CannotMake::AddressTaken(_) => StatusCode::CONFLICT,
            CannotMake::NotOurs(_) => StatusCode::BAD_REQUEST,
            CannotMake::TooMany(_)
            | CannotMake::Closed
            | CannotMake::NoFile(_)
            | CannotMake::NoPort(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Failure::new(status, why.to_string())
    }
}

impl From<CannotRemove> for Failure {
    fn from(why: CannotRemove) -> Self {
        let status = match why {
            CannotRemove::Unknown => StatusCode::NOT_FOUND,
            CannotRemove::First => StatusCode::CONFLICT,
        };
        Failure::new(status, why.to_string())
    }
}
