//! Azure Machine Learning: a GET with a secret, as App Service's 2017-09-01 was.
//!
//! Libraries use it if `MSI_ENDPOINT` and `MSI_SECRET` are set. Its answers have grown apart from those of
//! App Service: the time of expiry is a number.

use bytes::Bytes;
use rand::Rng;
use serde::Serialize;
use serde_json::value::RawValue;

use super::app_service::{AppService, METHOD};
use super::contract::{Protocol, Setup, shows_secret};
use super::failure::Failure;
use crate::config::VmSettings;
use crate::credentials::token::Issued;
use crate::model::vm::Selector;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;
use crate::wire::protocol_name::VERSION_2017;
use crate::wire::reply::{self, Answer};
use crate::wire::route::{Question, token};

pub(super) struct AzureMl;

impl Protocol for AzureMl {
    fn has_header(&self, head: &Head, config: &VmSettings) -> bool {
        shows_secret(head, "secret", config)
    }

    /// The order of the checks is assumed.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Question<'a>, Failure> {
        ensure(head.method == METHOD, Flaw::MethodNotAllowed)?;
        if !self.has_header(head, setup.config) {
            return Err(Failure::Stranger);
        }
        let version = head.parameter("api-version");
        ensure(version == Some(VERSION_2017), Flaw::VersionInvalid)?;
        let resource = token::resource(head)?;
        Ok(Question::token(selector(head), resource))
    }

    fn identity<'a>(&self, head: &'a Head, _: &'a VmSettings) -> Option<Selector<'a>> {
        Some(selector(head))
    }

    fn token(&self, token: &Issued<'_>, _: Selector<'_>, _: &VmSettings) -> Bytes {
        let body = Body {
            access_token: token.access_token,
            client_id: &token.identity.client_id,
            expires_on: token.expires_on,
            resource: token.resource,
            token_type: "Bearer",
        };
        reply::bytes(&body).into()
    }

    /// Those of App Service (assumed).
    fn failure(
        &self,
        failure: Failure,
        head: &Head,
        setup: &Setup<'_>,
        rng: &mut dyn Rng,
    ) -> Answer {
        AppService::Old.failure(failure, head, setup, rng)
    }
}

/// Only client ids can be named. The service is said to require one always; since some libraries send none
/// for the system-assigned identity, and others an empty one, these mean the default identity here.
fn selector(head: &Head) -> Selector<'_> {
    let named = head.parameter("clientid").filter(|id| !id.is_empty());
    named.map_or(Selector::Default, Selector::ClientId)
}

/// That the time is a number is said in the libraries; which other fields there are is assumed.
#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a RawValue,
    client_id: &'a str,
    /// Seconds since 1970.
    expires_on: u64,
    resource: &'a str,
    token_type: &'static str,
}
