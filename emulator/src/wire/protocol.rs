//! The other protocols in which Azure's libraries ask for managed identities.
//!
//! They are served on the IMDS port under paths of their own. A library that cannot be pointed at
//! another IMDS can be pointed at one of these. All draw tokens from the same VM.

mod app_service;
mod arc;
mod arc_key;
mod azure_ml;
mod cloud_shell;

use std::borrow::Cow;

use http::StatusCode;

use crate::config::ExpiryForm;
use crate::credentials::token::Issued;
use crate::model::identity::Identities;
use crate::model::limit::Refusal;
use crate::model::vm::Selector;
use crate::wire::flaw::Flaw;
use crate::wire::head::Head;
use crate::wire::reply::Answer;

pub(crate) use arc_key::ArcKey;

use app_service::AppService;
use arc::Arc;
use azure_ml::AzureMl;
use cloud_shell::CloudShell;

/// One protocol: how it asks for a token, and what it answers.
pub(crate) trait Protocol: Send + Sync {
    /// The only method that it takes.
    fn method(&self) -> &'static str {
        "GET"
    }

    /// Reads a request.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Want<'a>, Mistake>;

    /// Whose token a request asks for, whatever else may be wrong with it.
    fn identity<'a>(
        &self,
        head: &'a Head,
        identities: &'a Identities,
    ) -> Result<Selector<'a>, Flaw>;

    /// The answer with a token.
    fn success(&self, token: &Issued<'_>, setup: &Setup<'_>) -> Answer;

    /// The answer to anything else. `correlation_id` is a GUID.
    fn failure(&self, mistake: Mistake, setup: &Setup<'_>, correlation_id: &str) -> Answer;
}

/// The protocol that a request speaks, if it is not for IMDS.
pub(crate) fn of(head: &Head) -> Option<&'static dyn Protocol> {
    match head.path() {
        app_service::PATH if head.parameter("api-version") == Some(app_service::OLD) => {
            Some(&AppService::Old)
        }
        app_service::PATH => Some(&AppService::New),
        arc::PATH => Some(&Arc),
        azure_ml::PATH => Some(&AzureMl),
        cloud_shell::PATH => Some(&CloudShell),
        _ => None,
    }
}

/// For what audience a request asks a token, in whichever protocol.
pub(crate) fn asked_resource(head: &Head) -> Option<Cow<'_, str>> {
    match head.path() {
        cloud_shell::PATH => cloud_shell::resource(head),
        _ => head.parameter("resource").map(Cow::Borrowed),
    }
}

/// What a protocol must know of the emulator.
pub(crate) struct Setup<'a> {
    pub(crate) secret: &'a str,
    pub(crate) expiry_2017: ExpiryForm,
    pub(crate) arc_key: &'a ArcKey,
    pub(crate) identities: &'a Identities,
}

/// What a request wants: a token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Want<'a> {
    pub(crate) identity: Selector<'a>,
    pub(crate) resource: Cow<'a, str>,
}

/// Why a request gets no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// It is faulty.
    Flaw(Flaw),
    /// It does not show the secret.
    Stranger,
    /// It must read the key file first.
    Challenge,
    /// A limit refused it.
    Refused(Refusal),
    /// The key file cannot be written.
    NoKeyFile,
    /// The service is down: a fault answers with this status.
    Down(u16),
}

impl From<Flaw> for Mistake {
    fn from(flaw: Flaw) -> Self {
        Mistake::Flaw(flaw)
    }
}

/// Whether a request shows the secret in that header.
fn shows_secret(head: &Head, header: &str, setup: &Setup<'_>) -> bool {
    let shown = head.headers.get(header);
    shown.is_some_and(|shown| shown.as_bytes() == setup.secret.as_bytes())
}

/// What a flaw is called in words, where a protocol's own are not known.
fn words(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::MetadataHeaderMissing => "Required metadata header not specified",
        Flaw::MethodNotAllowed => "Method not allowed",
        Flaw::VersionInvalid => "The api-version is missing or not supported",
        Flaw::ResourceMissing => "The resource is missing",
        Flaw::SelectorsMixed => "More than one identity was specified",
        Flaw::IdentityNotFound => "Identity not found",
        Flaw::SeveralIdentities => "More than one identity exists, specify one",
        Flaw::BodyTooLong => "The body is too long",
        _ => "Bad request",
    }
}

fn status(mistake: Mistake) -> StatusCode {
    match mistake {
        Mistake::Flaw(Flaw::MethodNotAllowed) => StatusCode::METHOD_NOT_ALLOWED,
        Mistake::Flaw(_) => StatusCode::BAD_REQUEST,
        Mistake::Stranger | Mistake::Challenge => StatusCode::UNAUTHORIZED,
        Mistake::Refused(_) => StatusCode::TOO_MANY_REQUESTS,
        Mistake::NoKeyFile => StatusCode::INTERNAL_SERVER_ERROR,
        Mistake::Down(status) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}
