//! Azure Arc: a GET that is answered with a challenge first.
//!
//! The challenge names a file that only programs with the right to tokens can read; its content is the
//! password of the second request.

use bytes::Bytes;
use http::HeaderValue;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use rand::Rng;
use serde::Serialize;
use serde_json::value::RawValue;

use super::contract::{Protocol, Setup};
use super::failure::{Failure, failed, status, words};
use crate::config::VmSettings;
use crate::credentials::token::Issued;
use crate::model::vm::Selector;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::guard;
use crate::wire::head::Head;
use crate::wire::reply::{self, Answer};
use crate::wire::route::Question;
use crate::wire::route::token::{self, Select};

/// The only method that it takes.
const METHOD: &str = "GET";

/// Those that libraries ask for. Which others there are is unknown.
const VERSIONS: [&str; 3] = ["2019-11-01", "2020-06-01", "2021-02-01"];

pub(super) struct Arc;

const SELECTORS: [(&str, Select); 3] = [
    ("client_id", |id| Selector::ClientId(id)),
    ("object_id", |id| Selector::ObjectId(id)),
    ("msi_res_id", |id| Selector::ResourceId(id)),
];

impl Protocol for Arc {
    /// That the challenge comes after all that can be checked without knowing the caller is assumed.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Question<'a>, Failure> {
        ensure(head.method == METHOD, Flaw::MethodNotAllowed)?;
        guard::check(head)?;
        let version = head.parameter("api-version").ok_or(Flaw::VersionInvalid)?;
        ensure(VERSIONS.contains(&version), Flaw::VersionInvalid)?;
        let resource = token::resource(head)?;
        let identity = selector(head)?;
        if !setup.arc_key.opens(head.headers.get(AUTHORIZATION)) {
            return Err(Failure::Challenge);
        }
        Ok(Question::token(identity, resource))
    }

    fn identity<'a>(&self, head: &'a Head, _: &'a VmSettings) -> Option<Selector<'a>> {
        selector(head).ok()
    }

    fn token(&self, token: &Issued<'_>, _: Selector<'_>, _: &VmSettings) -> Bytes {
        let body = Body {
            token_type: "Bearer",
            expires_in: token.life.as_secs().to_string(),
            expires_on: token.expires_on.to_string(),
            ext_expires_in: 86399,
            access_token: token.access_token,
            resource: token.resource,
            client_id: &token.identity.client_id,
            object_id: &token.identity.object_id,
            msi_res_id: &token.identity.resource_id,
        };
        reply::bytes(&body).into()
    }

    /// The challenge's is observed; the others have its shape (assumed).
    fn failure(&self, failure: Failure, _: &Head, setup: &Setup<'_>, _: &mut dyn Rng) -> Answer {
        let (error, error_description) = match failure {
            Failure::Challenge | Failure::Stranger => {
                ("unauthorized_client", "Missing Basic Authorization header")
            }
            Failure::Flaw(flaw) => ("invalid_request", words(flaw)),
            Failure::Refused(_) | Failure::Down(429) => (
                "invalid_request",
                "Temporarily throttled, too many requests",
            ),
            Failure::Down(_) => ("server_error", "The service is not available"),
            Failure::NoKeyFile => ("server_error", "The key file cannot be written"),
        };
        let body = ErrorBody {
            error,
            error_description,
            error_codes: [status(failure).as_u16()],
        };
        let mut answer = failed(failure, METHOD, &body);
        if let (Failure::Challenge, Some(realm)) = (failure, realm(setup)) {
            answer.headers_mut().insert(WWW_AUTHENTICATE, realm);
        }
        answer
    }
}

fn selector(head: &Head) -> Result<Selector<'_>, Flaw> {
    let named = token::named(head, &SELECTORS)?;
    Ok(named.unwrap_or(Selector::Default))
}

fn realm(setup: &Setup<'_>) -> Option<HeaderValue> {
    let path = setup.arc_key.path().to_str()?;
    HeaderValue::from_str(&format!("Basic realm={path}")).ok()
}

/// Observed, numbers and texts mixed. The ids at the end are what libraries compare with the identity
/// they asked for; that they are always there is assumed.
#[derive(Serialize)]
struct Body<'a> {
    token_type: &'static str,
    expires_in: String,
    expires_on: String,
    ext_expires_in: u32,
    access_token: &'a RawValue,
    resource: &'a str,
    client_id: &'a str,
    object_id: &'a str,
    msi_res_id: &'a str,
}

#[derive(Serialize)]
struct ErrorBody {
    error: &'static str,
    error_description: &'static str,
    error_codes: [u16; 1],
}
