//! A session at work: what it asks of the world next, and what it makes of the answers.
//!
//! A script of several commands, each with several requests, reads best as straight code that waits
//! for each answer; but one driver waits in virtual time and the other in real time. So the script is
//! an `async` function that no runtime ever sees. It stops at each [`Question`], which holds the
//! [`Suspended`] session: the driver gives that the answer, and gets the next question. The type of
//! the answer is that of the question, so no driver can answer anything else. A session is a plain
//! value: it is given the time, draws from the generators it is given, and does nothing itself.

mod commands;
mod exchange;
mod manage;
mod performance;
mod profile;
mod standing;

use std::sync::Arc;
use std::time::Duration;

use imds_client::InstanceRequest;
use imds_client::wire::TokenRequest;
use rand::rngs::ChaCha8Rng;

pub use self::commands::Intent;
use self::exchange::Exchange;
pub use self::exchange::{Progress, Suspended};
pub use self::manage::{ManagerFailure, Query};
use self::performance::Performance;
pub use self::profile::Fact;
use crate::scenario::context::{Access, Bearer, Belongings, Contexts, Domain};
use crate::scenario::script::{Step, StepKind};
use crate::scenario::story::Group;

/// A session that has not started.
pub struct Course {
    /// Tells at any time how the session fares.
    pub progress: Progress,
    /// The session, up to its first question.
    pub script: Suspended<()>,
}

/// What a session asks of the world, with the session that waits for the answer.
pub enum Question {
    /// Note that a step begins.
    Begin(Step, Suspended<()>),
    /// Note that the step has ended.
    Finish(Finished, Suspended<()>),
    /// Get this token from IMDS, with the client's own retries; or the kind of its failure.
    Token(Arc<TokenRequest>, Suspended<Result<Acquired, String>>),
    /// Get this from IMDS, with the client's own retries; or the kind of its failure.
    Metadata(Arc<InstanceRequest>, Suspended<Result<(), String>>),
    /// Ask Resource Manager, once, with this token.
    Manage(Bearer, Query),
    /// Queue for the profile's mutex, until it is held.
    Enter(Domain, Suspended<()>),
    /// Give the mutex back.
    Leave(Domain, Suspended<()>),
    /// Open the profile's file and read its text; none: another has it open.
    Open(Access, Suspended<Option<String>>),
    /// Close it, with what is to be written if anything is.
    Close(Option<Contexts>, Suspended<()>),
    /// Note what has happened to the session on its way.
    Note(Fact, Suspended<()>),
    /// Wait.
    Wait(Duration, WaitFor, Suspended<()>),
    /// Nothing more: the session has ended.
    End(Ending),
}

/// What a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitFor {
    /// A pause of its script, or the start of its interpreter.
    Script,
    /// The next try of a step or a request.
    Retry,
    /// The profile's file, or the work on it.
    Lock,
}

/// A token that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquired {
    /// The life that it has left.
    pub life: Duration,
    /// The token.
    pub bearer: Bearer,
}

/// How a step has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The kind of the step.
    pub kind: StepKind,
    /// When it was to begin.
    pub began: Duration,
    /// How often it was tried.
    pub tries: u32,
    /// When it had the last token that it asked for; none: it asked for none.
    pub token_at: Option<Duration>,
    /// The kind of its failure; none: it succeeded.
    pub failure: Option<String>,
}

impl Finished {
    /// From its begin to its token, which its process may have had before; `end` is its own end.
    #[must_use]
    pub fn time_to_token(&self, end: Duration) -> Duration {
        self.token_at.unwrap_or(end).saturating_sub(self.began)
    }
}

/// How a session has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// The kind of the first failure of a step; none: every step succeeded.
    pub failure: Option<String>,
    /// Whether it ever worked as another, or in another subscription, than its script says.
    pub wrong_context: bool,
}

/// The streams of chance of one session.
#[derive(Debug)]
pub struct Chances {
    /// Draws its pauses.
    pub pauses: ChaCha8Rng,
    /// Draws the jitter of its steps' retries.
    pub retries: ChaCha8Rng,
    /// Draws how long it has the profile's file open.
    pub holds: ChaCha8Rng,
}

impl Course {
    /// A session of this group that has not started, with what it may share with others. Its
    /// interpreter takes `startup` to start.
    #[must_use]
    pub fn new(group: &Group, startup: Duration, belongings: Belongings, chances: Chances) -> Self {
        let exchange = Exchange::default();
        let performance = Performance::new(exchange.clone(), group, belongings, chances);
        Self {
            progress: Progress::new(exchange.clone()),
            script: Suspended::new(exchange, performance.run(startup)),
        }
    }
}

#[cfg(test)]
mod tests;
