//! What a fault does to a request.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::answer::{Comeback, FaultAnswer};
use crate::model::latency::ServiceTime;

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// This error status instead of an answer, with a body of the protocol.
    Status(u16),
    /// The same, with Retry-After in whole seconds.
    Later(Later),
    /// An answer of the user's own.
    Answer(Arc<FaultAnswer>),
    /// No answer; the connection stays open until its client closes it.
    Hang,
    /// No answer; the connection is reset.
    Reset,
    /// No answer; the connection is closed.
    Close,
    /// So much more service time.
    Latency(ServiceTime),
    /// The first half of the body, then the connection is closed.
    Truncated,
    /// A whole answer with half a JSON document.
    Malformed,
    /// The right body under the content type of a web page.
    ContentType,
    /// The body in pieces, each after a pause.
    Drip(Drip),
}

/// An error status with Retry-After.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Later {
    /// 300 to 599.
    pub status: u16,
    /// Retry-After: whole seconds, at most a day.
    #[serde(serialize_with = "crate::document::friendly")]
    pub retry_after: Duration,
}

/// How a body is sent in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Drip {
    /// In how many pieces, 2 to [`Drip::MOST_PIECES`].
    pub pieces: u32,
    /// The pause before each of them.
    #[serde(serialize_with = "crate::document::friendly")]
    pub every: Duration,
}

impl Drip {
    /// The most pieces of a body.
    pub const MOST_PIECES: u32 = 1000;
}

/// The stage at which a request meets a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before anything is checked: the request is not served at all, so it is neither charged nor given a
    /// slot.
    Arrival,
    /// Once it is admitted: it was charged and holds a slot, and is slowed down or its answer damaged.
    Service,
}

impl Effect {
    /// The statuses that a fault has words for, in IMDS's own protocol.
    pub const STATUSES: [u16; 8] = [404, 408, 410, 429, 500, 502, 503, 504];

    /// The answer in place of the service's, if there is one.
    #[must_use]
    pub fn answer(&self) -> Option<Cow<'_, FaultAnswer>> {
        Some(match self {
            Effect::Status(status) => Cow::Owned(FaultAnswer::of_status(*status, None)),
            Effect::Later(later) => {
                let comeback = Comeback::Seconds(later.retry_after);
                Cow::Owned(FaultAnswer::of_status(later.status, Some(comeback)))
            }
            Effect::Answer(answer) => Cow::Borrowed(answer),
            _ => return None,
        })
    }

    /// Whether it makes the service's answer useless to the client.
    pub(crate) const fn spoils_answer(&self) -> bool {
        matches!(
            self,
            Effect::Truncated | Effect::Malformed | Effect::ContentType
        )
    }

    /// Where it happens.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self {
            Effect::Status(_)
            | Effect::Later(_)
            | Effect::Answer(_)
            | Effect::Hang
            | Effect::Reset
            | Effect::Close => Stage::Arrival,
            Effect::Latency(_)
            | Effect::Truncated
            | Effect::Malformed
            | Effect::ContentType
            | Effect::Drip(_) => Stage::Service,
        }
    }
}

/// The name in reports: the word of the configuration.
impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Effect::Status(status) | Effect::Later(Later { status, .. }) => {
                return write!(f, "status {status}");
            }
            Effect::Answer(answer) => return write!(f, "status {}", answer.status),
            Effect::Hang => "hang",
            Effect::Reset => "reset",
            Effect::Close => "close",
            Effect::Latency(_) => "latency",
            Effect::Truncated => "truncated",
            Effect::Malformed => "malformed",
            Effect::ContentType => "content-type",
            Effect::Drip(_) => "drip",
        };
        f.write_str(word)
    }
}
