//! Azure Machine Learning: a GET that shows a secret, as App Service's 2017-09-01 was.
//!
//! Libraries take whoever sets `MSI_ENDPOINT` and `MSI_SECRET` for it. What it answers has grown apart from
//! App Service: the time of expiry is a number.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

use super::app_service::{self, AppService};
use super::exchange::{Protocol, Setup, Want, shows_secret};
use super::mistake::Mistake;
use crate::credentials::token::Issued;
use crate::model::identity::Identities;
use crate::model::vm::Selector;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;
use crate::wire::reply::{Answer, answer_json};
use crate::wire::route::token;

/// The real one is not the same everywhere.
pub(super) const PATH: &str = "/azureml/token";

/// The only one that libraries ask for.
const VERSION: &str = app_service::OLD;

pub(super) struct AzureMl;

impl Protocol for AzureMl {
    /// The order of the checks is assumed.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Want<'a>, Mistake> {
        ensure(head.method == self.method(), Flaw::MethodNotAllowed)?;
        if !shows_secret(head, "secret", setup) {
            return Err(Mistake::Stranger);
        }
        let version = head.parameter("api-version");
        ensure(version == Some(VERSION), Flaw::VersionInvalid)?;
        let resource = Cow::Borrowed(token::resource(head)?);
        let identity = self.identity(head, setup.identities)?;
        Ok(Want { identity, resource })
    }

    /// Only client ids can be named. The service is said to want one always; since some libraries send none
    /// for the system-assigned identity, and others an empty one, these mean the default identity here.
    fn identity<'a>(&self, head: &'a Head, _: &'a Identities) -> Result<Selector<'a>, Flaw> {
        let named = head.parameter("clientid").filter(|id| !id.is_empty());
        Ok(named.map_or(Selector::Default, Selector::ClientId))
    }

    fn success(&self, token: &Issued<'_>, _: &Setup<'_>) -> Answer {
        let body = Body {
            access_token: token.access_token,
            client_id: &token.identity.client_id,
            expires_on: token.expires_on,
            resource: token.resource,
            token_type: "Bearer",
        };
        answer_json(StatusCode::OK, &body)
    }

    /// Those of App Service (assumed).
    fn failure(&self, mistake: Mistake, setup: &Setup<'_>, correlation_id: &str) -> Answer {
        AppService::Old.failure(mistake, setup, correlation_id)
    }
}

/// That the time is a number is said by those who wrote the libraries; which other fields there are is
/// assumed.
#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a RawValue,
    client_id: &'a str,
    /// Seconds since 1970.
    expires_on: u64,
    resource: &'a str,
    token_type: &'static str,
}
