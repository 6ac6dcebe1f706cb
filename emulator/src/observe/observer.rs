//! What is seen of requests: the one place through which a request gets into journal and metrics.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::fault::{Comeback, Effect};
use crate::model::limit::{Category, Left};
use crate::model::vm::{Admission, Refusal};
use crate::observe::journal::reading::Reading;
use crate::observe::journal::{Entry, Fate, Filter, Journal, Outcome};
use crate::observe::metrics::Metrics;
use crate::observe::verify::{Report, verify};
use crate::wire::head::Head;
use crate::wire::protocol::Failure;
use crate::wire::reply::Answer;

/// Journal and metrics of one VM.
pub(crate) struct Observer {
    clock: Clock,
    journal: Mutex<Journal>,
    metrics: Metrics,
}

/// The time since the run's start.
type Clock = Box<dyn Fn() -> Duration + Send + Sync>;

impl Observer {
    /// `vm` is the VM's name; `clock` returns the time since the run's start.
    pub(crate) fn new(
        vm: &str,
        journal: Journal,
        clock: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Observer {
        Observer {
            clock: Box::new(clock),
            journal: Mutex::new(journal),
            metrics: Metrics::new(vm),
        }
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The requests that pass the filter, oldest first. The journal is locked for a page at a time.
    pub(crate) fn entries(&self, filter: Filter) -> Vec<Arc<Entry>> {
        let mut reading = Reading::begin(&self.journal(), filter);
        let pages = std::iter::from_fn(|| reading.page(&self.journal()));
        pages.flatten().collect()
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The verification of the clients, as far as the journal goes.
    pub(crate) fn verify(&self) -> Report {
        let report = verify(&self.entries(Filter::ALL));
        // Read afterwards: what is forgotten while the journal is read is missing, too.
        report.of_the_latest(self.journal().forgotten())
    }
}

/// One request being observed, from its arrival to its answer. Dropped before there is an answer, it
/// records that the client has closed its connection: the server drops the requests of closed connections.
pub(crate) struct Recording {
    observer: Arc<Observer>,
    seq: u64,
    category: Category,
    outcome: Outcome,
    /// How long the token that the answer is to hold is good for.
    token_life: Option<Duration>,
}

impl Recording {
    /// Puts a request that comes now into the journal.
    pub(crate) fn begin(observer: Arc<Observer>, connection: u64, head: &Head) -> Recording {
        Recording::of(observer, Entry::arriving(connection, head))
    }

    /// Puts a request that cannot be read into the journal, with the status of its answer if it got one.
    pub(crate) fn unreadable(
        observer: Arc<Observer>,
        entry: Entry,
        status: Option<u16>,
        reason: String,
    ) {
        let mut recording = Recording::of(observer, entry);
        recording.outcome.verdict = Some(Fate::Unreadable);
        recording.outcome.reason = Some(reason);
        recording.outcome.status = status;
        recording.outcome.body_bytes = status.map(|_| 0);
    }

    fn of(observer: Arc<Observer>, entry: Entry) -> Recording {
        let category = entry.category;
        let mut journal = observer.journal();
        // The time is read under the lock, so that the journal is in the order of time.
        let seq = journal.open((observer.clock)(), entry);
        drop(journal);
        Recording {
            observer,
            seq,
            category,
            outcome: Outcome::default(),
            token_life: None,
        }
    }

    /// Notes that the request is being served.
    pub(crate) fn admitted(&mut self, admission: &Admission) {
        self.outcome.verdict = Some(Fate::Admitted);
        self.outcome.service_time = Some(admission.service_time);
        self.outcome.left = admission.left;
        self.write();
    }

    /// Notes that the request waits for a slot: it is served, or refused, later.
    pub(crate) fn queued(&mut self) {
        self.outcome.verdict = Some(Fate::Admitted);
        self.write();
    }

    /// Notes why the request is not served.
    pub(crate) fn failed(&mut self, failure: &Failure) {
        match failure {
            Failure::Refused(refusal) => self.refuse(*refusal),
            Failure::Flaw(flaw) => self.reject(format!("{flaw:?}")),
            _ => self.reject(format!("{failure:?}")),
        }
        self.write();
    }

    /// Notes that a fault takes the place of the service.
    pub(crate) fn faulted(&mut self, effect: &Effect) {
        self.outcome.verdict = Some(Fate::Faulted);
        // A date would have to be read again.
        let comeback = effect.answer().and_then(|answer| answer.comeback);
        self.outcome.retry_after = comeback.map(Comeback::wait);
        self.outcome.reason = Some(effect.to_string());
        self.write();
    }

    /// Notes with what it was admitted in the end: after a queue, or slowed down by a fault; and how
    /// long its token is good for, if it gets one.
    pub(crate) fn served(
        &mut self,
        service_time: Duration,
        left: Option<Left>,
        token_life: Option<Duration>,
    ) {
        self.token_life = token_life;
        self.outcome.verdict = Some(Fate::Admitted);
        self.outcome.service_time = Some(service_time);
        self.outcome.left = left;
    }

    /// Notes the fault that slows the request down or damages its answer, if one does.
    pub(crate) fn afflicted(&mut self, effect: Option<&Effect>) {
        self.outcome.reason = effect.map(Effect::to_string);
        if effect.is_some_and(Effect::spoils_answer) {
            self.token_life = None;
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.outcome.verdict = Some(Fate::Refused);
        self.outcome.limiter = Some(refusal.limiter);
        self.outcome.left = Some(refusal.left);
    }

    fn reject(&mut self, reason: String) {
        self.outcome.verdict = Some(Fate::Rejected);
        self.outcome.reason = Some(reason);
    }

    /// Notes the answer, and that the request has ended with it.
    pub(crate) fn answered(mut self, answer: &Answer) {
        self.outcome.answered(answer);
        self.outcome.token_expires_in = self.token_life;
    }

    /// Brings the journal up to date, unless the request is forgotten there.
    fn write(&self) {
        let mut journal = self.observer.journal();
        if let Some(entry) = journal.entry(self.seq) {
            entry.outcome.clone_from(&self.outcome);
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let verdict = self.outcome.verdict;
        let broken_off = matches!(verdict, Some(Fate::Faulted | Fate::Unreadable));
        self.outcome.client_gone = self.outcome.status.is_none() && !broken_off;
        self.outcome.ended_at = Some((self.observer.clock)());
        self.write();
        let metrics = &self.observer.metrics;
        metrics.count(self.category, &self.outcome);
    }
}
