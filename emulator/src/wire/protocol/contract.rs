//! The interface of a protocol: it reads a request and writes its answer.

use std::borrow::Cow;

use bytes::Bytes;
use rand::Rng;

use super::arc_key::ArcKey;
use super::failure::Failure;
use crate::config::{ProtocolLimits, Protocols, VmSettings};
use crate::credentials::token::Issued;
use crate::model::limit::Category;
use crate::model::vm::Selector;
use crate::wire::guard;
use crate::wire::head::Head;
use crate::wire::reply::Answer;
use crate::wire::route::Question;

/// One protocol. The methods with a body are those of the protocols other than IMDS.
pub(crate) trait Protocol: Send + Sync {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is faulty, or its sender has not proved its right to a token.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Question<'a>, Failure>;

    /// The identity that a request for a token selects; the request may be faulty otherwise.
    fn identity<'a>(&self, head: &'a Head, config: &'a VmSettings) -> Option<Selector<'a>>;

    /// The audience of a request for a token; the request may be faulty otherwise.
    fn resource<'a>(&self, head: &'a Head) -> Option<Cow<'a, str>> {
        head.parameter("resource").map(Cow::Borrowed)
    }

    /// Whether a request has the header without which it is refused.
    fn has_header(&self, head: &Head, _: &VmSettings) -> bool {
        guard::has_metadata_header(head)
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

    /// The id in the answer to a request that was served, if there is one.
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

    /// Adds the headers that all answers have.
    fn signed(&self, answer: Answer, _: &VmSettings) -> Answer {
        answer
    }
}

/// The values of the emulator that a protocol needs.
pub(crate) struct Setup<'a> {
    pub(crate) config: &'a VmSettings,
    pub(crate) arc_key: &'a ArcKey,
}

/// Whether a request has the secret in that header.
pub(super) fn shows_secret(head: &Head, header: &str, config: &VmSettings) -> bool {
    let shown = head.headers.get(header);
    let secret = config.protocols.secret.as_bytes();
    shown.is_some_and(|shown| shown.as_bytes() == secret)
}
