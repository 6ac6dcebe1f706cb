//! One operation: drives an [`Acquisition`] over a [`Transport`] until there is a token or an end.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it reads the clock and waits"
)]

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use tokio::time::{Instant, sleep, timeout};

use super::{Attempt, Observer};
use crate::acquire::{Acquisition, GaveUp, Outcome, Step, TransportFailure};
use crate::error::TokenError;
use crate::policy::Policy;
use crate::transport::Transport;
use crate::wire::{Answer, Request, Token, TokenRequest};

/// The longest an attempt may take under a policy that sets no `attempt_timeout`. (Ours: a client
/// that is modelled without a timeout would hang for ever where the service never answers.)
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

/// One operation under way; its times count from its own start.
pub(super) struct Operation<'a, T> {
    transport: &'a T,
    policy: Arc<Policy>,
    request: Request,
    rng: ChaCha8Rng,
    start: Instant,
    acquisition: Acquisition,
    waited: Duration,
}

impl<'a, T: Transport> Operation<'a, T> {
    /// Begins now. All its attempts carry the same request id.
    pub(super) fn begin(
        transport: &'a T,
        policy: Arc<Policy>,
        request: &TokenRequest,
        mut rng: ChaCha8Rng,
    ) -> Self {
        Self {
            transport,
            request: request.to_wire(&mut rng),
            rng,
            start: Instant::now(),
            acquisition: Acquisition::begin(Arc::clone(&policy), Duration::ZERO),
            waited: Duration::ZERO,
            policy,
        }
    }

    /// Attempts and waits until the acquisition ends.
    pub(super) async fn run(mut self, observer: &mut impl Observer) -> Result<Token, TokenError> {
        loop {
            let attempted = self.attempt(observer).await;
            let Attempted { outcome, ended, .. } = &attempted;
            match self.acquisition.after(outcome, *ended, &mut self.rng) {
                Step::Done => return Ok(attempted.token()),
                Step::Send => {}
                Step::WaitUntil(at) => self.wait(at.saturating_sub(*ended), observer).await,
                Step::Failed(gave_up) => return Err(self.error(gave_up, &attempted)),
            }
        }
    }

    async fn attempt(&self, observer: &mut impl Observer) -> Attempted {
        let index = self.acquisition.attempts() - 1;
        observer.sending(index);
        let started = self.start.elapsed();
        let limit = self.acquisition.attempt_limit(started);
        let limit = limit.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT);
        let received = timeout(limit, self.transport.send(&self.request)).await;
        let ended = self.start.elapsed();
        let attempted = Attempted::of(received.unwrap_or(Err(TransportFailure::Timeout)), ended);
        let (outcome, answer) = (&attempted.outcome, attempted.answer.as_ref());
        observer.answered(&Attempt {
            index,
            started,
            ended,
            outcome,
            answer,
        });
        attempted
    }

    async fn wait(&mut self, wait: Duration, observer: &mut impl Observer) {
        observer.waiting(wait);
        sleep(wait).await;
        self.waited += wait;
    }

    fn error(&self, gave_up: GaveUp, last: &Attempted) -> TokenError {
        TokenError {
            policy: self.policy.name.clone(),
            gave_up,
            attempts: self.acquisition.attempts(),
            waited: self.waited,
            elapsed: last.ended,
            outcome: last.outcome,
            service: last.answer.as_ref().and_then(Answer::service_error),
        }
    }
}

/// An attempt that has ended.
struct Attempted {
    ended: Duration,
    outcome: Outcome,
    answer: Option<Answer>,
}

impl Attempted {
    fn of(received: Result<Answer, TransportFailure>, ended: Duration) -> Self {
        match received {
            Ok(answer) => Self {
                ended,
                outcome: answer.outcome(),
                answer: Some(answer),
            },
            Err(failure) => Self {
                ended,
                outcome: Outcome::Transport(failure),
                answer: None,
            },
        }
    }

    fn token(&self) -> Token {
        let token = self.answer.as_ref().and_then(Answer::token);
        token.expect("an acquisition is done only after an answer with a token")
    }
}
