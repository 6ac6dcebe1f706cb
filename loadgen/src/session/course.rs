//! A session at work: the questions that it asks its driver, and what it does with the answers.
//!
//! A script of several commands, each with several requests, reads best as straight code that waits
//! for each answer; but one driver waits in virtual time and the other in real time. So the script is
//! an `async` function that no runtime ever sees. It stops at each [`Question`], which holds the
//! [`Suspended`] session: the driver gives that the answer, and gets the next question. The type of
//! the answer is that of the question, so no driver can answer anything else. A session is a plain
//! value: it is given the time, draws from the generators it is given, and does nothing itself.
//!
//! [`Question`]: super::question::Question

use std::time::Duration;

use super::chances::Chances;
use super::execution::Execution;
use super::process::ProcessState;
use super::question::{Exchange, Progress, Suspended};
use crate::scenario::definition::Group;

/// A session that has not started.
pub(crate) struct Course {
    /// Tells at any time how the session fares.
    pub progress: Progress,
    /// The session, up to its first question.
    pub script: Suspended<()>,
}

impl Course {
    /// A session of this group that has not started, with what it may share with others. Its
    /// interpreter takes `startup` to start.
    #[must_use]
    pub(crate) fn new(
        group: &Group,
        startup: Duration,
        process_state: ProcessState,
        chances: Chances,
    ) -> Self {
        let exchange = Exchange::default();
        let execution = Execution::new(exchange.clone(), group, process_state, chances);
        Self {
            progress: Progress::new(exchange.clone()),
            script: Suspended::new(exchange, execution.run(startup)),
        }
    }
}

#[cfg(test)]
mod tests;
