//! Azure Cloud Shell: a POST of a form, or a GET with a query.
//!
//! Most libraries send the form; MSAL for Java, and so azure-identity for Java, sends the query (read in
//! MSAL4J 1.26.0), and a captured GET was answered (Azure/CloudShell#477, 2024).
//!
//! There the token is the user's own and only for some audiences. Here it is the default identity's,
//! for any.

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use rand::Rng;
use serde::Serialize;

use super::contract::{Protocol, Setup};
use super::failure::{Failure, failed, words};
use crate::config::VmSettings;
use crate::credentials::token::Issued;
use crate::model::vm::Selector;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::guard;
use crate::wire::head::Head;
use crate::wire::reply::Answer;
use crate::wire::route::Question;
use crate::wire::route::token::Body;

/// The methods that it takes, as a 405 names them.
const METHODS: &str = "GET, POST";

pub(super) struct CloudShell;

impl Protocol for CloudShell {
    /// No version is asked for, and no identity can be named.
    fn read<'a>(&self, head: &'a Head, _: &Setup<'a>) -> Result<Question<'a>, Failure> {
        let is_form = head.method == Method::POST;
        ensure(
            is_form || head.method == Method::GET,
            Flaw::MethodNotAllowed,
        )?;
        guard::check(head)?;
        ensure(!is_form || head.body.is_some(), Flaw::BodyTooLong)?;
        let resource = self.resource(head).filter(|resource| !resource.is_empty());
        let resource = resource.ok_or(Flaw::ResourceMissing)?;
        Ok(Question::token(Selector::Default, resource))
    }

    fn identity<'a>(&self, _: &'a Head, _: &'a VmSettings) -> Option<Selector<'a>> {
        Some(Selector::Default)
    }

    /// The query's of a GET, otherwise the form's.
    fn resource<'a>(&self, head: &'a Head) -> Option<Cow<'a, str>> {
        if head.method == Method::GET {
            return head.parameter("resource").map(Cow::Borrowed);
        }
        let mut form = form_urlencoded::parse(head.body.as_deref()?);
        let resource = form.find(|(name, _)| name == "resource");
        resource.map(|(_, resource)| resource)
    }

    /// As IMDS answers (observed).
    fn token(&self, token: &Issued<'_>, _: Selector<'_>, _: &VmSettings) -> Bytes {
        Body::of(token).bytes()
    }

    /// The shape is observed; the codes and words are assumed.
    fn failure(&self, failure: Failure, _: &Head, _: &Setup<'_>, _: &mut dyn Rng) -> Answer {
        let (code, message) = match failure {
            Failure::Flaw(flaw) => ("InvalidRequest", words(flaw)),
            Failure::Refused(_) | Failure::Down(429) => ("TooManyRequests", "Too many requests"),
            Failure::Stranger | Failure::Challenge | Failure::NoKeyFile | Failure::Down(_) => {
                ("InternalServerError", "The token cannot be had")
            }
        };
        let error = Inner { code, message };
        failed(failure, METHODS, &ErrorBody { error })
    }
}

#[derive(Serialize)]
struct ErrorBody {
    error: Inner,
}

#[derive(Serialize)]
struct Inner {
    code: &'static str,
    message: &'static str,
}
