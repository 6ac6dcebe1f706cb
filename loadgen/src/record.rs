//! What happened in a run, counted as it happens. Both drivers report here; memory grows with the
//! number of groups and of seconds, never with the number of requests.

pub mod distribution;
pub mod timeline;

use std::collections::BTreeMap;
use std::time::Duration;

use imds_emulator::limit::Limiter;
use serde::Serialize;

use self::distribution::Distribution;
use self::timeline::Timeline;

/// Retries from this index on are counted together.
pub const LAST_RETRY_INDEX: u32 = 64;

/// The status of attempts that had no answer.
pub const NO_ANSWER: &str = "none";

/// The kind of failure of sessions that the end of the run cut short.
pub const UNFINISHED: &str = "unfinished";

/// What one attempt came to, as the client saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A token.
    Granted,
    /// 429, by this limiter where the service named it.
    Refused(Option<Limiter>),
    /// Another status, or a 200 without a token.
    Status(u16),
    /// No answer at all.
    None,
}

/// One request on the wire, from its sending to its answer; times are since the run's start.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// 0 for the first attempt of an operation.
    pub retry_index: u32,
    /// When it was sent.
    pub sent: Duration,
    /// When it was answered or given up.
    pub ended: Duration,
    /// What came of it.
    pub answer: Answer,
}

/// The counts of a run.
#[derive(Clone, Debug)]
pub struct Record {
    /// Per group, in the scenario's order.
    pub groups: Vec<GroupRecord>,
    /// Attempts by HTTP status; "none" where there was no answer.
    pub by_status: BTreeMap<String, u64>,
    /// Attempts by retry index.
    pub by_retry_index: BTreeMap<u32, RetryCount>,
    /// From sending to answer, of attempts that were granted.
    pub granted_latency: Distribution,
    /// The same of attempts that were refused.
    pub refused_latency: Distribution,
    /// The same of all the others.
    pub other_latency: Distribution,
    /// What happened in each second.
    pub timeline: Timeline,
    /// From the intended start of a session to its actual start.
    pub start_lag: Distribution,
    /// The first intended start of a session.
    pub first_start: Option<Duration>,
    /// When the last token came.
    pub last_token: Option<Duration>,
    /// The longest [`Record::own_path`], since the run's start.
    pub longest_own_path: Duration,
    /// Attempts on their way now.
    in_flight: u32,
    /// The most attempts that were on their way at once.
    pub peak_in_flight: u32,
}

/// The counts of one group.
#[derive(Clone, Debug, Default)]
pub struct GroupRecord {
    /// Sessions whose every step succeeded.
    pub succeeded: u64,
    /// Sessions that failed, by the kind of failure.
    pub by_failure: BTreeMap<String, u64>,
    /// Sessions that have started.
    started: u64,
    /// Sessions that are in the midst of a connect.
    connecting: u64,
    /// Attempts sent.
    pub attempts: u64,
    /// Tokens received.
    pub granted: u64,
    /// Attempts refused.
    pub refused: Refusals,
    /// From the intended start of each connect to its token; never where it failed.
    pub time_to_token: Distribution,
    /// When the group's last token came.
    pub last_token: Option<Duration>,
    /// The first intended start of the group's sessions.
    pub first_start: Option<Duration>,
}

/// Refused attempts, by the limiter that refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Refusals {
    /// By the limit of requests per window.
    pub rate: u64,
    /// By the limit of requests at once.
    pub concurrency: u64,
    /// In the time after another refusal in which the service refuses everything.
    pub penalty: u64,
    /// By a service that did not say.
    pub unnamed: u64,
}

/// The attempts of one retry index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RetryCount {
    /// How many were sent.
    pub sent: u64,
    /// How many got a token.
    pub granted: u64,
    /// How many were refused.
    pub refused: u64,
}

impl Record {
    /// Nothing has happened yet to this many groups.
    #[must_use]
    pub fn new(groups: usize) -> Self {
        Self {
            groups: vec![GroupRecord::default(); groups],
            by_status: BTreeMap::new(),
            by_retry_index: BTreeMap::new(),
            granted_latency: Distribution::default(),
            refused_latency: Distribution::default(),
            other_latency: Distribution::default(),
            timeline: Timeline::default(),
            start_lag: Distribution::default(),
            first_start: None,
            last_token: None,
            longest_own_path: Duration::ZERO,
            in_flight: 0,
            peak_in_flight: 0,
        }
    }

    /// A session of `group` that was to start at `intended` starts at `actual`.
    pub fn started(&mut self, group: usize, intended: Duration, actual: Duration) {
        self.start_lag.add(actual.saturating_sub(intended));
        self.timeline.started(intended);
        earliest(&mut self.first_start, intended);
        let group = &mut self.groups[group];
        group.started += 1;
        earliest(&mut group.first_start, intended);
    }

    /// An attempt goes out; its retry index is 0 for the first one of a connect.
    pub fn sent(&mut self, group: usize, retry_index: u32, at: Duration) {
        if retry_index == 0 {
            self.groups[group].connecting += 1;
        }
        self.retries(retry_index).sent += 1;
        self.in_flight += 1;
        self.peak_in_flight = self.peak_in_flight.max(self.in_flight);
        self.groups[group].attempts += 1;
        self.timeline.sent(at);
    }

    /// An attempt that was sent has ended.
    pub fn answered(&mut self, group: usize, attempt: &Attempt) {
        self.in_flight -= 1;
        self.timeline.answered(attempt.ended, attempt.answer);
        *self.by_status.entry(attempt.answer.status()).or_default() += 1;
        self.retries(attempt.retry_index).count(attempt.answer);
        self.groups[group].count(attempt.answer);
        let latency = match attempt.answer {
            Answer::Granted => &mut self.granted_latency,
            Answer::Refused(_) => &mut self.refused_latency,
            Answer::Status(_) | Answer::None => &mut self.other_latency,
        };
        latency.add(attempt.ended.saturating_sub(attempt.sent));
    }

    /// A connect step that was to begin at `intended` got its token.
    pub fn connected(&mut self, group: usize, intended: Duration, now: Duration) {
        let group = &mut self.groups[group];
        group.connecting -= 1;
        group.time_to_token.add(now.saturating_sub(intended));
        latest(&mut group.last_token, now);
        latest(&mut self.last_token, now);
    }

    /// What no client could have saved a session that got a token: its intended start, its pauses
    /// and its tokens' service times, as far as the driver knows them.
    pub fn own_path(&mut self, path: Duration) {
        self.longest_own_path = self.longest_own_path.max(path);
    }

    /// A connect step gave up.
    pub fn connect_failed(&mut self, group: usize) {
        self.groups[group].connecting -= 1;
        self.groups[group].time_to_token.add_never(1);
    }

    /// A session did all its steps.
    pub fn succeeded(&mut self, group: usize) {
        self.groups[group].succeeded += 1;
    }

    /// A session came to its end before its script did.
    pub fn failed(&mut self, group: usize, kind: &str) {
        *self.groups[group]
            .by_failure
            .entry(kind.to_owned())
            .or_default() += 1;
    }

    /// The run has ended: the sessions that have not, out of so many in each group, have failed. A
    /// connect that was under way, or whose session had not started, never came. Returns whether
    /// there were such sessions.
    pub fn end(&mut self, sizes: impl IntoIterator<Item = u32>) -> bool {
        let mut any = false;
        for (group, size) in self.groups.iter_mut().zip(sizes) {
            let unfinished = u64::from(size) - group.succeeded - group.failed();
            if unfinished > 0 {
                any = true;
                group.by_failure.insert(UNFINISHED.to_owned(), unfinished);
                let unstarted = u64::from(size) - group.started;
                group.time_to_token.add_never(unstarted + group.connecting);
            }
        }
        any
    }

    fn retries(&mut self, index: u32) -> &mut RetryCount {
        let index = index.min(LAST_RETRY_INDEX);
        self.by_retry_index.entry(index).or_default()
    }

    /// Tokens received.
    #[must_use]
    pub fn granted(&self) -> u64 {
        self.groups.iter().map(|group| group.granted).sum()
    }

    /// How many sessions have come to their end, and how many of them failed.
    #[must_use]
    pub fn ended(&self) -> Ended {
        let failed = self.groups.iter().map(GroupRecord::failed).sum();
        let succeeded = self.groups.iter().map(|group| group.succeeded).sum();
        Ended { succeeded, failed }
    }
}

/// How many sessions have come to their end so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Those whose every step succeeded.
    pub succeeded: u64,
    /// The others.
    pub failed: u64,
}

impl GroupRecord {
    /// Sessions that failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.by_failure.values().sum()
    }

    fn count(&mut self, answer: Answer) {
        match answer {
            Answer::Granted => self.granted += 1,
            Answer::Refused(limiter) => self.refused.count(limiter),
            Answer::Status(_) | Answer::None => {}
        }
    }
}

impl Refusals {
    fn count(&mut self, limiter: Option<Limiter>) {
        match limiter {
            Some(Limiter::Rate) => self.rate += 1,
            Some(Limiter::Concurrency) => self.concurrency += 1,
            Some(Limiter::Penalty) => self.penalty += 1,
            None => self.unnamed += 1,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            rate: self.rate + other.rate,
            concurrency: self.concurrency + other.concurrency,
            penalty: self.penalty + other.penalty,
            unnamed: self.unnamed + other.unnamed,
        }
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.rate + self.concurrency + self.penalty + self.unnamed
    }
}

impl RetryCount {
    fn count(&mut self, answer: Answer) {
        match answer {
            Answer::Granted => self.granted += 1,
            Answer::Refused(_) => self.refused += 1,
            Answer::Status(_) | Answer::None => {}
        }
    }
}

impl Answer {
    fn status(self) -> String {
        match self {
            Self::Granted => "200".to_owned(),
            Self::Refused(_) => "429".to_owned(),
            Self::Status(status) => status.to_string(),
            Self::None => NO_ANSWER.to_owned(),
        }
    }
}

fn earliest(slot: &mut Option<Duration>, at: Duration) {
    *slot = Some(slot.map_or(at, |earlier| earlier.min(at)));
}

fn latest(slot: &mut Option<Duration>, at: Duration) {
    *slot = Some(slot.map_or(at, |later| later.max(at)));
}
