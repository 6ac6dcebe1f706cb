//! What is seen of the requests to Resource Manager: the one place through which one gets into its journal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::request::Parts;

use crate::model::limit::{Left, Limiter};
use crate::model::resource_manager::{self, CustomVerdict, Refusal, Verdict};
use crate::observe::journal::reading::Reading;
use crate::observe::journal::{Fate, Filter, Forgotten, Journal, Outcome, StubCounts, StubEntry};
use crate::observe::stub_metrics::StubMetrics;
use crate::wire::redact;
use crate::wire::reply::Answer;

/// Journal and counts of the stub.
pub(crate) struct StubObserver {
    clock: Clock,
    journal: Mutex<Journal<StubEntry>>,
    /// Never locked while the journal is.
    counts: Mutex<StubCounts>,
    metrics: StubMetrics,
}

/// The time since the run's start.
type Clock = Box<dyn Fn() -> Duration + Send + Sync>;

impl StubObserver {
    /// `clock` returns the time since the run's start.
    pub(crate) fn new(
        journal: Journal<StubEntry>,
        clock: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> StubObserver {
        StubObserver {
            clock: Box::new(clock),
            journal: Mutex::new(journal),
            counts: Mutex::default(),
            metrics: StubMetrics::new(),
        }
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal<StubEntry>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn counts(&self) -> MutexGuard<'_, StubCounts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn metrics(&self) -> &StubMetrics {
        &self.metrics
    }

    /// The requests that pass the filter, oldest first. The journal is locked for a page at a time.
    pub(crate) fn entries(&self, filter: Filter) -> Vec<Arc<StubEntry>> {
        let mut reading = Reading::begin(&self.journal(), filter);
        let pages = std::iter::from_fn(|| reading.page(&self.journal()));
        pages.flatten().collect()
    }

    /// Keeps so many requests from now on. The caller drops what is forgotten, without a lock.
    pub(crate) fn resize(&self, entries: usize) -> Forgotten<StubEntry> {
        self.journal().resize(entries)
    }

    /// Empties the journal and forgets the counts. The caller drops what was in it, without a lock.
    pub(crate) fn reset(&self) -> Forgotten<StubEntry> {
        *self.counts() = StubCounts::default();
        self.journal().clear()
    }
}

/// One request being observed, from its arrival to its answer. Dropped before there is an answer, it
/// records that the client has closed its connection.
pub(crate) struct StubRecording {
    observer: Arc<StubObserver>,
    /// Its copy here is what the journal is brought up to date with.
    entry: StubEntry,
    seq: u64,
}

impl StubRecording {
    /// Puts a request that comes now into the journal.
    pub(crate) fn begin(
        observer: Arc<StubObserver>,
        connection: u64,
        parts: &Parts,
    ) -> StubRecording {
        StubRecording::of(observer, StubEntry::arriving(connection, parts))
    }

    /// Puts a request that cannot be read into the journal, with the status of its answer if it got one.
    pub(crate) fn unreadable(
        observer: Arc<StubObserver>,
        entry: StubEntry,
        status: Option<u16>,
        reason: String,
    ) {
        let mut recording = StubRecording::of(observer, entry);
        let outcome = &mut recording.entry.outcome;
        outcome.verdict = Some(Fate::Unreadable);
        outcome.reason = Some(reason);
        outcome.status = status;
        outcome.body_bytes = status.map(|_| 0);
    }

    fn of(observer: Arc<StubObserver>, entry: StubEntry) -> StubRecording {
        let mut journal = observer.journal();
        // The time is read under the lock, so that the journal is in the order of time.
        let seq = journal.open((observer.clock)(), entry.clone());
        drop(journal);
        StubRecording {
            observer,
            entry,
            seq,
        }
    }

    /// Notes what the request asks for, and for which client.
    pub(crate) fn asks(
        &mut self,
        operation: &'static str,
        subscription_id: Option<&str>,
        client_id: Option<&str>,
    ) {
        self.entry.operation = Some(operation);
        self.entry.subscription_id = subscription_id.map(redact::word);
        self.entry.client_id = client_id.map(redact::word);
    }

    /// Notes what was decided.
    pub(crate) fn decided(&mut self, verdict: &Verdict) {
        self.spent(verdict.left);
        match &verdict.outcome {
            Ok(_) => self.admitted(verdict.service_time),
            Err(refusal) => self.refused(refusal),
        }
        self.write();
    }

    /// Notes what was decided by an answer of the user's own; the reason names it.
    pub(crate) fn decided_custom(&mut self, verdict: &CustomVerdict) {
        self.spent(verdict.left);
        match &verdict.outcome {
            Ok(answer) => {
                self.admitted(verdict.service_time);
                self.entry.outcome.reason = Some(redact::word(&answer.name));
            }
            Err(refusal) => self.refused(refusal),
        }
        self.write();
    }

    fn spent(&mut self, left: Option<resource_manager::Left>) {
        self.entry.outcome.left = left.map(|left| Left {
            requests: Some(left.own),
            slots: None,
        });
    }

    fn refused(&mut self, refusal: &Refusal) {
        self.rejected(refusal.code());
        if let Refusal::Throttled { .. } = refusal {
            self.entry.outcome.verdict = Some(Fate::Refused);
            self.entry.outcome.limiter = Some(Limiter::Rate);
        }
    }

    /// Notes that the request is being served.
    pub(crate) fn admitted(&mut self, service_time: Duration) {
        self.entry.outcome.verdict = Some(Fate::Admitted);
        self.entry.outcome.service_time = Some(service_time);
    }

    /// Notes that the request is faulty, by Azure's code.
    pub(crate) fn rejected(&mut self, code: &str) {
        self.entry.outcome.verdict = Some(Fate::Rejected);
        self.entry.outcome.reason = Some(code.to_owned());
    }

    /// Notes that the stub does not serve such requests.
    pub(crate) fn unmatched(&self) {
        self.observer.counts().unmatched(&self.entry);
    }

    /// Notes the answer, and that the request has ended with it.
    pub(crate) fn answered(mut self, answer: &Answer) {
        self.entry.outcome.answered(answer);
    }

    /// Brings the journal up to date, unless the request is forgotten there.
    fn write(&self) {
        let StubEntry {
            operation,
            subscription_id,
            client_id,
            outcome,
            ..
        } = &self.entry;
        let mut journal = self.observer.journal();
        if let Some(kept) = journal.entry(self.seq) {
            kept.operation = *operation;
            kept.subscription_id.clone_from(subscription_id);
            kept.client_id.clone_from(client_id);
            kept.outcome.clone_from(outcome);
        }
    }
}

impl Drop for StubRecording {
    fn drop(&mut self) {
        let Outcome { status, .. } = self.entry.outcome;
        self.entry.outcome.client_gone = status.is_none();
        self.entry.outcome.ended_at = Some((self.observer.clock)());
        self.write();
        self.observer.metrics.count(&self.entry.outcome);
        self.observer.counts().count(&self.entry);
    }
}
