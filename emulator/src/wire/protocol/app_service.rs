//! Azure App Service and Functions: a GET with a secret.
//!
//! Clients use version 2019-08-01 with `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`, 2017-09-01 with
//! `MSI_ENDPOINT` and `MSI_SECRET`. Both are at one path, as in the real service.

use std::time::Duration;

use bytes::Bytes;
use rand::Rng;
use serde::Serialize;
use serde_json::value::RawValue;

use super::contract::{Protocol, Setup, shows_secret};
use super::failure::{Failure, failed, status, words};
use crate::config::{ExpiryForm, VmSettings};
use crate::credentials::token::Issued;
use crate::model::calendar::for_people;
use crate::model::identity::Identity;
use crate::model::vm::Selector;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::guid::guid;
use crate::wire::head::Head;
use crate::wire::protocol_name::VERSION_2017;
use crate::wire::reply::{self, Answer};
use crate::wire::route::Question;
use crate::wire::route::token::{self, Select};

/// The only method that it takes.
pub(super) const METHOD: &str = "GET";

const VERSION_2019: &str = "2019-08-01";

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

    /// Without a selector it is the system-assigned one, and no other (documented).
    fn selector<'a>(&self, head: &'a Head, config: &'a VmSettings) -> Result<Selector<'a>, Flaw> {
        let system = || {
            let system = config.identities.named(Identity::SYSTEM);
            system.map(|system| Selector::ClientId(&system.client_id))
        };
        let named = token::named(head, self.selectors())?;
        named.or_else(system).ok_or(Flaw::IdentityNotFound)
    }
}

impl Protocol for AppService {
    fn has_header(&self, head: &Head, config: &VmSettings) -> bool {
        shows_secret(head, self.secret_header(), config)
    }

    /// The order of the checks is assumed.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Question<'a>, Failure> {
        ensure(head.method == METHOD, Flaw::MethodNotAllowed)?;
        if !self.has_header(head, setup.config) {
            return Err(Failure::Stranger);
        }
        let version = head.parameter("api-version");
        let known = matches!(version, Some(VERSION_2019 | VERSION_2017));
        ensure(known, Flaw::VersionInvalid)?;
        let resource = token::resource(head)?;
        let identity = self.selector(head, setup.config)?;
        Ok(Question::token(identity, resource))
    }

    fn identity<'a>(&self, head: &'a Head, config: &'a VmSettings) -> Option<Selector<'a>> {
        self.selector(head, config).ok()
    }

    fn token(&self, token: &Issued<'_>, _: Selector<'_>, config: &VmSettings) -> Bytes {
        let body = match self {
            AppService::New => reply::bytes(&Body::new(token)),
            AppService::Old => reply::bytes(&OldBody::new(token, config.protocols.expiry_2017)),
        };
        body.into()
    }

    /// That of an identity that is not there is observed, in its spelling; the other spelling is
    /// documented, its words here are ours.
    fn failure(&self, failure: Failure, _: &Head, _: &Setup<'_>, rng: &mut dyn Rng) -> Answer {
        let status_code = status(failure).as_u16();
        let correlation_id = guid(rng);
        if failure == Failure::Flaw(Flaw::IdentityNotFound) {
            let body = Unidentified {
                status_code,
                message: "No Managed Identity found for specified \
                          ClientId/ResourceId/PrincipalId.",
                correlation_id,
            };
            return failed(failure, METHOD, &body);
        }
        let body = ErrorBody {
            status_code,
            message: message(failure),
            correlation_id,
        };
        failed(failure, METHOD, &body)
    }
}

fn message(failure: Failure) -> &'static str {
    match failure {
        Failure::Flaw(flaw) => words(flaw),
        Failure::Stranger => "The identity header is missing or wrong.",
        Failure::Refused(_) | Failure::Down(429) => "Too many requests.",
        // Documented with 500, with its spelling.
        Failure::Challenge | Failure::NoKeyFile | Failure::Down(_) => {
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
struct Unidentified {
    status_code: u16,
    message: &'static str,
    correlation_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody {
    status_code: u16,
    message: &'static str,
    correlation_id: String,
}
