//! Processes of a user's own, which take the place of sessions: what is known of them is that they start and
//! end, and what they ask.

use std::time::Duration;

use super::{Record, SessionId};

/// The name of the one step that a process's story has.
const COMMAND: &str = "command";

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CommandEnd<'e> {
    /// When it was to start.
    pub intended: Duration,
    /// When it ended.
    pub at: Duration,
    /// When the last token was given to it; none: it got none.
    pub last_token: Option<Duration>,
    /// The kind of its failure; none: it succeeded.
    pub failure: Option<&'e str>,
    /// Whether it worked as another identity than it asked for.
    pub wrong_context: bool,
}

impl Record {
    /// A process begins, which is described so.
    pub(crate) fn began_command(&mut self, id: SessionId, about: &str, at: Duration) {
        self.trace(id, |trace| trace.step(COMMAND, about.to_owned(), at));
        self.groups[id.group].connecting += 1;
    }

    /// A process has ended. The time to its last token counts if it succeeded; without a token it has none.
    pub(crate) fn ended_command(&mut self, id: SessionId, end: &CommandEnd) {
        let CommandEnd { at, failure, .. } = *end;
        self.trace(id, |trace| trace.end_command(failure, at));
        self.under_way.ended(id.session);
        self.context.wrong += u64::from(end.wrong_context);
        let group = &mut self.groups[id.group];
        group.connecting -= 1;
        match (failure, end.last_token) {
            (None, Some(token)) => group.time_to_token.add(token.saturating_sub(end.intended)),
            (None, None) => {}
            (Some(_), _) => group.time_to_token.add_never(1),
        }
        match failure {
            None => group.succeeded += 1,
            Some(kind) => *group.by_failure.entry(kind.to_owned()).or_default() += 1,
        }
    }
}
