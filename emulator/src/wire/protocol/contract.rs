//! What a protocol has to do: read a request, and write its answer.

use std::borrow::Cow;

use bytes::Bytes;
use rand::Rng;

use super::arc_key::ArcKey;
use super::failure::Failure;
use crate::config::{ProtocolLimits, Protocols, VmSettings};
use crate::credentials::token::Issued;
use crate::model::limit::Category;
use crate::model::vm::Selector;
use crate::wire::head::Head;
use crate::wire::reply::Answer;
use crate::wire::route::Question;

/// One protocol. What it does not say itself is as in the protocols that are not IMDS's own.
pub(crate) trait Protocol: Send + Sync {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is faulty, or its sender has not shown that it may have a token.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Question<'a>, Failure>;

    /// The identity that a request asks a token of, if it asks for a token; all else may be wrong with it.
    fn identity<'a>(&self, head: &'a Head, config: &'a VmSettings) -> Option<Selector<'a>>;

    /// The audience that a request asks a token for, if it asks for a token; all else may be wrong with it.
    fn resource<'a>(&self, head: &'a Head) -> Option<Cow<'a, str>> {
        head.parameter("resource").map(Cow::Borrowed)
    }

    /// The category in which a faulty request is counted.
    fn category(&self, _: &Head) -> Category {
        Category::Identity
    }

    /// Whether its requests meet the limits of the VM.
    fn is_limited(&self, protocols: &Protocols) -> bool {
        protocols.limits == ProtocolLimits::Identity
    }

    /// The body of an answer with a token. `asked` is how the request named the identity.
    fn token(&self, token: &Issued<'_>, asked: Selector<'_>, config: &VmSettings) -> Bytes;

    /// Whether such a body is the same for all requests for that token in the same second, so that it may be
    /// sent again.
    fn repeats_bodies(&self, _: &VmSettings) -> bool {
        false
    }

    /// The id that the answer to a request that was served bears, if it bears one.
    fn request_id(&self, _: &mut dyn Rng) -> Option<String> {
        None
    }

    /// The answer to a request that is not served.
    fn failure(
        &self,
        failure: Failure,
        head: &Head,
        setup: &Setup<'_>,
        rng: &mut dyn Rng,
    ) -> Answer;

    /// Puts on an answer what all answers bear, whatever they say.
    fn signed(&self, answer: Answer, _: &VmSettings) -> Answer {
        answer
    }
}

/// What a protocol must know of the emulator.
pub(crate) struct Setup<'a> {
    pub(crate) config: &'a VmSettings,
    pub(crate) arc_key: &'a ArcKey,
}

/// Whether a request shows the secret in that header.
pub(super) fn shows_secret(head: &Head, header: &str, setup: &Setup<'_>) -> bool {
    let shown = head.headers.get(header);
    let secret = setup.config.protocols.secret.as_bytes();
    shown.is_some_and(|shown| shown.as_bytes() == secret)
}
