//! What a session does, step by step, and how far it has come.

use std::sync::Arc;
use std::time::Duration;

use imds_client::wire::{Identity, TokenRequest};
use rand::{Rng, RngExt};
use serde::Deserialize;

use imds_emulator::document::FriendlyDuration;

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

/// A step as a scenario writes it, its identity not yet looked up.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepText {
    /// `{ connect = { identity = "jobs", resource = "https://vault.azure.net" } }`
    Connect(ConnectText),
    /// `{ think = "2s" }`
    Think(FriendlyDuration),
    /// `{ think_between = ["1s", "3s"] }`
    ThinkBetween([FriendlyDuration; 2]),
}

/// The token that a `connect` step asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectText {
    /// The name of one of the scenario's identities; none: the identity that IMDS chooses.
    pub identity: Option<String>,
    /// The resource, an App ID URI.
    #[serde(default = "resource_manager")]
    pub resource: String,
}

impl StepText {
    /// The step that is meant; `identity` looks a name up.
    ///
    /// # Errors
    /// What was expected instead of an unknown identity or of a range that runs backwards.
    pub fn resolve(
        self,
        identity: impl FnOnce(&str) -> Result<Identity, String>,
    ) -> Result<Step, String> {
        match self {
            Self::Connect(connect) => {
                let identity = connect
                    .identity
                    .as_deref()
                    .map_or(Ok(Identity::SystemAssigned), identity)?;
                let resource = connect.resource;
                Ok(Step::Connect(Arc::new(TokenRequest { identity, resource })))
            }
            Self::Think(FriendlyDuration(pause)) => Ok(Step::Think(Pause {
                min: pause,
                max: pause,
            })),
            Self::ThinkBetween([FriendlyDuration(min), FriendlyDuration(max)]) if min <= max => {
                Ok(Step::Think(Pause { min, max }))
            }
            Self::ThinkBetween(_) => Err("the shorter pause first".to_owned()),
        }
    }
}

fn resource_manager() -> String {
    "https://management.azure.com/".to_owned()
}
