//! How a protocol is asked for a token, and how it answers.

use std::borrow::Cow;

use super::arc_key::ArcKey;
use super::mistake::Mistake;
use crate::config::ExpiryForm;
use crate::credentials::token::Issued;
use crate::model::identity::{Identities, Selector};
use crate::wire::flaw::Flaw;
use crate::wire::head::Head;
use crate::wire::reply::Answer;

/// One protocol: how it asks for a token, and what it answers.
pub(crate) trait Protocol: Send + Sync {
    /// The only method that it takes.
    fn method(&self) -> &'static str {
        "GET"
    }

    /// Reads a request.
    fn read<'a>(&self, head: &'a Head, setup: &Setup<'a>) -> Result<Want<'a>, Mistake>;

    /// The identity that a request asks a token for, even if something else is wrong with it.
    fn identity<'a>(
        &self,
        head: &'a Head,
        identities: &'a Identities,
    ) -> Result<Selector<'a>, Flaw>;

    /// The answer with a token.
    fn success(&self, token: &Issued<'_>, setup: &Setup<'_>) -> Answer;

    /// The answer to anything else. `correlation_id` is a GUID.
    fn failure(&self, mistake: Mistake, setup: &Setup<'_>, correlation_id: &str) -> Answer;
}

/// What a protocol must know of the emulator.
pub(crate) struct Setup<'a> {
    pub(crate) secret: &'a str,
    pub(crate) expiry_2017: ExpiryForm,
    pub(crate) arc_key: &'a ArcKey,
    pub(crate) identities: &'a Identities,
}

/// What a request wants: a token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Want<'a> {
    pub(crate) identity: Selector<'a>,
    pub(crate) resource: Cow<'a, str>,
}

/// Whether a request shows the secret in that header.
pub(super) fn shows_secret(head: &Head, header: &str, setup: &Setup<'_>) -> bool {
    let shown = head.headers.get(header);
    shown.is_some_and(|shown| shown.as_bytes() == setup.secret.as_bytes())
}
