//! What happened in a run, counted as it happens. Both drivers report here; memory grows with the
//! number of groups and of seconds, never with the number of requests; the traces of single sessions
//! are as many as were chosen before the run.

mod absorb;
pub(crate) mod attempt;
pub(crate) mod bins;
pub(crate) mod cause;
pub(crate) mod commands;
pub(crate) mod connections;
pub(crate) mod context;
mod counts;
mod description;
pub(crate) mod distribution;
mod ended;
mod ending;
pub(crate) mod failure;
pub(crate) mod failures;
pub(crate) mod fleet;
mod group;
mod load;
pub(crate) mod processor;
pub(crate) mod raw;
pub(crate) mod recorder;
pub(crate) mod requests;
pub(crate) mod sample;
mod service_times;
pub(crate) mod spent;
pub(crate) mod steps;
pub(crate) mod timeline;
pub(crate) mod traces;
mod under_way;

use std::collections::BTreeMap;
use std::time::Duration;

use imds_client::acquire::GaveUp;

pub(crate) use self::attempt::{
    Answer, Attempt, NO_ANSWER, Refusals, RequestKind, RetryCount, Sending,
};
use self::bins::Bins;
use self::cause::Cause;
use self::connections::Connections;
use self::context::ContextCount;
use self::distribution::Distribution;
pub(crate) use self::ended::Ended;
use self::failures::{FILE_DAMAGED, Failures, IMPORT_DEGRADED, Occurrence};
pub(crate) use self::group::{GroupKind, GroupRecord};
use self::group::{earliest, latest};
use self::load::Load;
pub(crate) use self::processor::{ProcessorUse, Worked, Working};
use self::requests::Requests;
use self::steps::StepCount;
use self::timeline::Timeline;
use self::traces::{SessionTrace, Traces};
use self::under_way::UnderWay;
use crate::scenario::script::{Step, StepKind};
use crate::session::fact::Fact;
use crate::session::outcome::IMPORT_FAILED;
use crate::session::outcome::{Ending, Finished};

/// Retries from this index on are counted together.
pub(crate) const LAST_RETRY_INDEX: u32 = 64;

/// The kind of failure of sessions that the end of the run cut short.
pub(crate) const UNFINISHED: &str = "unfinished";

/// A session of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionId {
    /// Its number, counted through the groups in the scenario's order.
    pub session: u32,
    pub group: usize,
}

/// The counts of a run.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Per group, in the scenario's order.
    pub groups: Vec<GroupRecord>,
    /// Attempts by HTTP status; "none" where there was no answer.
    pub by_status: BTreeMap<String, u64>,
    /// Attempts by retry index.
    pub by_retry_index: BTreeMap<u32, RetryCount>,
    /// From sending to answer: of attempts that were granted, of those refused, and of all others.
    pub granted_latency: Distribution,
    pub refused_latency: Distribution,
    pub other_latency: Distribution,
    /// What happened in each second.
    pub timeline: Timeline,
    /// When attempts were sent, more finely.
    pub bins: Bins,
    /// Requests for tokens by a broker, and those for anything but tokens; all above is of sessions' requests for tokens.
    pub broker: Requests,
    pub metadata: Requests,
    pub resource_manager: Requests,
    /// What happened to the context file.
    pub context: ContextCount,
    /// The steps and their failures, by kind.
    pub steps: BTreeMap<StepKind, StepCount>,
    /// The failures of steps, each kind with an example.
    pub failures: Failures,
    /// What single sessions did.
    pub traces: Traces,
    /// What sessions do now.
    under_way: UnderWay,
    /// Signs of connections that the system dropped.
    pub connections: Connections,
    /// From the intended start of a session to its actual start.
    pub start_lag: Distribution,
    /// The first intended start of a session.
    pub first_start: Option<Duration>,
    /// When the last session came through a gate.
    pub last_admitted: Option<Duration>,
    /// When the last token was received.
    pub last_token: Option<Duration>,
    /// The longest path of [`Record::got_token`], since the run's start.
    pub longest_own_path: Duration,
    /// When sessions worked.
    pub working: Working,
    /// When the run was ended, if that was before its sessions were.
    pub ended_at: Duration,
    /// The requests for tokens that reach IMDS: of sessions that ask no broker, and of the broker.
    pub load: Load,
}

impl Record {
    /// Nothing has happened yet to groups of these kinds.
    #[must_use]
    pub(crate) fn new(groups: impl IntoIterator<Item = GroupKind>) -> Self {
        let record = |kind| GroupRecord {
            kind,
            ..GroupRecord::default()
        };
        Self {
            groups: groups.into_iter().map(record).collect(),
            by_status: BTreeMap::new(),
            by_retry_index: BTreeMap::new(),
            granted_latency: Distribution::default(),
            refused_latency: Distribution::default(),
            other_latency: Distribution::default(),
            timeline: Timeline::default(),
            bins: Bins::default(),
            broker: Requests::default(),
            metadata: Requests::default(),
            resource_manager: Requests::default(),
            context: ContextCount::default(),
            steps: BTreeMap::new(),
            failures: Failures::default(),
            traces: Traces::default(),
            under_way: UnderWay::default(),
            connections: Connections::default(),
            start_lag: Distribution::default(),
            first_start: None,
            last_admitted: None,
            last_token: None,
            longest_own_path: Duration::ZERO,
            working: Working::default(),
            ended_at: Duration::ZERO,
            load: Load::default(),
        }
    }

    /// A session that was to start at `intended` starts at `actual`.
    pub(crate) fn started(&mut self, id: SessionId, intended: Duration, actual: Duration) {
        self.trace(id, |trace| trace.started(intended, actual));
        self.under_way.started(id.session, id.group, actual);
        self.start_lag.add(actual.saturating_sub(intended));
        self.timeline.started(intended);
        let group = &mut self.groups[id.group];
        group.started += 1;
        earliest(&mut group.first_start, intended);
        if !group.kind.background {
            earliest(&mut self.first_start, intended);
        }
    }

    /// A session that has started waits at a gate.
    pub(crate) fn came_to_gate(&mut self, id: SessionId) {
        self.under_way.waits_at_gate(id.session, true);
        self.groups[id.group].waiting += 1;
    }

    /// A session comes through a gate, at which it has waited for so long.
    pub(crate) fn admitted(&mut self, id: SessionId, at: Duration, waited: Duration) {
        self.trace(id, |trace| trace.admitted(waited));
        self.under_way.waits_at_gate(id.session, false);
        latest(&mut self.last_admitted, at);
        let group = &mut self.groups[id.group];
        group.waiting -= 1;
        group.at_gate.add(waited);
    }

    /// A session begins a step of its script.
    pub(crate) fn began(&mut self, id: SessionId, step: &Step, at: Duration) {
        let kind = step.kind();
        self.trace(id, |trace| trace.step(kind.name(), step, at));
        self.under_way.began(id.session, kind, at);
        self.groups[id.group].connecting += u64::from(kind.is_for_token());
    }

    /// A session has ended its step. One that is there to get a token got it, or never will.
    pub(crate) fn finished(&mut self, id: SessionId, step: &Finished, at: Duration) {
        let failed = self.failed(id, step, at);
        self.trace(id, |trace| trace.end_step(step, failed, at));
        self.steps.entry(step.kind).or_default().count(step);
        if !step.kind.is_for_token() {
            return;
        }
        let group = &mut self.groups[id.group];
        group.connecting -= 1;
        match step.failure {
            None => group.time_to_token.add(step.time_to_token(at)),
            Some(_) => group.time_to_token.add_never(1),
        }
    }

    /// A session waits before it tries its step again.
    pub(crate) fn waits(&mut self, id: SessionId, wait: Duration) {
        self.trace(id, |trace| trace.waits(wait));
        self.under_way.waits(id.session);
        self.groups[id.group].spent.waiting += wait;
    }

    /// An attempt is sent; its retry index is 0 for the first one of a connect.
    pub(crate) fn sent(&mut self, id: SessionId, sending: &Sending) {
        let (retry_index, at) = (sending.retry_index, sending.at);
        self.trace(id, |trace| trace.sent(sending));
        self.under_way.sent(id.session, sending);
        if let Some(requests) = self.apart(sending.kind) {
            requests.sent += 1;
            return;
        }
        self.bins.sent(retry_index, at);
        let group = &mut self.groups[id.group];
        group.spent.waiting += sending.waited;
        group.attempts += 1;
        if !group.kind.asks_broker {
            self.load.sent(at);
        }
        self.retries(retry_index).sent += 1;
        self.timeline.sent(at);
    }

    /// An attempt that was sent has ended.
    pub(crate) fn answered(&mut self, id: SessionId, attempt: &Attempt) {
        self.trace(id, |trace| trace.answered(attempt));
        self.under_way.answered(id.session, attempt);
        if let Some(requests) = self.apart(attempt.kind) {
            return requests.answered(attempt);
        }
        if !self.groups[id.group].kind.asks_broker {
            self.load.ended();
        }
        self.bins.answered(attempt.answer, attempt.ended);
        self.timeline.answered(attempt.ended, attempt.answer);
        *self
            .by_status
            .entry(attempt.answer.status_key())
            .or_default() += 1;
        self.retries(attempt.retry_index).count(attempt.answer);
        self.groups[id.group].count(attempt);
        let latency = match attempt.answer {
            Answer::Granted => &mut self.granted_latency,
            Answer::Refused(_) => &mut self.refused_latency,
            Answer::Status(_) | Answer::None(_) => &mut self.other_latency,
        };
        latency.add(attempt.latency());
    }

    /// The broker sends a request for a token to IMDS.
    pub(crate) fn relays(&mut self, at: Duration) {
        self.broker.sent += 1;
        self.load.sent(at);
    }

    /// A request of the broker that was sent has ended.
    pub(crate) fn relayed(&mut self, attempt: &Attempt) {
        self.broker.answered(attempt);
        self.load.ended();
    }

    /// A session got a token. `path` is what no client could have saved it until then: its intended
    /// start, its pauses and its tokens' service times, as far as the driver knows them.
    pub(crate) fn got_token(&mut self, id: SessionId, now: Duration, path: Duration) {
        let group = &mut self.groups[id.group];
        latest(&mut group.last_token, now);
        if group.kind.background {
            return;
        }
        latest(&mut self.last_token, now);
        self.working.before_last_token = self.awaited().map(|group| group.processor.worked).sum();
        self.longest_own_path = self.longest_own_path.max(path);
    }

    /// A session has done some work.
    pub(crate) fn worked(&mut self, id: SessionId, worked: &Worked) {
        self.trace(id, |trace| trace.worked(worked));
        self.working.count(worked);
        self.groups[id.group].processor.count(worked);
    }

    /// A session's client has given up its operation.
    pub(crate) fn gave_up(&mut self, id: SessionId, reason: GaveUp) {
        self.under_way.gave_up(id.session, reason);
    }

    /// Something has happened to a session and the context file.
    pub(crate) fn noted(&mut self, id: SessionId, fact: &Fact, at: Duration) {
        self.context.count(fact);
        self.under_way.noted(id.session, fact, at);
        self.trace(id, |trace| trace.noted(fact, at));
        let kind = match fact {
            Fact::ImportDegraded => IMPORT_DEGRADED,
            Fact::ImportFailed => IMPORT_FAILED,
            Fact::FileDamaged => FILE_DAMAGED,
            _ => return,
        };
        if let Some(occurrence) = self.under_way.occurrence(id.session, at) {
            self.count_failure(kind, occurrence);
        }
    }

    /// A session has ended.
    pub(crate) fn session_ended(&mut self, id: SessionId, ending: &Ending, at: Duration) {
        let failure = ending.failure.as_deref();
        self.trace(id, |trace| trace.session_ended(failure, at));
        self.under_way.ended(id.session);
        self.context.wrong += u64::from(ending.wrong_context);
        let group = &mut self.groups[id.group];
        match failure {
            None => group.succeeded(at),
            Some(kind) => *group.by_failure.entry(kind.to_string()).or_default() += 1,
        }
    }

    /// How a step failed, if it did.
    fn failed(&mut self, id: SessionId, step: &Finished, at: Duration) -> Option<Cause> {
        let kind = step.failure.as_ref()?;
        let mut occurrence = self.under_way.occurrence(id.session, at)?;
        occurrence.tries = step.tries;
        let cause = occurrence.cause.clone();
        self.count_failure(kind, occurrence);
        Some(cause)
    }

    fn count_failure(&mut self, kind: &str, occurrence: Occurrence) {
        let traced = self.traces.of_session(occurrence.session).is_some();
        self.failures.count(kind, occurrence, traced);
    }

    /// Where requests are counted that are not for tokens.
    fn apart(&mut self, kind: RequestKind) -> Option<&mut Requests> {
        match kind {
            RequestKind::Token => None,
            RequestKind::Metadata => Some(&mut self.metadata),
            RequestKind::ResourceManager => Some(&mut self.resource_manager),
        }
    }

    fn trace(&mut self, id: SessionId, tell: impl FnOnce(&mut SessionTrace)) {
        if let Some(trace) = self.traces.of_session(id.session) {
            tell(trace);
        }
    }

    fn retries(&mut self, index: u32) -> &mut RetryCount {
        let index = index.min(LAST_RETRY_INDEX);
        self.by_retry_index.entry(index).or_default()
    }

    /// The tokens that IMDS itself has granted, to sessions and to a broker.
    pub(crate) fn granted_by_imds(&self) -> u64 {
        let direct = self.groups.iter().filter(|group| !group.kind.asks_broker);
        direct.map(|group| group.granted).sum::<u64>() + self.broker.granted
    }

    /// The groups whose sessions the run waits for.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = &GroupRecord> {
        self.groups.iter().filter(|group| !group.kind.background)
    }
}
