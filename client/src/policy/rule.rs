//! What a client does about some outcomes: which ones, how often, and after what wait.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::delay::{Delay, Situation};
use super::jitter::Jitter;
use super::matcher::{StatusRange, kinds_or_any};
use super::retry_after::RetryAfterRule;
use crate::outcome::{GaveUp, Outcome, TransportFailure};

/// What a layer does about some outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Statuses it retries: `"429"`, `"500-599"`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<StatusRange>,
    /// Failures without an answer it retries: `"connect"`, `"timeout"`, …, or `"any"` for all.
    #[serde(
        default,
        with = "kinds_or_any",
        skip_serializing_if = "BTreeSet::is_empty"
    )]
    pub transport: BTreeSet<TransportFailure>,
    /// It retries a 200 whose body cannot be read, such as half a document.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub malformed: bool,
    /// It matches only answers with a Retry-After in a form it accepts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_retry_after: bool,
    /// The most retries by this rule; `None` leaves it to the layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// Until so much time has passed since the acquisition's first attempt, it retries in spite of the
    /// limits of rule and layer; those of the policy hold. For a 410, which ends within 70 s
    /// (documented).
    #[serde(
        default,
        with = "compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub at_least: Option<Duration>,
    /// The wait before jitter and cap.
    pub delay: Delay,
    /// How the wait is randomised.
    #[serde(default, skip_serializing_if = "Jitter::is_none")]
    pub jitter: Jitter,
    /// The longest wait of its own; a Retry-After can be longer.
    #[serde(
        default,
        with = "compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub cap: Option<Duration>,
    /// What an answer's Retry-After does to the wait.
    #[serde(default, skip_serializing_if = "RetryAfterRule::is_default")]
    pub retry_after: RetryAfterRule,
}

impl Rule {
    /// Whether it matches this outcome.
    #[must_use]
    #[inline]
    pub fn matches(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Success => false,
            Outcome::Malformed => self.malformed,
            Outcome::Transport(failure) => self.transport.contains(failure),
            Outcome::Status {
                status,
                retry_after,
            } => {
                self.statuses.iter().any(|range| range.contains(*status))
                    && (!self.needs_retry_after || self.retry_after.asked(*retry_after).is_some())
            }
        }
    }

    /// Whether its limits do not hold yet, so much time after the first attempt.
    pub(crate) fn persists(&self, elapsed: Duration) -> bool {
        self.at_least.is_some_and(|time| elapsed < time)
    }

    /// The wait before a retry after this outcome.
    ///
    /// # Errors
    /// Why it does not retry: its time is over, or the service asks for too long a wait.
    #[inline]
    pub fn wait(
        &self,
        outcome: &Outcome,
        situation: &Situation,
        rng: &mut dyn Rng,
    ) -> Result<Duration, GaveUp> {
        let planned = self.delay.before(situation, rng).ok_or(GaveUp::TimeLimit)?;
        let cap = self.cap.unwrap_or(Duration::MAX);
        let own = self.jitter.spread(planned, cap, situation.retry, rng);
        match outcome {
            Outcome::Status { retry_after, .. } if !retry_after.is_none() => {
                self.retry_after.wait(own, *retry_after)
            }
            _ => Ok(own),
        }
    }
}
