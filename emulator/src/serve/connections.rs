//! The open connections of a port: how many there are, and which one is closed to make room.
//!
//! Thousands of idle connections must not keep out a client with a request. So at the maximum number of
//! connections the one that has been idle for the longest is closed, as a server may do with any idle
//! connection.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits in real time for a connection to be idle for long enough"
)]

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, Id, JoinSet};

use crate::serve::connection_state::ConnectionState;

/// For so long a connection is not closed to make room for another: in a herd its request may not have been read yet.
const JUST_OPENED: Duration = Duration::from_secs(1);

/// The connections that are open.
pub(crate) struct Connections {
    most: usize,
    open: BTreeMap<Id, (Arc<ConnectionState>, AbortHandle)>,
    tasks: JoinSet<()>,
}

impl Connections {
    /// Many times what a VM's processes open, and few enough that all of them take little memory.
    pub(crate) const MOST: usize = 8192;

    pub(crate) fn new(most: usize) -> Connections {
        Connections {
            most,
            open: BTreeMap::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Serves a connection until it ends or is closed to make room.
    pub(crate) fn join(
        &mut self,
        state: Arc<ConnectionState>,
        connection: impl Future<Output = ()> + Send + 'static,
    ) {
        let ending = self.tasks.spawn(connection);
        self.open.insert(ending.id(), (state, ending));
    }

    /// Whether the maximum is reached.
    pub(crate) fn is_full(&self) -> bool {
        self.open.len() >= self.most
    }

    /// Waits until a connection has ended. At the maximum it closes the one that has been idle for the
    /// longest, if that is a second or more; if none is idle, the first that ends makes room. `now` is the time on the
    /// clock of the connections' states.
    pub(crate) async fn make_room(&mut self, now: Duration) {
        if self.is_full()
            && let Some(left) = self.close_idlest(now)
        {
            tokio::select! {
                _ = self.leave() => {}
                () = tokio::time::sleep(left) => {}
            }
        } else if !self.leave().await {
            pending::<()>().await;
        }
    }

    /// Closes the connection that has been idle for the longest, if one is idle. One that has just been opened stays;
    /// the result is for how long yet.
    pub(crate) fn close_idlest(&mut self, now: Duration) -> Option<Duration> {
        let idle = self.open.values().filter(|(state, _)| !state.is_busy());
        let (state, ending) = idle.min_by_key(|(state, _)| state.used_at())?;
        let closes_at = Duration::from_nanos(state.used_at()) + JUST_OPENED;
        let left = closes_at.checked_sub(now).filter(|left| !left.is_zero());
        if left.is_none() {
            ending.abort();
        }
        left
    }

    /// Waits until one connection has ended; whether there was any.
    pub(crate) async fn leave(&mut self) -> bool {
        let Some(ended) = self.tasks.join_next_with_id().await else {
            return false;
        };
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => error.id(),
        };
        self.open.remove(&id);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three connections; the first was used last.
    fn connections() -> (Connections, Vec<Arc<ConnectionState>>) {
        let mut connections = Connections::new(3);
        let states: Vec<_> = (1..=3)
            .map(|number| Arc::new(ConnectionState::new(number)))
            .collect();
        for (state, second) in states.iter().zip([9, 1, 2]) {
            state.set_used_at(Duration::from_secs(second));
            connections.join(Arc::clone(state), pending());
        }
        (connections, states)
    }

    fn numbers(connections: &Connections) -> Vec<u64> {
        let mut numbers: Vec<_> = connections
            .open
            .values()
            .map(|(state, _)| state.number)
            .collect();
        numbers.sort_unstable();
        numbers
    }

    #[tokio::test]
    async fn the_one_that_was_idle_for_the_longest_makes_room() {
        let (mut connections, _) = connections();
        assert!(connections.is_full());
        connections.make_room(Duration::from_secs(10)).await;
        assert_eq!(numbers(&connections), [1, 3]);
        assert!(!connections.is_full());
    }

    #[tokio::test]
    async fn one_that_is_being_answered_stays() {
        let (mut connections, states) = connections();
        states[1].set_busy(true);
        connections.make_room(Duration::from_secs(10)).await;
        assert_eq!(numbers(&connections), [1, 2]);
    }

    #[tokio::test]
    async fn one_that_has_just_been_opened_stays_for_a_second() {
        let (mut connections, states) = connections();
        states[0].set_used_at(Duration::from_millis(9_600));
        states[1].set_used_at(Duration::from_millis(9_500));
        states[2].set_used_at(Duration::from_millis(9_400));
        connections.make_room(Duration::from_millis(10_390)).await;
        assert_eq!(numbers(&connections), [1, 2, 3]);
        connections.make_room(Duration::from_millis(10_400)).await;
        assert_eq!(numbers(&connections), [1, 2]);
    }

    #[tokio::test]
    async fn when_all_are_being_answered_the_first_to_end_makes_room() {
        let (mut connections, states) = connections();
        for state in &states {
            state.set_busy(true);
        }
        connections.join(Arc::new(ConnectionState::new(4)), async {});
        connections.make_room(Duration::from_secs(10)).await;
        assert_eq!(numbers(&connections), [1, 2, 3]);
    }
}
