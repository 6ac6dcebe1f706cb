//! What a request departs with.

use std::sync::Arc;
use std::time::Duration;

use crate::model::audience::Denial;
use crate::model::identity::Identity;

/// What a request departs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// A token.
    Token(Grant),
    /// No token, because Entra gives none.
    Denied(Denied),
    /// Any other answer: the VM adds nothing to it.
    Plain,
}

impl Departure {
    /// How long the token is good for at `now`, if it is one.
    pub(crate) fn token_life(&self, now: Duration) -> Option<Duration> {
        match self {
            Departure::Token(grant) => Some(grant.life(now)),
            Departure::Denied(_) | Departure::Plain => None,
        }
    }
}

/// The description of a granted token, without the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The identity of the token.
    pub identity: Arc<Identity>,
    /// For what audience, as the request spelt it.
    pub resource: Arc<str>,
    /// When the token was issued, since the run's start; later answers share it.
    pub issued_at: Duration,
    /// When it expires, since the run's start.
    pub expires_at: Duration,
}

impl Grant {
    /// What is left of the token at `now`.
    pub(crate) fn life(&self, now: Duration) -> Duration {
        self.expires_at.saturating_sub(now)
    }

    /// What is left at `now` of a time that began with the token's issue.
    pub(crate) fn left_of(&self, time: Duration, now: Duration) -> Duration {
        (self.issued_at + time).saturating_sub(now)
    }
}

/// Which token Entra does not give, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// Why.
    pub denial: Denial,
    /// The identity that asked for it.
    pub identity: Arc<Identity>,
    /// For what audience, as the request spelt it.
    pub resource: Arc<str>,
}
