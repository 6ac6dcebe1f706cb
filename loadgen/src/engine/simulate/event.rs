//! The events of virtual time.

use super::ended::End;
use super::manager_query::PendingManagerQuery;
use crate::engine::schedule::Start;
use crate::session::question::Suspended;

/// What is large is boxed, so that the queue moves little.
pub(super) enum Event {
    Start(Box<Start>),
    /// A session resumes: its pause is over, or it holds the mutex.
    Resume(Box<SuspendedSession>),
    /// The plain script of a session goes on: its pause is over.
    GoOn(u32),
    /// A session sends the next attempt of its operation.
    Send(u32),
    /// The service time of a request ends.
    Depart {
        session: u32,
        attempt: u32,
        place: u32,
    },
    /// The last piece of a slow answer (fault `drip`) arrives.
    Received {
        session: u32,
        attempt: u32,
        end: Box<End>,
    },
    /// The work of one session or of several is done.
    Worked,
    /// Resource Manager answers a session.
    Managed(u32, Box<PendingManagerQuery>),
    /// The timeout of an attempt expires.
    TimeOut {
        session: u32,
        attempt: u32,
    },
}

/// The number of a session that waits for a time or for the mutex, and the session itself.
pub(super) type SuspendedSession = (u32, Suspended<()>);
