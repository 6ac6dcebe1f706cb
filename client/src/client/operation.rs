//! One operation: drives an [`Acquisition`] over a [`Transport`] until it succeeds or gives up.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it reads the clock and waits"
)]

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use tokio::time::{Instant, sleep, timeout};

use super::observer::{Attempt, Observer};
use crate::acquire::{Acquisition, Step};
use crate::advice::Advice;
use crate::error::OperationError;
use crate::outcome::{GaveUp, Outcome, TransportFailure};
use crate::policy::Policy;
use crate::transport::{Pass, Transport};
use crate::wire::{Answer, ImdsRequest, Request, Unreadable};

/// The longest that an attempt may take under a policy without `attempt_timeout`. (Ours: without it, a
/// client that is modelled without a timeout would wait for ever for a service that never answers.)
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

/// A shorter wait for a turn is not reported.
const NOTICEABLE: Duration = Duration::from_millis(1);

/// One operation in progress; its times count from its own start.
pub(super) struct Operation<'a, T, R> {
    transport: &'a T,
    request: &'a R,
    policy: Arc<Policy>,
    wire: Request,
    rng: ChaCha8Rng,
    start: Instant,
    acquisition: Acquisition,
    /// The time before its start, spent waiting for another process.
    spent: Duration,
    waited: Duration,
}

impl<'a, T: Transport, R: ImdsRequest> Operation<'a, T, R> {
    /// Begins now, for a caller that has already `spent` some of the time until the policy's deadline.
    /// All its attempts have the same request id.
    pub(super) fn begin(
        transport: &'a T,
        policy: Arc<Policy>,
        request: &'a R,
        spent: Duration,
        mut rng: ChaCha8Rng,
    ) -> Self {
        let policy = with_time_spent(policy, spent);
        let policy = with_attempt_timeout(policy, R::MIN_ATTEMPT_TIMEOUT);
        Self {
            transport,
            wire: request.to_wire(&mut rng),
            request,
            rng,
            start: Instant::now(),
            acquisition: Acquisition::begin(Arc::clone(&policy), Duration::ZERO),
            spent,
            waited: spent,
            policy,
        }
    }

    /// Sends attempts and waits until the acquisition ends.
    pub(super) async fn run(
        mut self,
        observer: &mut impl Observer,
    ) -> Result<R::Reply, OperationError> {
        let mut last = None;
        loop {
            let Some(pass) = self.pass(observer).await else {
                return Err(self.overdue(last));
            };
            let attempted = self.attempt(pass, observer).await;
            let Attempted { outcome, ended, .. } = &attempted;
            if self.is_final(outcome) {
                return Err(self.error(GaveUp::NotRetryable, attempted));
            }
            match self.acquisition.after(outcome, *ended, &mut self.rng) {
                Step::Done => return Ok(attempted.reply()),
                Step::Send => {}
                Step::WaitUntil(at) => self.wait(at.saturating_sub(*ended), observer).await,
                Step::Failed(gave_up) => return Err(self.error(gave_up, attempted)),
            }
            last = Some(attempted);
        }
    }

    async fn attempt(&self, pass: Pass, observer: &mut impl Observer) -> Attempted<R::Reply> {
        let index = self.acquisition.attempts() - 1;
        observer.sending(index);
        let started = self.start.elapsed();
        let received = self.exchange(started).await;
        drop(pass);
        let attempted = Attempted::of(self.request, received, self.start.elapsed());
        observer.answered(&Attempt {
            index,
            started,
            ended: attempted.ended,
            outcome: &attempted.outcome,
            answer: attempted.answer.as_ref(),
        });
        attempted
    }

    /// A pass to send; `None` if the policy's deadline comes first.
    async fn pass(&mut self, observer: &mut impl Observer) -> Option<Pass> {
        let began = Instant::now();
        let pass = self.transport.pass(&self.wire);
        let pass = match self.policy.deadline {
            None => Some(pass.await),
            Some(deadline) => {
                let left = deadline.saturating_sub(self.start.elapsed());
                if left.is_zero() {
                    return None;
                }
                timeout(left, pass).await.ok()
            }
        };
        let waited = began.elapsed();
        if waited >= NOTICEABLE {
            self.waited += waited;
            observer.queued(waited);
        }
        pass
    }

    /// Sends, and waits for the answer for as long as an attempt may take.
    async fn exchange(&self, started: Duration) -> Result<Answer, TransportFailure> {
        let limit = self.acquisition.attempt_limit(started);
        let limit = limit.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT.max(R::MIN_ATTEMPT_TIMEOUT));
        let probing = self.acquisition.is_probing();
        let probe = probing.then(|| self.wire.without_metadata());
        let request = probe.as_ref().unwrap_or(&self.wire);
        let received = timeout(limit, self.transport.send(request)).await;
        received.unwrap_or(Err(TransportFailure::Timeout))
    }

    async fn wait(&mut self, wait: Duration, observer: &mut impl Observer) {
        observer.waiting(wait);
        sleep(wait).await;
        self.waited += wait;
    }

    fn is_final(&self, outcome: &Outcome) -> bool {
        let of_request = !self.acquisition.is_probing();
        matches!(outcome, Outcome::Status { status, .. } if of_request && self.request.is_final(*status))
    }

    /// The time was over before the next attempt could be sent; `last` is the attempt before it.
    fn overdue(&self, last: Option<Attempted<R::Reply>>) -> OperationError {
        let last = last.unwrap_or_else(Attempted::nothing);
        OperationError {
            attempts: self.acquisition.attempts() - 1,
            elapsed: self.spent.saturating_add(self.start.elapsed()),
            ..self.error(GaveUp::TimeLimit, last)
        }
    }

    fn error(&self, gave_up: GaveUp, last: Attempted<R::Reply>) -> OperationError {
        OperationError {
            wanted: R::WANTED,
            policy: self.policy.name.clone(),
            gave_up,
            attempts: self.acquisition.attempts(),
            waited: self.waited,
            elapsed: self.spent.saturating_add(last.ended),
            outcome: last.outcome,
            service: last.answer.as_ref().and_then(Answer::service_error),
            answer: last.answer,
            unreadable: last.read.and_then(Result::err),
            advice: Advice::after(&last.outcome, self.is_final(&last.outcome)),
        }
    }
}

/// The policy, with so much less time until its deadline.
fn with_time_spent(policy: Arc<Policy>, spent: Duration) -> Arc<Policy> {
    match policy.deadline {
        Some(deadline) if !spent.is_zero() => Arc::new(Policy {
            deadline: Some(deadline.saturating_sub(spent)),
            ..Policy::clone(&policy)
        }),
        _ => policy,
    }
}

/// The policy, with at least so much time for an attempt.
fn with_attempt_timeout(policy: Arc<Policy>, least: Duration) -> Arc<Policy> {
    match policy.attempt_timeout {
        Some(limit) if limit < least => Arc::new(Policy {
            attempt_timeout: Some(least),
            ..Policy::clone(&policy)
        }),
        _ => policy,
    }
}

/// An attempt that has ended.
struct Attempted<R> {
    ended: Duration,
    outcome: Outcome,
    answer: Option<Answer>,
    /// The body of a 200, as it was read.
    read: Option<Result<R, Unreadable>>,
}

impl<R> Attempted<R> {
    /// No attempt was sent.
    fn nothing() -> Self {
        Self {
            ended: Duration::ZERO,
            outcome: Outcome::Transport(TransportFailure::Timeout),
            answer: None,
            read: None,
        }
    }

    fn of(
        request: &impl ImdsRequest<Reply = R>,
        received: Result<Answer, TransportFailure>,
        ended: Duration,
    ) -> Self {
        let (outcome, read) = match &received {
            Ok(answer) => answer.read(request),
            Err(failure) => (Outcome::Transport(*failure), None),
        };
        Self {
            ended,
            outcome,
            answer: received.ok(),
            read,
        }
    }

    fn reply(self) -> R {
        let reply = self.read.and_then(Result::ok);
        reply.expect("an acquisition is done only after an answer that could be read")
    }
}
