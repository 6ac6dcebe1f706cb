//! An answer of the user's own that a fault gives: any status, reason phrase, headers and body.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::model::custom_body::CustomBody;

/// An answer in place of the service's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultAnswer {
    /// 200 to 599.
    pub status: u16,
    /// The reason phrase; the status's own if `None`.
    pub reason: Option<String>,
    /// Its headers, beside those that every answer has and in place of those of the same name.
    pub headers: BTreeMap<String, String>,
    /// Its body; written as its length in bytes. If `None`, that of the protocol for an error, and none below
    /// 400.
    #[serde(rename = "body_bytes")]
    pub body: Option<CustomBody>,
    /// When the client is to come back.
    pub comeback: Option<Comeback>,
}

/// When a client is told to come back, at most a day from the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comeback {
    /// `Retry-After` in whole seconds.
    #[serde(serialize_with = "crate::document::friendly")]
    Seconds(Duration),
    /// `Retry-After` as a date, so many whole seconds from now.
    #[serde(serialize_with = "crate::document::friendly")]
    Date(Duration),
    /// `x-ms-retry-after-ms`.
    #[serde(serialize_with = "crate::document::friendly")]
    Milliseconds(Duration),
}

impl Comeback {
    /// How long the client is to wait.
    #[must_use]
    pub const fn wait(self) -> Duration {
        match self {
            Comeback::Seconds(wait) | Comeback::Date(wait) | Comeback::Milliseconds(wait) => wait,
        }
    }
}

impl FaultAnswer {
    /// An answer with that status and nothing of its own.
    #[must_use]
    pub fn of_status(status: u16, comeback: Option<Comeback>) -> FaultAnswer {
        FaultAnswer {
            status,
            reason: None,
            headers: BTreeMap::new(),
            body: None,
            comeback,
        }
    }
}
