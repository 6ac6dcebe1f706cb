//! The part of the result on what the sessions' time went into.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::ratio;
use crate::record::distribution::ms;
use crate::record::spent::Spent;
use crate::record::{GroupRecord, Record};

/// Sums over all sessions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TimeSpent {
    /// Between the attempts of an operation, as the client's policy wants it.
    pub waiting: f64,
    /// In attempts that got a token: the time served.
    pub granted: f64,
    /// In attempts that were refused.
    pub refused: f64,
    /// In all other attempts.
    pub other: f64,
    /// Waiting by all of these; 0 where no time was spent.
    pub waiting_ratio: f64,
}

impl TimeSpent {
    pub(super) fn of_all(record: &Record) -> Self {
        let groups = record.groups.iter().map(|group| group.spent);
        Self::new(groups.fold(Spent::default(), Spent::plus))
    }

    pub(super) fn of_group(group: &GroupRecord) -> Self {
        Self::new(group.spent)
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        let waiting = Self::sum(self.waiting, other.waiting);
        let granted = Self::sum(self.granted, other.granted);
        let refused = Self::sum(self.refused, other.refused);
        let spent = Self::sum(self.other, other.other);
        let total = waiting + granted + refused + spent;
        Self {
            waiting,
            granted,
            refused,
            other: spent,
            waiting_ratio: if total > 0.0 {
                (waiting / total * 1e4).round() / 1e4
            } else {
                0.0
            },
        }
    }

    /// Two lengths of time in milliseconds with whole microseconds, together.
    #[must_use]
    pub(crate) fn sum(one: f64, other: f64) -> f64 {
        ((one + other) * 1e3).round() / 1e3
    }

    fn new(spent: Spent) -> Self {
        let us = |length: Duration| u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        Self {
            waiting: ms(spent.waiting),
            granted: ms(spent.granted),
            refused: ms(spent.refused),
            other: ms(spent.other),
            waiting_ratio: ratio(us(spent.waiting), us(spent.total())).unwrap_or_default(),
        }
    }
}
