//! What a caller may learn of an operation while it runs: each attempt and each wait.

use std::time::Duration;

use crate::outcome::Outcome;
use crate::wire::Answer;

/// Is told of each attempt and wait of one operation, in order.
pub trait Observer {
    /// An attempt is about to be sent; 0 is the first.
    fn sending(&mut self, attempt: u32);

    /// An attempt has ended.
    fn answered(&mut self, attempt: &Attempt<'_>);

    /// The next attempt has waited so long for its turn, as a paced transport has it wait; or the time
    /// was over before its turn came.
    fn lined_up(&mut self, waited: Duration) {
        let _ = waited;
    }

    /// A cache that is shared with other processes has something to say.
    fn shared(&mut self, news: Shared) {
        let _ = news;
    }

    /// Another attempt follows after this wait. Not called where it follows at once.
    fn waiting(&mut self, wait: Duration) {
        let _ = wait;
    }
}

/// What a cache that is shared with other processes does instead of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// Another process asks, or nobody may: it waits.
    Waiting,
    /// It has a token.
    Token,
    /// It has the failure of another process, which is not to be had otherwise for now.
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
    /// What was received, if a whole answer was.
    pub answer: Option<&'a Answer>,
}
