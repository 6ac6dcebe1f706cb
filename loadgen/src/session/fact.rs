//! What happens to sessions on their way, for counts.

use std::time::Duration;

use crate::scenario::context::Entry;

/// What happens to sessions on their way, for counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// The file could not be had at the start: the session continues with no context, in memory only.
    ImportDegraded,
    /// Another had the file of the module's settings open: the session goes on without its cmdlets.
    ImportFailed,
    /// What the file held could not be read, and is going to be lost.
    FileDamaged,
    /// It was waited for the file; how long, how often it was found open, and whether in vain.
    Waited {
        /// From the first wish to the open file, or to giving up.
        waited: Duration,
        /// How often another had it open.
        busy: u32,
        /// Whether the session gave up.
        timed_out: bool,
    },
    /// The file was open for writing for so long.
    Held(Duration),
    /// The file was read at the start: the account that is signed in now, if any.
    Imported(Option<Entry>),
    /// A command works as this one, while the script wants to work as that one.
    Works(Entry, Intent),
}

/// What the script wants to work as and in; nothing where it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intent {
    /// The account that it signed in as.
    pub account: Option<String>,
    /// The id of the subscription that it chose.
    pub subscription: Option<String>,
}

impl Intent {
    /// What is wrong with working so, if anything is.
    pub(super) fn differs(&self, account: &str, subscription: &str) -> Option<&'static str> {
        let differs = |intent: &Option<String>, used: &str| {
            let intent = intent.as_ref();
            intent.is_some_and(|intent| !intent.eq_ignore_ascii_case(used))
        };
        if differs(&self.account, account) {
            Some("wrong_identity")
        } else {
            differs(&self.subscription, subscription).then_some("wrong_subscription")
        }
    }
}
