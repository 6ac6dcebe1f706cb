//! IMDS's own protocol: tokens at one endpoint, and other endpoints beside it.

use std::borrow::Cow;

use bytes::Bytes;
use rand::Rng;

use super::contract::{Protocol, Setup};
use super::failure::{Failure, status};
use crate::config::{Protocols, VmSettings};
use crate::credentials::token::Issued;
use crate::model::limit::Category;
use crate::model::vm::Selector;
use crate::wire::guid::guid;
use crate::wire::head::Head;
use crate::wire::reply::{self, Answer};
use crate::wire::route::{self, Question, token};

pub(super) struct Imds;

impl Protocol for Imds {
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Question<'a>, Failure> {
        Ok(route::read(head, setup.config)?)
    }

    fn identity<'a>(&self, head: &'a Head, config: &'a VmSettings) -> Option<Selector<'a>> {
        let selector = || token::selector(head, config.wire.accept_principal_id).ok();
        is_for_token(head).then(selector).flatten()
    }

    fn resource<'a>(&self, head: &'a Head) -> Option<Cow<'a, str>> {
        let resource = head.parameter("resource").map(Cow::Borrowed);
        resource.filter(|_| is_for_token(head))
    }

    fn category(&self, head: &Head) -> Category {
        head.category()
    }

    /// Always.
    fn is_limited(&self, _: &Protocols) -> bool {
        true
    }

    fn token(&self, token: &Issued<'_>, asked: Selector<'_>, config: &VmSettings) -> Bytes {
        let echoed = if config.wire.echo_selector {
            asked
        } else {
            Selector::Default
        };
        token::Body::of(token).echoing(echoed).bytes()
    }

    /// Unless a selector is repeated in it.
    fn repeats_bodies(&self, config: &VmSettings) -> bool {
        !config.wire.echo_selector
    }

    /// Answers to requests that are not served have none.
    fn request_id(&self, rng: &mut dyn Rng) -> Option<String> {
        Some(guid(rng))
    }

    /// It requires no secret and no key file.
    fn failure(&self, failure: Failure, head: &Head, setup: &Setup<'_>, _: &mut dyn Rng) -> Answer {
        let category = head.category();
        match failure {
            Failure::Flaw(flaw) => reply::flawed(head, flaw),
            Failure::Refused(refusal) => {
                reply::throttled(category, refusal, setup.config.wire.name_limiter)
            }
            Failure::Down(status) => reply::outage(category, status),
            Failure::Stranger | Failure::Challenge | Failure::NoKeyFile => {
                reply::outage(category, status(failure).as_u16())
            }
        }
    }

    /// The service's name.
    fn signed(&self, answer: Answer, config: &VmSettings) -> Answer {
        reply::signed(answer, &config.wire.server)
    }
}

fn is_for_token(head: &Head) -> bool {
    head.path() == token::PATH
}
