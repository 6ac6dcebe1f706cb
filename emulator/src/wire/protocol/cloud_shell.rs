//! Azure Cloud Shell: a POST of a form.
//!
//! There the token is the user's own and only for some audiences. Here it is the default identity's,
//! for any.

use std::borrow::Cow;

use bytes::Bytes;
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

/// The only method that it takes.
const METHOD: &str = "POST";

pub(super) struct CloudShell;

impl Protocol for CloudShell {
    /// No version is asked for, and no identity can be named.
    fn read<'a>(&self, head: &'a Head, _: &Setup<'a>) -> Result<Question<'a>, Failure> {
        ensure(head.method == METHOD, Flaw::MethodNotAllowed)?;
        guard::check(head)?;
        ensure(head.body.is_some(), Flaw::BodyTooLong)?;
        let resource = self.resource(head).filter(|resource| !resource.is_empty());
        let resource = resource.ok_or(Flaw::ResourceMissing)?;
        Ok(Question::token(Selector::Default, resource))
    }

    fn identity<'a>(&self, _: &'a Head, _: &'a VmSettings) -> Option<Selector<'a>> {
        Some(Selector::Default)
    }

    /// The form's, if it names one.
    fn resource<'a>(&self, head: &'a Head) -> Option<Cow<'a, str>> {
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
        failed(failure, METHOD, &ErrorBody { error })
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
