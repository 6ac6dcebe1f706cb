//! When a command began, and how long it has taken since, for reports that say so.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: the time of a report is the machine's"
)]

use std::time::{Instant, SystemTime};

use crate::report::made::Played;

/// A watch that runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch {
    date: SystemTime,
    started: Instant,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self {
            date: SystemTime::now(),
            started: Instant::now(),
        }
    }

    /// From the start until now.
    pub(super) fn played(self) -> Played {
        Played {
            began: self.date.into(),
            took: self.started.elapsed(),
        }
    }
}
