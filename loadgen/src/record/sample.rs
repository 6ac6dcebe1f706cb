//! The part of a run that a planner and a summary of many runs ask for. It is a small fraction of a [`Record`]'s work:
//! no stories, no histograms, nothing by the second.
//!
//! [`Record`]: super::Record

use std::collections::BTreeMap;
use std::time::Duration;

use imds_client::acquire::GaveUp;
use imds_emulator::Tally;

use super::group::{earliest, latest};
use super::raw::ServiceTimes;
use super::recorder::Recorder;
use super::{Answer, Attempt, GroupKind, RequestKind, Sending, SessionId, UNFINISHED, Worked};
use crate::scenario::definition::{Group, Scenario};
use crate::scenario::script::Step;
use crate::session::fact::Fact;
use crate::session::outcome::{Ending, Finished};

/// What a run came to, with the same numbers as its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Per group, in the scenario's order.
    pub groups: Vec<GroupSample>,
    /// The first intended start of a session that is not in the background.
    pub first_start: Option<Duration>,
    /// When the last token of such a session was received.
    pub last_token: Option<Duration>,
    /// Requests of the broker to IMDS.
    pub relayed: u64,
    /// The longest path of a session to a token, since the run's start.
    pub longest_own_path: Duration,
    /// The work of the sessions that are not in the background when the last token came.
    pub processor: Duration,
    /// The service times of the tokens that were issued.
    pub service_time: Option<ServiceTimes>,
    /// Whether the run was ended before its sessions were.
    pub cut_short: bool,
    /// Tokens that IMDS granted to a broker.
    granted_to_broker: u64,
}

/// For the times of so many sessions there is room at once.
const AT_FIRST: usize = 4096;

/// What the sessions of one group came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GroupSample {
    pub kind: GroupKind,
    /// All of its sessions: those planned, or started where time decides how many there are.
    pub total: u64,
    /// Sessions whose every step succeeded.
    pub succeeded: u64,
    /// Sessions that failed, by the kind of failure.
    pub by_failure: BTreeMap<String, u64>,
    /// Requests for tokens.
    pub attempts: u64,
    /// Tokens that came.
    pub granted: u64,
    /// From the intended start of each step for a token to its token, in the order in which they came.
    pub times_to_token: Vec<Duration>,
    /// How long each session that came through its gate had waited there, in the order in which they came.
    pub at_gate: Vec<Duration>,
    /// Sessions that still waited at their gate when the run ended.
    pub at_gate_never: u64,
    /// How many of the steps for a token got none.
    pub tokens_never: u64,
    /// From the intended start of each session to its end, of those that succeeded, in the order of their ends.
    pub session_times: Vec<Duration>,
    /// When the first and the last session ended of those that succeeded.
    pub first_done: Option<Duration>,
    pub last_done: Option<Duration>,
    started: u64,
    /// Sessions that wait at a gate.
    waiting: u64,
    /// Sessions in the midst of a step for a token.
    connecting: u64,
    /// The work of its sessions on the processor.
    worked: Duration,
}

impl Sample {
    /// Nothing has happened yet in a run of this scenario.
    #[must_use]
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            groups: scenario.groups.iter().map(GroupSample::new).collect(),
            ..Self::default()
        }
    }

    /// The run has ended, with so many sessions planned for each group and this count of the service: sessions that
    /// have not ended have failed.
    pub(crate) fn end(&mut self, planned: impl IntoIterator<Item = Option<u32>>, tally: &Tally) {
        for (group, planned) in self.groups.iter_mut().zip(planned) {
            self.cut_short |= group.end(planned);
        }
        let direct = self.groups.iter().filter(|group| !group.kind.asks_broker);
        let direct: u64 = direct.map(|group| group.granted).sum();
        self.service_time = ServiceTimes::issued(direct + self.granted_to_broker, tally);
    }

    /// The groups whose sessions the run waits for.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = &GroupSample> + Clone {
        self.groups.iter().filter(|group| !group.kind.background)
    }
}

impl GroupSample {
    fn new(group: &Group) -> Self {
        let sessions = AT_FIRST.min(group.count as usize);
        Self {
            kind: GroupKind::from(group),
            times_to_token: Vec::with_capacity(sessions),
            session_times: Vec::with_capacity(sessions),
            ..Self::default()
        }
    }

    /// Sessions that failed.
    #[must_use]
    pub(crate) fn failed(&self) -> u64 {
        self.by_failure.values().sum()
    }

    /// Whether sessions are unfinished that the run waits for.
    fn end(&mut self, planned: Option<u32>) -> bool {
        self.total = planned.map_or(self.started, u64::from);
        let unfinished = self.total - self.succeeded - self.failed();
        if self.kind.background || unfinished == 0 {
            return false;
        }
        self.by_failure.insert(UNFINISHED.to_owned(), unfinished);
        self.at_gate_never = self.waiting;
        self.tokens_never += self.total - self.started + self.waiting + self.connecting;
        true
    }

    fn fail(&mut self, kind: &str) {
        match self.by_failure.get_mut(kind) {
            Some(count) => *count += 1,
            None => _ = self.by_failure.insert(kind.to_owned(), 1),
        }
    }
}

impl Recorder for Sample {
    fn started(&mut self, id: SessionId, at: Duration) {
        let group = &mut self.groups[id.group];
        group.started += 1;
        if !group.kind.background {
            earliest(&mut self.first_start, at);
        }
    }

    fn came_to_gate(&mut self, id: SessionId) {
        self.groups[id.group].waiting += 1;
    }

    fn admitted(&mut self, id: SessionId, _at: Duration, waited: Duration) {
        self.groups[id.group].waiting -= 1;
        self.groups[id.group].at_gate.push(waited);
    }

    fn began(&mut self, id: SessionId, step: &Step, _at: Duration) {
        let for_token = step.kind().is_for_token();
        self.groups[id.group].connecting += u64::from(for_token);
    }

    fn finished(&mut self, id: SessionId, step: &Finished, at: Duration) {
        if !step.kind.is_for_token() {
            return;
        }
        let group = &mut self.groups[id.group];
        group.connecting -= 1;
        match step.failure {
            None => group.times_to_token.push(step.time_to_token(at)),
            Some(_) => group.tokens_never += 1,
        }
    }

    fn waits(&mut self, _id: SessionId, _wait: Duration) {}

    fn sent(&mut self, id: SessionId, sending: &Sending) {
        let for_token = sending.kind == RequestKind::Token;
        self.groups[id.group].attempts += u64::from(for_token);
    }

    fn answered(&mut self, id: SessionId, attempt: &Attempt) {
        let granted = attempt.kind == RequestKind::Token && attempt.answer == Answer::Granted;
        self.groups[id.group].granted += u64::from(granted);
    }

    fn relays(&mut self, _at: Duration) {
        self.relayed += 1;
    }

    fn relayed(&mut self, attempt: &Attempt) {
        self.granted_to_broker += u64::from(attempt.answer == Answer::Granted);
    }

    fn got_token(&mut self, id: SessionId, now: Duration, path: Duration) {
        if self.groups[id.group].kind.background {
            return;
        }
        latest(&mut self.last_token, now);
        self.processor = self.awaited().map(|group| group.worked).sum();
        self.longest_own_path = self.longest_own_path.max(path);
    }

    fn worked(&mut self, id: SessionId, worked: &Worked) {
        self.groups[id.group].worked += worked.length;
    }

    fn gave_up(&mut self, _id: SessionId, _reason: GaveUp) {}

    fn noted(&mut self, _id: SessionId, _fact: &Fact, _at: Duration) {}

    fn ended(&mut self, id: SessionId, ending: &Ending, start: Duration, at: Duration) {
        let group = &mut self.groups[id.group];
        if let Some(kind) = &ending.failure {
            return group.fail(kind);
        }
        group.succeeded += 1;
        earliest(&mut group.first_done, at);
        latest(&mut group.last_done, at);
        group.session_times.push(at.saturating_sub(start));
    }
}
