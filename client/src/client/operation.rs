//! One operation: drives an [`Acquisition`] over a [`Transport`] until there is an answer or an end.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it reads the clock and waits"
)]

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Attempt, Observer};
use crate::acquire::{Acquisition, GaveUp, Outcome, Step, TransportFailure};
use crate::advice::Advice;
use crate::error::OperationError;
use crate::policy::Policy;
use crate::transport::{Pass, Transport};
use crate::wire::{Answer, Ask, Request, Unreadable};

/// The longest an attempt may take under a policy that sets no `attempt_timeout`. (Ours: a client
/// that is modelled without a timeout would hang for ever where the service never answers.)
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

/// One operation under way; its times count from its own start.
pub(super) struct Operation<'a, T, A> {
    transport: &'a T,
    ask: &'a A,
    policy: Arc<Policy>,
    request: Request,
    rng: ChaCha8Rng,
    start: Instant,
    acquisition: Acquisition,
    waited: Duration,
}

impl<'a, T: Transport, A: Ask> Operation<'a, T, A> {
    /// Begins now. All its attempts carry the same request id.
    pub(super) fn begin(
        transport: &'a T,
        policy: Arc<Policy>,
        ask: &'a A,
        mut rng: ChaCha8Rng,
    ) -> Self {
        let policy = patient(policy, A::PATIENCE);
        Self {
            transport,
            request: ask.to_wire(&mut rng),
            ask,
            rng,
            start: Instant::now(),
            acquisition: Acquisition::begin(Arc::clone(&policy), Duration::ZERO),
            waited: Duration::ZERO,
            policy,
        }
    }

    /// Attempts and waits until the acquisition ends.
    pub(super) async fn run(
        mut self,
        observer: &mut impl Observer,
    ) -> Result<A::Reply, OperationError> {
        loop {
            let attempted = self.attempt(observer).await;
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
        }
    }

    async fn attempt(&self, observer: &mut impl Observer) -> Attempted<A::Reply> {
        let index = self.acquisition.attempts() - 1;
        let pass = self.pass().await;
        observer.sending(index);
        let started = self.start.elapsed();
        let received = match pass {
            Some(_held) => self.exchange(started).await,
            None => Err(TransportFailure::Timeout),
        };
        let attempted = Attempted::of(self.ask, received, self.start.elapsed());
        observer.answered(&Attempt {
            index,
            started,
            ended: attempted.ended,
            outcome: &attempted.outcome,
            answer: attempted.answer.as_ref(),
        });
        attempted
    }

    /// Leave to send; `None` if the policy's deadline comes before it.
    async fn pass(&self) -> Option<Pass> {
        let pass = self.transport.pass(&self.request);
        match self.policy.deadline {
            None => Some(pass.await),
            Some(deadline) => timeout_at(self.start + deadline, pass).await.ok(),
        }
    }

    /// Sends, and waits for the answer as long as an attempt may take.
    async fn exchange(&self, started: Duration) -> Result<Answer, TransportFailure> {
        let limit = self.acquisition.attempt_limit(started);
        let limit = limit.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT.max(A::PATIENCE));
        let received = timeout(limit, self.transport.send(&self.request)).await;
        received.unwrap_or(Err(TransportFailure::Timeout))
    }

    async fn wait(&mut self, wait: Duration, observer: &mut impl Observer) {
        observer.waiting(wait);
        sleep(wait).await;
        self.waited += wait;
    }

    fn is_final(&self, outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Status { status, .. } if self.ask.is_final(*status))
    }

    fn error(&self, gave_up: GaveUp, last: Attempted<A::Reply>) -> OperationError {
        OperationError {
            wanted: A::WANTED,
            policy: self.policy.name.clone(),
            gave_up,
            attempts: self.acquisition.attempts(),
            waited: self.waited,
            elapsed: last.ended,
            outcome: last.outcome,
            service: last.answer.as_ref().and_then(Answer::service_error),
            answer: last.answer,
            unreadable: last.read.and_then(Result::err),
            advice: Advice::after(&last.outcome, self.is_final(&last.outcome)),
        }
    }
}

/// The policy, with at least so much time for an attempt.
fn patient(policy: Arc<Policy>, patience: Duration) -> Arc<Policy> {
    match policy.attempt_timeout {
        Some(limit) if limit < patience => Arc::new(Policy {
            attempt_timeout: Some(patience),
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
    /// What a 200 was read as.
    read: Option<Result<R, Unreadable>>,
}

impl<R> Attempted<R> {
    fn of<A: Ask<Reply = R>>(
        ask: &A,
        received: Result<Answer, TransportFailure>,
        ended: Duration,
    ) -> Self {
        let (outcome, read) = match &received {
            Ok(answer) => answer.read(ask),
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
