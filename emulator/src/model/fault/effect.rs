//! What a fault does to a request.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::model::latency::ServiceTime;

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// This status instead of an answer, one of [`Effect::STATUSES`].
    Status(u16),
    /// The same, with Retry-After.
    Later(Later),
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
    /// One of [`Effect::STATUSES`].
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
    /// The statuses that a fault may answer with.
    pub const STATUSES: [u16; 8] = [404, 408, 410, 429, 500, 502, 503, 504];

    /// The status of the answer, and its Retry-After.
    #[must_use]
    pub const fn status(&self) -> Option<(u16, Option<Duration>)> {
        match self {
            Effect::Status(status) => Some((*status, None)),
            Effect::Later(Later {
                status,
                retry_after,
            }) => Some((*status, Some(*retry_after))),
            _ => None,
        }
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
            Effect::Status(_) | Effect::Later(_) | Effect::Hang | Effect::Reset | Effect::Close => {
                Stage::Arrival
            }
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
