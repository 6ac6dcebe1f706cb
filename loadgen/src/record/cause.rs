//! How the failure of a step came about: what its author would have to know to understand it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::distribution::ms;
use crate::record::traces::attempt::AttemptTrace;
use crate::scenario::context::Entry;
use crate::session::fact::{Fact, Intent};

/// What led to the end of a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Cause {
    /// Requests that the step sent, with all its tries, to IMDS and to Resource Manager.
    pub requests: u32,
    /// From the step's begin to its end.
    pub lasted_ms: f64,
    /// The last of its requests; null: it sent none.
    pub last: Option<AttemptTrace>,
    /// Why the client did not ask again: `not_retryable`, `retries_exhausted`, `time_limit`,
    /// `retry_after_too_long` or `replayed`; null: it was not the client that gave up.
    pub gave_up: Option<String>,
    /// The latest wait for the file in the profile; null: there was none.
    pub file: Option<FileWait>,
    /// The account that the session worked as, and its subscription; null: no account was signed in, or
    /// it has no Azure context.
    pub worked_as: Option<WorksAs>,
    /// The account that its script is meant to work as; null as above.
    pub meant: Option<WorksAs>,
}

/// One wait for the file in the profile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FileWait {
    /// When the file was wanted.
    pub wanted_ms: f64,
    /// From then to the open file, or to giving up; the mutex before it is part of that.
    pub waited_ms: f64,
    /// How often another session had it open.
    pub found_open: u32,
    /// Whether the session gave up.
    pub timed_out: bool,
}

/// An identity and a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct WorksAs {
    /// The client id, or `MSI@50342` for the VM's own identity; null: not said.
    pub account: Option<String>,
    /// The subscription's id; null: none.
    pub subscription: Option<String>,
}

impl FileWait {
    /// The wait that ended at `now`; none if the fact is another.
    pub(super) fn ended(fact: &Fact, now: Duration) -> Option<Self> {
        let Fact::Waited {
            waited,
            busy,
            timed_out,
        } = fact
        else {
            return None;
        };
        Some(Self {
            wanted_ms: ms(now.saturating_sub(*waited)),
            waited_ms: ms(*waited),
            found_open: *busy,
            timed_out: *timed_out,
        })
    }
}

impl From<&Entry> for WorksAs {
    fn from(entry: &Entry) -> Self {
        Self {
            account: Some(entry.account.clone()),
            subscription: entry.subscription.clone(),
        }
    }
}

impl From<&Intent> for WorksAs {
    fn from(intent: &Intent) -> Self {
        Self {
            account: intent.account.clone(),
            subscription: intent.subscription.clone(),
        }
    }
}
