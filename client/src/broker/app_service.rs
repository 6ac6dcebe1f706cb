//! App Service's protocol, version 2019-08-01 (documented): for SDKs that send to IMDS's own address only,
//! such as those for Go and Rust, but accept another in `IDENTITY_ENDPOINT`.

use http::{Method, StatusCode};
use serde::Serialize;

use super::asked_token::AskedToken;
use super::guard::{Rejection, ensure};
use super::head::Head;
use super::reply;
use super::response::{BrokerResponse, app_service_error, ok};
use super::settings::BrokerSettings;
use super::unanswered::Unanswered;
use crate::cache::CachedToken;
use crate::wire::{Answer, Identity, TokenRequest};

pub(super) const PATH: &str = "/msi/token";

const VERSION: &str = "2019-08-01";

/// The token that is asked for. Unknown parameters are ignored.
pub(super) fn request(head: &Head, settings: &BrokerSettings) -> Result<TokenRequest, Rejection> {
    ensure(head.method == Method::GET, Rejection::MethodNotAllowed)?;
    let secret = head.header("x-identity-header");
    ensure(
        secret == Some(&*settings.identity_header),
        Rejection::IdentityHeaderWrong,
    )?;
    let version = value(head, "api-version");
    ensure(
        version.is_some_and(|version| version == VERSION),
        Rejection::AppService("api-version must be 2019-08-01"),
    )?;
    let resource = value(head, "resource").ok_or(Rejection::AppService("resource is missing"))?;
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

fn identity(head: &Head) -> Result<Identity, Rejection> {
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
        Rejection::AppService("more than one identity is named"),
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

/// The answer to a request for a token.
pub(super) fn reply(
    request: &AskedToken,
    result: Result<CachedToken, Unanswered>,
) -> BrokerResponse {
    let cached = match result {
        Ok(cached) => cached,
        Err(unanswered) => return failed(&unanswered),
    };
    ok(&Granted {
        access_token: &cached.token.access_token,
        client_id: cached.token.client_id.as_deref(),
        expires_on: reply::expires_on(&cached).map(|seconds| seconds.to_string()),
        resource: &request.resource,
        token_type: &cached.token.token_type,
    })
}

/// IMDS's status and error text, in this protocol's form.
fn failed(unanswered: &Unanswered) -> BrokerResponse {
    let answer = reply::last_error(unanswered);
    let status = answer.and_then(|answer| StatusCode::from_u16(answer.status).ok());
    let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let text = answer
        .and_then(Answer::service_error)
        .map_or_else(|| reply::error_text(unanswered), |error| error.to_string());
    reply::with_retry_after(app_service_error(status, &text), unanswered)
}
