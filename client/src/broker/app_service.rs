//! App Service's protocol, version 2019-08-01 (documented): for SDKs that ask IMDS at its own address
//! only, those for Go and Rust among them, but take another in `IDENTITY_ENDPOINT`.

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::BrokerSettings;
use super::guard::{Flaw, ensure};
use super::head::Head;
use super::reply::{self, Outgoing};
use super::waiting::Trouble;
use crate::cache::CachedToken;
use crate::wire::{Answer, Identity, TokenRequest};

pub(super) const PATH: &str = "/msi/token";

const VERSION: &str = "2019-08-01";

/// What is asked for. A parameter that is not known is no reason to refuse.
pub(super) fn request(head: &Head, settings: &BrokerSettings) -> Result<TokenRequest, Flaw> {
    ensure(head.method == Method::GET, Flaw::MethodNotAllowed)?;
    let shown = head.header("x-identity-header");
    ensure(
        shown == Some(&*settings.identity_header),
        Flaw::IdentityHeaderWrong,
    )?;
    let version = value(head, "api-version");
    let is_known = version.is_some_and(|version| version == VERSION);
    ensure(is_known, Flaw::AppService("api-version must be 2019-08-01"))?;
    let resource = value(head, "resource").ok_or(Flaw::AppService("resource is missing"))?;
    Ok(TokenRequest {
        identity: identity(head)?,
        resource,
    })
}

fn value(head: &Head, name: &str) -> Option<String> {
    let mut parameters = head.parameters().filter(|(known, _)| known == name);
    parameters
        .next()
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}

fn identity(head: &Head) -> Result<Identity, Flaw> {
    let named = [
        value(head, "client_id").map(Identity::ClientId),
        value(head, "principal_id").map(Identity::ObjectId),
        value(head, "object_id").map(Identity::ObjectId),
        value(head, "mi_res_id").map(Identity::ResourceId),
    ];
    let mut named = named.into_iter().flatten();
    let first = named.next();
    ensure(
        named.next().is_none(),
        Flaw::AppService("more than one identity is named"),
    )?;
    Ok(first.unwrap_or_default())
}

/// The keys are those of the documentation, all of them text.
#[derive(Serialize)]
struct Granted<'a> {
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<String>,
    resource: &'a str,
    token_type: &'a str,
}

pub(super) fn reply(request: &TokenRequest, result: Result<CachedToken, Trouble>) -> Outgoing {
    let cached = match result {
        Ok(cached) => cached,
        Err(trouble) => return unanswered(&trouble),
    };
    let granted = Granted {
        access_token: &cached.token.access_token,
        client_id: cached.token.client_id.as_deref(),
        expires_on: reply::expires_on(&cached).map(|seconds| seconds.to_string()),
        resource: &request.resource,
        token_type: &cached.token.token_type,
    };
    let body = serde_json::to_string(&granted).expect("text is always JSON");
    reply::json(StatusCode::OK, body)
}

/// IMDS's status with IMDS's words, in this protocol's form.
fn unanswered(trouble: &Trouble) -> Outgoing {
    let answer = reply::last_answer(trouble);
    let status = answer.and_then(|answer| StatusCode::from_u16(answer.status).ok());
    let said = answer.and_then(Answer::service_error);
    let text = said.map_or_else(|| reply::words(trouble), |error| error.to_string());
    let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    reply::asking_again(refused(status, &text), trouble)
}

pub(super) fn refused(status: StatusCode, text: &str) -> Outgoing {
    let body = json!({ "statusCode": status.as_u16(), "message": text });
    reply::json(status, body.to_string())
}
