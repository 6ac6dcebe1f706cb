//! What happened in each second of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use imds_emulator::limit::Limiter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attempt::Answer;

/// Counts per second since the run's start; a second in which nothing happened takes no memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    seconds: BTreeMap<u64, Second>,
}

/// One second of a run.
#[expect(clippy::struct_field_names, reason = "fields are keys of the document")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Second {
    /// Which second since the run's start, from 0.
    pub second: u64,
    /// Sessions that were to start in it.
    pub started: u64,
    /// Attempts sent.
    pub sent: u64,
    /// Tokens received.
    pub granted: u64,
    /// Attempts refused by the limit per window.
    pub refused_rate: u64,
    /// Attempts refused by the limit at once.
    pub refused_concurrency: u64,
    /// Attempts refused in the time after another refusal.
    pub refused_penalty: u64,
    /// Attempts refused by a service that did not say by which limit.
    pub refused_unnamed: u64,
    /// Attempts with any other end.
    pub other: u64,
}

impl Timeline {
    pub(super) fn absorb(&mut self, other: &Self) {
        for (second, counts) in &other.seconds {
            let sum = self.seconds.entry(*second).or_insert(Second {
                second: *second,
                ..Second::default()
            });
            sum.absorb(counts);
        }
    }

    pub(super) fn started(&mut self, at: Duration) {
        self.second(at).started += 1;
    }

    pub(super) fn sent(&mut self, at: Duration) {
        self.second(at).sent += 1;
    }

    pub(super) fn answered(&mut self, at: Duration, answer: Answer) {
        let second = self.second(at);
        let count = match answer {
            Answer::Granted => &mut second.granted,
            Answer::Refused(Some(Limiter::Rate)) => &mut second.refused_rate,
            Answer::Refused(Some(Limiter::Concurrency)) => &mut second.refused_concurrency,
            Answer::Refused(Some(Limiter::Penalty)) => &mut second.refused_penalty,
            Answer::Refused(None) => &mut second.refused_unnamed,
            Answer::Status(_) | Answer::None(_) => &mut second.other,
        };
        *count += 1;
    }

    /// The seconds in which anything happened, in order.
    pub(crate) fn seconds(&self) -> impl Iterator<Item = Second> {
        self.seconds.values().copied()
    }

    fn second(&mut self, at: Duration) -> &mut Second {
        let second = at.as_secs();
        self.seconds.entry(second).or_insert(Second {
            second,
            ..Second::default()
        })
    }
}

impl Second {
    fn absorb(&mut self, other: &Self) {
        self.started += other.started;
        self.sent += other.sent;
        self.granted += other.granted;
        self.refused_rate += other.refused_rate;
        self.refused_concurrency += other.refused_concurrency;
        self.refused_penalty += other.refused_penalty;
        self.refused_unnamed += other.refused_unnamed;
        self.other += other.other;
    }
}
