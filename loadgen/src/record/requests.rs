//! Requests for anything but tokens: they meet other limits, so they are counted apart.
//!
//! Only requests for tokens are attempts, so that a rate of refusals has one meaning. Sessions in the background are in
//! no sum of sessions or times either: they only load the service.

use std::collections::BTreeMap;

use super::attempt::{Answer, Attempt};
use super::counts::add_all;
use super::distribution::Distribution;

/// The counts of requests of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    pub sent: u64,
    /// Answered with what was asked for.
    pub granted: u64,
    /// Refused for a limit.
    pub refused: u64,
    /// By HTTP status; "none" where there was no answer.
    pub by_status: BTreeMap<String, u64>,
    /// From sending to answer, of those that were granted.
    pub granted_latency: Distribution,
}

impl Requests {
    pub(super) fn absorb(&mut self, other: &Self) {
        self.sent += other.sent;
        self.granted += other.granted;
        self.refused += other.refused;
        add_all(&mut self.by_status, &other.by_status);
        self.granted_latency.merge(&other.granted_latency);
    }

    /// One that was sent has ended.
    pub(super) fn answered(&mut self, attempt: &Attempt) {
        let answer = attempt.answer;
        *self.by_status.entry(answer.status_key()).or_default() += 1;
        match answer {
            Answer::Granted => {
                self.granted += 1;
                self.granted_latency.add(attempt.latency());
            }
            Answer::Refused(_) => self.refused += 1,
            Answer::Status(_) | Answer::None(_) => {}
        }
    }
}
