//! A session at work: what it asks of the world next, and what it makes of the answers.
//!
//! A script of several commands, each with several requests, reads best as straight code that waits
//! for each answer; but the one who waits for it lives in virtual time in one driver and in real time
//! in the other. So the script is an `async` function which no runtime ever sees: [`Course::resume`]
//! hands it one answer, runs it to its next question, and returns that question as an [`Effect`]. It
//! is a plain value: it is told the time, draws from the generators it is given, and does nothing
//! itself.

mod commands;
mod exchange;
mod manage;
mod performance;
mod profile;
mod standing;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use imds_client::InstanceRequest;
use imds_client::wire::TokenRequest;
use rand::rngs::ChaCha8Rng;

pub use self::commands::Intent;
use self::exchange::Exchange;
pub use self::manage::{Managed, Query, Unmanaged};
use self::performance::Performance;
pub use self::profile::Fact;
use crate::scenario::context::{Access, Bearer, Belongings, Contexts, Domain};
use crate::scenario::script::{Step, StepKind};
use crate::scenario::story::Group;

/// A session from its start to its end.
pub struct Course {
    exchange: Exchange,
    script: Pin<Box<dyn Future<Output = Ending> + Send>>,
}

/// What a session asks of the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Note that a step begins.
    Begin(Step),
    /// Note that the step has ended.
    Finish(Finished),
    /// Get this token from IMDS, with the client's own retries.
    Token(Arc<TokenRequest>),
    /// Get this from IMDS, with the client's own retries.
    Metadata(Arc<InstanceRequest>),
    /// Ask Resource Manager, once, with this token.
    Manage(Bearer, Query),
    /// Queue for the profile's mutex, until it is held.
    Enter(Domain),
    /// Give the mutex back.
    Leave(Domain),
    /// Open the profile's file, if it is to be had.
    Open(Access),
    /// Close it, with what is to be written if anything is.
    Close(Option<Contexts>),
    /// Note what has happened to the session on its way.
    Note(Fact),
    /// Wait.
    Wait(Duration, Why),
    /// Nothing more: the session has ended.
    End(Ending),
}

/// What a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its script or its start wants it so.
    Itself,
    /// It tries a step again.
    Retry,
    /// It waits for the profile's file, or works on it.
    Lock,
}

/// What the world answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// It is done; or nothing was asked yet.
    Done,
    /// There is a token; or there is none, for a failure of this kind.
    Token(Result<Acquired, String>),
    /// The metadata has come; or it has not, for a failure of this kind.
    Metadata(Result<(), String>),
    /// Resource Manager's answer.
    Managed(Result<Managed, Unmanaged>),
    /// The text of the profile's file; none: another has it open.
    Opened(Option<String>),
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
            exchange,
            script: Box::pin(performance.run(startup)),
        }
    }

    /// Goes on from `now` with what was heard to the next question. To begin with, hands it
    /// [`Heard::Done`].
    ///
    /// # Panics
    /// If the answer is not one to the last question, or the session has ended before.
    pub fn resume(&mut self, now: Duration, heard: Heard) -> Effect {
        self.exchange.answer(now, heard);
        let mut nobody = Context::from_waker(Waker::noop());
        match self.script.as_mut().poll(&mut nobody) {
            Poll::Ready(ending) => Effect::End(ending),
            Poll::Pending => self.exchange.question(),
        }
    }

    /// How the session would have ended if it ended now.
    #[must_use]
    pub fn so_far(&self) -> Ending {
        self.exchange.so_far()
    }
}

#[cfg(test)]
mod tests;
