//! What a caller can observe of an operation while it runs: each attempt and each wait.

use std::time::Duration;

use crate::outcome::Outcome;
use crate::wire::Answer;

/// Receives each attempt and wait of one operation, in order.
pub trait Observer {
    /// An attempt is about to be sent; 0 is the first.
    fn sending(&mut self, attempt: u32);

    /// An attempt has ended.
    fn answered(&mut self, attempt: &Attempt<'_>);

    /// The next attempt has waited so long for its turn in a paced transport, or until the time was
    /// over.
    fn queued(&mut self, waited: Duration) {
        let _ = waited;
    }

    /// A cache that is shared with other processes was used instead of a request.
    fn shared_cache(&mut self, event: SharedCacheEvent) {
        let _ = event;
    }

    /// Another attempt follows after this wait. Not called where it follows at once.
    fn waiting(&mut self, wait: Duration) {
        let _ = wait;
    }
}

/// What a client of a shared cache does instead of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SharedCacheEvent {
    /// It waits: another process asks, or has been refused just now.
    Waiting,
    /// It takes a token from the cache.
    Token,
    /// It takes the failure of another process, which a request would only repeat.
    Failure,
}

/// Observes nothing.
impl Observer for () {
    fn sending(&mut self, _attempt: u32) {}
    fn answered(&mut self, _attempt: &Attempt<'_>) {}
}

/// One attempt that has ended.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// 0 is the first.
    pub index: u32,
    /// When it was sent, since the operation's start.
    pub started: Duration,
    /// When it ended, since the operation's start.
    pub ended: Duration,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// The answer, if it was complete.
    pub answer: Option<&'a Answer>,
}
