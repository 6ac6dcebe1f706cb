//! What a session does, step by step, and how far it has come.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use imds_client::wire::{Identity, TokenRequest};
use rand::{Rng, RngExt};

use crate::record::distribution::ms;

/// One step of a session's script.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Get a token from IMDS. Each connect is an operation of its own: no token is reused.
    Connect(Arc<TokenRequest>),
    /// Do something else for a while.
    Think(Pause),
}

/// How long a session thinks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pause {
    /// The shortest pause.
    pub min: Duration,
    /// The longest pause; a pause is drawn uniformly between both.
    pub max: Duration,
}

impl Pause {
    /// Draws one pause.
    pub fn draw(&self, rng: &mut dyn Rng) -> Duration {
        let range = self.max.saturating_sub(self.min);
        self.min + range.mul_f64(rng.random::<f64>())
    }
}

/// What a session does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Ask for this token.
    Connect(Arc<TokenRequest>),
    /// Wait that long.
    Think(Duration),
    /// The script is done: the session has succeeded.
    End,
}

impl Move {
    /// The kind of step, as scenarios call it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::Think(_) => "think",
            Self::End => "end",
        }
    }
}

/// What the step is about, in words.
impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(request) => {
                let TokenRequest { resource, identity } = &**request;
                write!(f, "a token for {resource} as {}", whose(identity))
            }
            Self::Think(pause) => write!(f, "a pause of {} ms", ms(*pause)),
            Self::End => f.write_str("the end"),
        }
    }
}

fn whose(identity: &Identity) -> String {
    match identity {
        Identity::SystemAssigned => "the VM's own identity".to_owned(),
        Identity::ClientId(id) => format!("client id {id}"),
        Identity::ObjectId(id) => format!("object id {id}"),
        Identity::ResourceId(id) => id.clone(),
    }
}

/// How far a session has come in its script.
#[derive(Clone, Debug)]
pub struct Cursor<R> {
    script: Arc<[Step]>,
    next: usize,
    rng: R,
}

impl<R: Rng> Cursor<R> {
    /// At the beginning of `script`; `rng` draws the pauses.
    pub fn new(script: Arc<[Step]>, rng: R) -> Self {
        Self {
            script,
            next: 0,
            rng,
        }
    }

    /// Goes on to the next step. A session that failed a step does not come here again.
    pub fn advance(&mut self) -> Move {
        let step = self.script.get(self.next);
        self.next += 1;
        match step {
            Some(Step::Connect(request)) => Move::Connect(Arc::clone(request)),
            Some(Step::Think(pause)) => Move::Think(pause.draw(&mut self.rng)),
            None => Move::End,
        }
    }
}
