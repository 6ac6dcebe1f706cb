//! The open connections of the broker: how many there are, and which one is closed to make room.
//!
//! A thousand idle connections, or requests whose body never comes, must not keep out a client that has a request. So
//! at the maximum the one that has been idle for the longest is closed, as a server may do with any idle connection
//! (RFC 9112, 9.5).

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::{AbortHandle, Id, JoinSet};

/// For so long a connection is not closed to make room for another.
const JUST_OPENED: Duration = Duration::from_secs(1);

/// What a connection is doing, as its requests record it.
#[derive(Debug, Default)]
pub(super) struct Use {
    busy: AtomicBool,
    /// Milliseconds since the broker's start.
    since: AtomicU64,
}

impl Use {
    pub(super) fn idle_since(now: Duration) -> Self {
        let since = AtomicU64::new(milliseconds(now));
        Self {
            busy: AtomicBool::new(false),
            since,
        }
    }

    /// A request was read whole and is being answered.
    pub(super) fn begin(&self) {
        self.busy.store(true, Ordering::Relaxed);
    }

    /// Its answer is there to be written.
    pub(super) fn end(&self, now: Duration) {
        self.since.store(milliseconds(now), Ordering::Relaxed);
        self.busy.store(false, Ordering::Relaxed);
    }

    /// Since when it has been idle, in milliseconds since the start; `None` while it is being answered.
    fn idle(&self) -> Option<u64> {
        let busy = self.busy.load(Ordering::Relaxed);
        (!busy).then(|| self.since.load(Ordering::Relaxed))
    }
}

/// How many connections are open, for those who answer on one.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    open: Arc<AtomicUsize>,
    most: usize,
}

impl Crowd {
    /// Whether so many are open that connections are closed after each response.
    pub(super) fn is_dense(&self) -> bool {
        self.open.load(Ordering::Relaxed) > self.most - self.most / 4
    }
}

/// The connections that are open.
pub(super) struct Connections {
    most: usize,
    open: BTreeMap<Id, (Arc<Use>, AbortHandle)>,
    count: Arc<AtomicUsize>,
    tasks: JoinSet<()>,
}

impl Connections {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            open: BTreeMap::new(),
            count: Arc::default(),
            tasks: JoinSet::new(),
        }
    }

    pub(super) fn crowd(&self) -> Crowd {
        Crowd {
            open: Arc::clone(&self.count),
            most: self.most,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.open.len() >= self.most
    }

    /// Serves a connection until it ends or is closed.
    pub(super) fn join(
        &mut self,
        used: Arc<Use>,
        connection: impl Future<Output = ()> + Send + 'static,
    ) {
        let ending = self.tasks.spawn(connection);
        self.open.insert(ending.id(), (used, ending));
        self.count.store(self.open.len(), Ordering::Relaxed);
    }

    /// At the maximum, closes the connection that has been idle for the longest, if that is a second or more: in a
    /// herd a request may not have been read yet.
    pub(super) fn make_room(&self, now: Duration) {
        if !self.is_full() {
            return;
        }
        let idle = self
            .open
            .values()
            .filter_map(|(used, ending)| Some((used.idle()?, ending)));
        let Some((since, ending)) = idle.min_by_key(|(since, _)| *since) else {
            return;
        };
        if since <= milliseconds(now.saturating_sub(JUST_OPENED)) {
            ending.abort();
        }
    }

    /// Closes those that have been idle since before that time: nothing comes, or what is answered is not read.
    pub(super) fn close_idle_since(&self, before: Duration) {
        let before = milliseconds(before);
        for (used, ending) in self.open.values() {
            if used.idle().is_some_and(|since| since < before) {
                ending.abort();
            }
        }
    }

    /// Waits until a connection has ended; for ever if there is none.
    pub(super) async fn leave(&mut self) {
        let Some(ended) = self.tasks.join_next_with_id().await else {
            return pending().await;
        };
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.open.remove(&id);
        self.count.store(self.open.len(), Ordering::Relaxed);
    }

    /// Waits until all have ended.
    pub(super) async fn end(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four connections, idle since these seconds; `None` is one that is being answered.
    fn connections(idle: [Option<u64>; 4]) -> Connections {
        let mut connections = Connections::new(4);
        for since in idle {
            let used = Use::idle_since(Duration::from_secs(since.unwrap_or(0)));
            if since.is_none() {
                used.begin();
            }
            connections.join(Arc::new(used), pending());
        }
        connections
    }

    fn left(connections: &Connections) -> Vec<Option<u64>> {
        let idle = connections.open.values().map(|(used, _)| used.idle());
        let mut idle: Vec<_> = idle.map(|idle| idle.map(|since| since / 1000)).collect();
        idle.sort_unstable();
        idle
    }

    #[tokio::test]
    async fn the_one_that_was_idle_for_the_longest_makes_room() {
        let mut connections = connections([Some(9), Some(1), Some(2), None]);
        assert!(connections.is_full());
        connections.make_room(Duration::from_secs(10));
        connections.leave().await;
        assert_eq!(left(&connections), [None, Some(2), Some(9)]);
        assert!(!connections.is_full());
    }

    #[tokio::test]
    async fn one_that_is_being_answered_is_not_closed() {
        let mut connections = connections([None, None, None, Some(5)]);
        connections.make_room(Duration::from_secs(10));
        connections.leave().await;
        assert_eq!(left(&connections), [None, None, None]);
        connections.close_idle_since(Duration::from_secs(100));
        connections.join(Arc::default(), async {});
        connections.leave().await;
        assert_eq!(left(&connections), [None, None, None]);
    }

    #[tokio::test]
    async fn those_that_are_idle_for_too_long_are_closed() {
        let mut connections = connections([Some(9), Some(1), Some(2), None]);
        connections.close_idle_since(Duration::from_secs(3));
        connections.leave().await;
        connections.leave().await;
        assert_eq!(left(&connections), [None, Some(9)]);
    }

    #[tokio::test]
    async fn one_that_has_just_been_opened_is_not_closed() {
        let connections = connections([Some(9), Some(9), Some(9), None]);
        connections.make_room(Duration::from_millis(9_999));
        tokio::task::yield_now().await;
        assert!(
            connections
                .open
                .values()
                .all(|(_, ending)| !ending.is_finished())
        );
        connections.make_room(Duration::from_secs(10));
        tokio::task::yield_now().await;
        let ended = connections
            .open
            .values()
            .filter(|(_, ending)| ending.is_finished());
        assert_eq!(ended.count(), 1);
    }

    #[test]
    fn a_crowd_is_dense_beyond_three_quarters() {
        let crowd = |open: usize| Crowd {
            open: Arc::new(open.into()),
            most: 8,
        };
        assert!(!crowd(6).is_dense());
        assert!(crowd(7).is_dense());
    }
}
