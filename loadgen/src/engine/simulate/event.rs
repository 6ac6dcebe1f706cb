//! The events of virtual time.

use std::sync::Arc;

use imds_client::wire::TokenRequest;

use super::ended::End;
use super::manager_query::PendingManagerQuery;
use crate::engine::schedule::Start;
use crate::session::question::Suspended;

/// What happens. It is small, so that the queue moves little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The plain script of a session goes on: its pause is over.
    GoOn(u32),
    /// A session sends the next attempt of its operation.
    Send(u32),
    /// The service time of a request ends, which is served at this place.
    Depart(u32),
    /// What was put there happens.
    Parcel(u32),
    /// The work of one session or of several is done.
    Worked,
    /// The timeout of an attempt expires.
    TimeOut { session: u32, attempt: u32 },
}

/// What happens more rarely, and takes more memory than an event.
pub(super) enum Parcel {
    Start(Start),
    /// A session resumes: its pause is over, or it holds the mutex.
    Resume(SuspendedSession),
    /// The broker asks IMDS for this token, under this number.
    Asked(u32, Arc<TokenRequest>),
    /// The first request of the broker that waits for its turn may go.
    Turn,
    /// The operation of the broker of this number may take no longer.
    TurnOver(u32),
    /// An attempt of a session has waited for the broker for as long as it may.
    Overdue {
        session: u32,
        attempt: u32,
    },
    /// A session that waits at a gate looks whether it may start.
    Looks(u32),
    /// A session reads the shared cache again.
    Reads(u32),
    /// The refresh of a session in its operation of this number may take no longer.
    RefreshOver(u32, u32),
    /// The last piece of a slow answer (fault `drip`) arrives.
    Received {
        session: u32,
        attempt: u32,
        end: End,
    },
    /// Resource Manager answers a session.
    Managed(u32, PendingManagerQuery),
}

/// The number of a session that waits for a time or for the mutex, and the session itself.
pub(super) type SuspendedSession = (u32, Suspended<()>);

/// An event in one word: it moves through registers. From above: what it is (3 bits), an attempt (29 bits, of a
/// session there are fewer) and the number of a session or a place (32 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PackedEvent(u64);

impl From<Event> for PackedEvent {
    #[inline]
    fn from(event: Event) -> Self {
        let (kind, attempt, number) = match event {
            Event::GoOn(session) => (0, 0, session),
            Event::Send(session) => (1, 0, session),
            Event::Depart(place) => (2, 0, place),
            Event::Parcel(place) => (3, 0, place),
            Event::Worked => (4, 0, 0),
            Event::TimeOut { session, attempt } => (5, attempt, session),
        };
        Self(kind << 61 | u64::from(attempt) << 32 | u64::from(number))
    }
}

impl From<PackedEvent> for Event {
    #[inline]
    fn from(PackedEvent(word): PackedEvent) -> Self {
        let [high, number] = [word >> 32, word].map(low);
        match word >> 61 {
            0 => Self::GoOn(number),
            1 => Self::Send(number),
            2 => Self::Depart(number),
            3 => Self::Parcel(number),
            4 => Self::Worked,
            _ => Self::TimeOut {
                session: number,
                attempt: high & 0x1fff_ffff,
            },
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn low(word: u64) -> u32 {
    word as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_unpacked_as_it_was_packed() {
        for event in [
            Event::GoOn(7),
            Event::Send(u32::MAX),
            Event::Depart(8),
            Event::Parcel(9),
            Event::Worked,
            Event::TimeOut {
                session: u32::MAX,
                attempt: 99_999,
            },
        ] {
            assert_eq!(Event::from(PackedEvent::from(event)), event);
        }
    }
}
