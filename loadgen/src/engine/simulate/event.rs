//! What happens in virtual time.

use super::ended::End;
use super::manager_query::PendingManagerQuery;
use crate::engine::schedule::Start;
use crate::session::question::Suspended;

pub(super) enum Event {
    Start(Start),
    /// A session goes on: its pause is over, or it holds the mutex.
    Resume(SuspendedSession),
    /// A session sends the next attempt of its operation.
    Send(u32),
    /// The service time of a request ends.
    Depart {
        session: u32,
        attempt: u32,
    },
    /// The last piece of an answer that dripped has come.
    Received {
        session: u32,
        attempt: u32,
        end: End,
    },
    /// Resource Manager answers a session.
    Managed(u32, Box<PendingManagerQuery>),
    /// An attempt has taken as long as its client lets it.
    TimeOut {
        session: u32,
        attempt: u32,
    },
}

/// A session that waits for time to go by, or for the mutex, with its number.
pub(super) type SuspendedSession = (u32, Suspended<()>);
