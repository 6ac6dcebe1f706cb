//! Azure Cloud Shell: a POST of a form.
//!
//! There the token is the user's own and only for some audiences. Here it is the default identity's,
//! for any.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;

use super::exchange::{Protocol, Setup, Want};
use super::mistake::{Mistake, status, words};
use crate::credentials::token::Issued;
use crate::model::identity::Identities;
use crate::model::vm::Selector;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::guard;
use crate::wire::head::Head;
use crate::wire::reply::{Answer, answer_json};
use crate::wire::route::token::Body;

/// The real path is the second part, on a port of its own.
pub(super) const PATH: &str = "/cloudshell/oauth2/token";

pub(super) struct CloudShell;

impl Protocol for CloudShell {
    fn method(&self) -> &'static str {
        "POST"
    }

    /// No version is asked for, and no identity can be named.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Want<'a>, Mistake> {
        ensure(head.method == self.method(), Flaw::MethodNotAllowed)?;
        guard::check(head)?;
        ensure(head.body.is_some(), Flaw::BodyTooLong)?;
        let resource = resource(head).filter(|resource| !resource.is_empty());
        Ok(Want {
            identity: self.identity(head, setup.identities)?,
            resource: resource.ok_or(Flaw::ResourceMissing)?,
        })
    }

    fn identity<'a>(&self, _: &'a Head, _: &'a Identities) -> Result<Selector<'a>, Flaw> {
        Ok(Selector::Default)
    }

    /// As IMDS answers (observed).
    fn success(&self, token: &Issued<'_>, _: &Setup<'_>) -> Answer {
        answer_json(StatusCode::OK, &Body::of(token))
    }

    /// The shape is observed; the codes and words are assumed.
    fn failure(&self, mistake: Mistake, _: &Setup<'_>, _: &str) -> Answer {
        let (code, message) = match mistake {
            Mistake::Flaw(flaw) => ("InvalidRequest", words(flaw)),
            Mistake::Refused(_) | Mistake::Down(429) => ("TooManyRequests", "Too many requests"),
            Mistake::Stranger | Mistake::Challenge | Mistake::NoKeyFile | Mistake::Down(_) => {
                ("InternalServerError", "The token cannot be had")
            }
        };
        let error = Inner { code, message };
        answer_json(status(mistake), &Failure { error })
    }
}

/// The form's, if it names one.
pub(super) fn resource(head: &Head) -> Option<Cow<'_, str>> {
    let mut form = form_urlencoded::parse(head.body.as_deref()?);
    let resource = form.find(|(name, _)| name == "resource");
    resource.map(|(_, resource)| resource)
}

#[derive(Serialize)]
struct Failure {
    error: Inner,
}

#[derive(Serialize)]
struct Inner {
    code: &'static str,
    message: &'static str,
}
