//! One answer of the user's own.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Serialize;

use super::pattern::Pattern;
use crate::model::custom_body::CustomBody;
use crate::model::latency::ServiceTime;

/// One answer, and which requests it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomAnswer {
    /// What reports call it.
    pub name: String,
    /// Which requests it is for.
    #[serde(flatten)]
    pub pattern: Pattern,
    /// 200 to 599.
    pub status: u16,
    /// Its headers, beside those that every answer has and in place of those of the same name.
    pub headers: BTreeMap<String, String>,
    /// Its body; written as its length in bytes.
    #[serde(rename = "body_bytes")]
    pub body: CustomBody,
    /// No more than so many requests; the next answer, or the stub itself, answers those that follow.
    pub times: Option<u64>,
    /// How long it takes; as long as the stub's own answers if `None`.
    pub latency: Option<ServiceTime>,
    /// Whether a request needs a good token, which is then charged to its budget.
    pub token: bool,
}

impl CustomAnswer {
    /// The statuses that it may have: an answer with 1xx is none yet.
    pub const STATUSES: RangeInclusive<u16> = 200..=599;

    /// The status of one that names none.
    pub const DEFAULT_STATUS: u16 = 200;

    /// Those without a body, in HTTP.
    pub const WITHOUT_BODY: [u16; 2] = [204, 304];

    /// Whether it takes every request that the later answer is for.
    #[must_use]
    pub fn hides(&self, later: &CustomAnswer) -> bool {
        self.times.is_none() && self.pattern.covers(&later.pattern)
    }

    /// Whether it was given so often that it is given no more.
    pub(super) fn is_used_up(&self, given: u64) -> bool {
        self.times.is_some_and(|times| given >= times)
    }
}
