//! Requests that get no answer.

use thiserror::Error;
use tokio::sync::futures::Notified;
use tokio::task::JoinError;

use crate::model::fault::Effect;
use crate::serve::connection_state::ConnectionState;

/// Why a request gets no answer.
#[derive(Debug, Error)]
pub(crate) enum NoAnswer {
    /// A fault takes it.
    #[error("a fault breaks the connection off")]
    Fault,
    /// The runtime stopped before the service time was over.
    #[error(transparent)]
    Stopped(#[from] JoinError),
}

/// What a fault does that answers nothing.
pub(super) async fn without_answer(
    effect: &Effect,
    freed: Notified<'_>,
    state: &ConnectionState,
) -> NoAnswer {
    match effect {
        Effect::Hang => freed.await,
        Effect::Reset => state.reset_at_end(),
        _ => {}
    }
    NoAnswer::Fault
}
