//! Azure App Service and Functions: a GET that shows a secret.
//!
//! Version 2019-08-01 is spoken with `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`, 2017-09-01 with
//! `MSI_ENDPOINT` and `MSI_SECRET`. Both are at one path, as in the real service.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

use super::exchange::{Protocol, Setup, Want, shows_secret};
use super::mistake::{Mistake, status, words};
use crate::config::ExpiryForm;
use crate::credentials::token::Issued;
use crate::model::calendar::for_people;
use crate::model::identity::{Identities, Identity};
use crate::model::vm::Selector;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;
use crate::wire::reply::{Answer, answer_json};
use crate::wire::route::token::{self, Select};

pub(super) const PATH: &str = "/msi/token";

const NEW: &str = "2019-08-01";
pub(super) const OLD: &str = "2017-09-01";

/// The two versions (documented).
pub(super) enum AppService {
    New,
    Old,
}

const SELECTORS: [(&str, Select); 4] = [
    ("client_id", |id| Selector::ClientId(id)),
    ("principal_id", |id| Selector::ObjectId(id)),
    ("object_id", |id| Selector::ObjectId(id)),
    ("mi_res_id", |id| Selector::ResourceId(id)),
];
const OLD_SELECTORS: [(&str, Select); 1] = [("clientid", |id| Selector::ClientId(id))];

impl AppService {
    fn secret_header(&self) -> &'static str {
        match self {
            AppService::New => "x-identity-header",
            AppService::Old => "secret",
        }
    }

    fn selectors(&self) -> &'static [(&'static str, Select)] {
        match self {
            AppService::New => &SELECTORS,
            AppService::Old => &OLD_SELECTORS,
        }
    }
}

impl Protocol for AppService {
    /// The order of the checks is assumed.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Want<'a>, Mistake> {
        ensure(head.method == self.method(), Flaw::MethodNotAllowed)?;
        if !shows_secret(head, self.secret_header(), setup) {
            return Err(Mistake::Stranger);
        }
        let version = head.parameter("api-version");
        ensure(matches!(version, Some(NEW | OLD)), Flaw::VersionInvalid)?;
        let resource = Cow::Borrowed(token::resource(head)?);
        let identity = self.identity(head, setup.identities)?;
        Ok(Want { identity, resource })
    }

    /// Without a selector the system-assigned one is meant, and no other (documented).
    fn identity<'a>(
        &self,
        head: &'a Head,
        identities: &'a Identities,
    ) -> Result<Selector<'a>, Flaw> {
        let system = || {
            let system = identities.named(Identity::SYSTEM);
            system.map(|system| Selector::ClientId(&system.client_id))
        };
        let named = token::named(head, self.selectors())?;
        named.or_else(system).ok_or(Flaw::IdentityNotFound)
    }

    fn success(&self, token: &Issued<'_>, setup: &Setup<'_>) -> Answer {
        match self {
            AppService::New => answer_json(StatusCode::OK, &Body::new(token)),
            AppService::Old => answer_json(StatusCode::OK, &OldBody::new(token, setup.expiry_2017)),
        }
    }

    /// That of an identity that is not there is observed, in its spelling; the other spelling is
    /// documented, its words here are ours.
    fn failure(&self, mistake: Mistake, _: &Setup<'_>, correlation_id: &str) -> Answer {
        let status = status(mistake);
        let code = status.as_u16();
        match mistake {
            Mistake::Flaw(Flaw::IdentityNotFound) => answer_json(
                status,
                &Unidentified {
                    status_code: code,
                    message: "No Managed Identity found for specified \
                              ClientId/ResourceId/PrincipalId.",
                    correlation_id,
                },
            ),
            _ => answer_json(
                status,
                &Failure {
                    status_code: code,
                    message: message(mistake),
                    correlation_id,
                },
            ),
        }
    }
}

fn message(mistake: Mistake) -> &'static str {
    match mistake {
        Mistake::Flaw(flaw) => words(flaw),
        Mistake::Stranger => "The identity header is missing or wrong.",
        Mistake::Refused(_) | Mistake::Down(429) => "Too many requests.",
        // Documented with 500, with its spelling.
        Mistake::Challenge | Mistake::NoKeyFile | Mistake::Down(_) => {
            "An unexpected error occured while fetching the AAD Token."
        }
    }
}

/// Documented; in the samples the client id is in capitals.
#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a RawValue,
    client_id: String,
    expires_on: String,
    resource: &'a str,
    token_type: &'static str,
}

impl<'a> Body<'a> {
    fn new(token: &Issued<'a>) -> Body<'a> {
        Body {
            access_token: token.access_token,
            client_id: token.identity.client_id.to_ascii_uppercase(),
            expires_on: token.expires_on.to_string(),
            resource: token.resource,
            token_type: "Bearer",
        }
    }
}

/// Documented, with the time of expiry as a text for people.
#[derive(Serialize)]
struct OldBody<'a> {
    access_token: &'a RawValue,
    expires_on: String,
    resource: &'a str,
    token_type: &'static str,
}

impl<'a> OldBody<'a> {
    fn new(token: &Issued<'a>, form: ExpiryForm) -> OldBody<'a> {
        OldBody {
            access_token: token.access_token,
            expires_on: match form {
                ExpiryForm::Text => in_utc(token.expires_on),
                ExpiryForm::Epoch => token.expires_on.to_string(),
            },
            resource: token.resource,
            token_type: "Bearer",
        }
    }
}

/// As in `9/14/2017 1:04:05 PM +00:00`.
fn in_utc(since_1970: u64) -> String {
    format!("{} +00:00", for_people(Duration::from_secs(since_1970)))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Unidentified<'a> {
    status_code: u16,
    message: &'static str,
    correlation_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    status_code: u16,
    message: &'static str,
    correlation_id: &'a str,
}
