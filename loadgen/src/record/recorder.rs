//! What a driver in virtual time reports while a run happens. The driver is compiled for each recorder, so that what
//! a recorder leaves out costs nothing.

use std::time::Duration;

use imds_client::acquire::GaveUp;

use super::{Attempt, Record, Sending, SessionId, Worked};
use crate::scenario::script::Step;
use crate::session::fact::Fact;
use crate::session::outcome::{Ending, Finished};

/// Records what happens to sessions; times are since the run's start.
pub(crate) trait Recorder {
    /// A session starts at its intended start.
    fn started(&mut self, id: SessionId, at: Duration);
    /// A session that has started waits at a gate.
    fn came_to_gate(&mut self, id: SessionId);
    /// A session comes through a gate, at which it has waited for so long.
    fn admitted(&mut self, id: SessionId, at: Duration, waited: Duration);
    /// A session begins a step of its script.
    fn began(&mut self, id: SessionId, step: &Step, at: Duration);
    /// A session has ended its step.
    fn finished(&mut self, id: SessionId, step: &Finished, at: Duration);
    /// A session waits before it tries its step again.
    fn waits(&mut self, id: SessionId, wait: Duration);
    /// An attempt is sent.
    fn sent(&mut self, id: SessionId, sending: &Sending);
    /// An attempt that was sent has ended.
    fn answered(&mut self, id: SessionId, attempt: &Attempt);
    /// The broker sends a request for a token.
    fn relays(&mut self, at: Duration);
    /// A request for a token by the broker has ended.
    fn relayed(&mut self, attempt: &Attempt);
    /// A session got a token, with the path of [`Record::got_token`].
    fn got_token(&mut self, id: SessionId, now: Duration, path: Duration);
    /// A session has done some work.
    fn worked(&mut self, id: SessionId, worked: &Worked);
    /// A session's client has given up its operation.
    fn gave_up(&mut self, id: SessionId, reason: GaveUp);
    /// Something has happened to a session and the context file.
    fn noted(&mut self, id: SessionId, fact: &Fact, at: Duration);
    /// A session that was to start at `start` has ended.
    fn ended(&mut self, id: SessionId, ending: &Ending, start: Duration, at: Duration);
}

impl Recorder for Record {
    fn started(&mut self, id: SessionId, at: Duration) {
        Record::started(self, id, at, at);
    }

    fn came_to_gate(&mut self, id: SessionId) {
        Record::came_to_gate(self, id);
    }

    fn admitted(&mut self, id: SessionId, at: Duration, waited: Duration) {
        Record::admitted(self, id, at, waited);
    }

    fn began(&mut self, id: SessionId, step: &Step, at: Duration) {
        Record::began(self, id, step, at);
    }

    fn finished(&mut self, id: SessionId, step: &Finished, at: Duration) {
        Record::finished(self, id, step, at);
    }

    fn waits(&mut self, id: SessionId, wait: Duration) {
        Record::waits(self, id, wait);
    }

    fn sent(&mut self, id: SessionId, sending: &Sending) {
        Record::sent(self, id, sending);
    }

    fn answered(&mut self, id: SessionId, attempt: &Attempt) {
        Record::answered(self, id, attempt);
    }

    fn relays(&mut self, at: Duration) {
        Record::relays(self, at);
    }

    fn relayed(&mut self, attempt: &Attempt) {
        Record::relayed(self, attempt);
    }

    fn got_token(&mut self, id: SessionId, now: Duration, path: Duration) {
        Record::got_token(self, id, now, path);
    }

    fn worked(&mut self, id: SessionId, worked: &Worked) {
        Record::worked(self, id, worked);
    }

    fn gave_up(&mut self, id: SessionId, reason: GaveUp) {
        Record::gave_up(self, id, reason);
    }

    fn noted(&mut self, id: SessionId, fact: &Fact, at: Duration) {
        Record::noted(self, id, fact, at);
    }

    fn ended(&mut self, id: SessionId, ending: &Ending, _start: Duration, at: Duration) {
        self.session_ended(id, ending, at);
    }
}
