//! A request that was let in, before and after its service time.

use std::time::Duration;

use crate::model::fault::Effect;
use crate::model::vm::{Admission, Departure, Left, Refusal, Waiting};

/// The outcome of a request that was let in. It may be refused after waiting for a slot.
pub(super) type Served = Result<Departed, Refusal>;

/// A request whose service time is over.
pub(super) struct Departed {
    pub(super) at: Duration,
    pub(super) departure: Departure,
    pub(super) damage: Option<Effect>,
    /// From admission to departure.
    pub(super) service_time: Duration,
    /// What the limits still allowed, if the request met any.
    pub(super) left: Option<Left>,
}

/// A request that was let in.
pub(super) enum LetIn {
    Admitted(Admission),
    Queued(Waiting),
}
