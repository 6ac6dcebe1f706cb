//! What is seen of requests: the one place through which a request gets into journal and metrics.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::RETRY_AFTER;
use hyper::body::Body;

use crate::guard::Flaw;
use crate::head::Head;
use crate::journal::{Entry, Fate, Journal, Outcome};
use crate::limit::Category;
use crate::metrics::Metrics;
use crate::reply::{Answer, TokenLife};
use crate::service::Service;
use crate::vm::Verdict;

/// Journal and metrics of one VM.
#[derive(Debug)]
pub(crate) struct Observer {
    journal: Mutex<Journal>,
    metrics: Metrics,
}

impl Observer {
    pub(crate) fn new(journal: Journal) -> Observer {
        Observer {
            journal: Mutex::new(journal),
            metrics: Metrics::new(),
        }
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}

/// One request being observed, from its arrival to its answer. Dropped before there is an answer, it
/// says that the client had gone: the server drops what nobody waits for.
pub(crate) struct Recording {
    service: Arc<Service>,
    seq: u64,
    category: Category,
    outcome: Outcome,
}

impl Recording {
    /// Puts a request that comes now into the journal.
    pub(crate) fn begin(service: Arc<Service>, connection: u64, head: &Head) -> Recording {
        let entry = Entry::arriving(connection, head);
        let category = entry.category;
        let mut journal = service.observer().journal();
        // The time is read under the lock, so that the journal is in the order of time.
        let seq = journal.open(service.now(), entry);
        drop(journal);
        Recording {
            service,
            seq,
            category,
            outcome: Outcome::default(),
        }
    }

    /// Notes what was decided.
    pub(crate) fn decided(&mut self, decided: &Result<Verdict, Flaw>) {
        let outcome = &mut self.outcome;
        match decided {
            Ok(Verdict::Admitted(admission)) => {
                outcome.verdict = Some(Fate::Admitted);
                outcome.service_time = Some(admission.service_time);
            }
            Ok(Verdict::Refused(refusal)) => {
                outcome.verdict = Some(Fate::Refused);
                outcome.limiter = Some(refusal.limiter);
            }
            Ok(Verdict::Rejected(rejection)) => reject(outcome, (*rejection).into()),
            Err(flaw) => reject(outcome, *flaw),
        }
        self.write();
    }

    /// Notes the answer, and that the request has ended with it.
    pub(crate) fn answered(mut self, answer: &Answer) {
        let outcome = &mut self.outcome;
        outcome.status = Some(answer.status().as_u16());
        outcome.retry_after = seconds(answer);
        outcome.body_bytes = answer.body().size_hint().exact();
        let life = answer.extensions().get::<TokenLife>();
        outcome.token_expires_in = life.map(|&TokenLife(life)| life);
    }

    /// Brings the journal up to date, unless the request is forgotten there.
    fn write(&self) {
        let mut journal = self.service.observer().journal();
        if let Some(entry) = journal.entry(self.seq) {
            entry.outcome.clone_from(&self.outcome);
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.outcome.client_gone = self.outcome.status.is_none();
        self.outcome.ended_at = Some(self.service.now());
        self.write();
        self.service
            .observer()
            .metrics()
            .count(self.category, &self.outcome);
    }
}

fn reject(outcome: &mut Outcome, flaw: Flaw) {
    outcome.verdict = Some(Fate::Rejected);
    outcome.reason = Some(format!("{flaw:?}"));
}

/// How long an answer tells its client to wait.
fn seconds(answer: &Answer) -> Option<Duration> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.parse().map(Duration::from_secs).ok()
}
