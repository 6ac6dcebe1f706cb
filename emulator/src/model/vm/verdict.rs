//! What a VM decides about a request.

use std::sync::Arc;
use std::time::Duration;

use crate::model::identity::{Identity, Rejection};
use crate::model::limit::{Category, Left, Place, Refusal};

/// The decision about a request.
#[derive(Debug)]
pub enum Verdict {
    /// It is served.
    Admitted(Admission),
    /// It waits for a slot, until [`Vm::call`](super::Vm::call) calls it.
    Queued(Waiting),
    /// It is throttled: 429.
    Refused(Refusal),
    /// It is faulty: 400. It was not charged and had no slot.
    Rejected(Rejection),
}

/// A request being served.
#[derive(Debug)]
pub struct Admission {
    /// To be handed back when the service time is over.
    pub ticket: Ticket,
    /// From admission to departure.
    pub service_time: Duration,
    /// What the limits still allow; `None` if it met none.
    pub left: Option<Left>,
}

/// The slot of a request being served. It must come back through [`Vm::depart`](super::Vm::depart).
#[derive(Debug)]
#[must_use = "a ticket that is not handed back holds its slot for ever"]
pub struct Ticket {
    pub(super) job: Job,
    pub(super) service_time: Duration,
    /// In which of the VM's eras it was admitted.
    pub(super) era: u64,
}

impl Ticket {
    /// Whether it was given out before that era of its VM.
    pub(crate) fn is_before(&self, era: u64) -> bool {
        self.era < era
    }
}

/// A request that waits for a slot.
#[derive(Debug)]
#[must_use = "a waiting request that does not take up its call holds its slot for ever"]
pub struct Waiting {
    /// Where it waits.
    pub place: Place,
    pub(super) job: Job,
    /// In which of the VM's eras it began to wait.
    pub(crate) era: u64,
}

/// The work of a request that passed the checks: what is needed to serve it and to let it depart.
#[derive(Debug)]
pub(super) enum Job {
    Token {
        identity: Arc<Identity>,
        resource: Arc<str>,
        bypass_cache: bool,
    },
    Plain(Category),
    /// For a token, without a slot.
    Unlimited {
        identity: Arc<Identity>,
        resource: Arc<str>,
    },
}

impl Job {
    pub(super) fn category(&self) -> Category {
        match self {
            Job::Token { .. } | Job::Unlimited { .. } => Category::Identity,
            Job::Plain(category) => *category,
        }
    }
}
