//! One acquisition of a token: what to do after each attempt.
//!
//! A plain value without clock, randomness or I/O of its own, so that the async client and a simulation
//! in virtual time make the same decisions.

mod progress;

use std::mem;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

pub use crate::outcome::{GaveUp, Outcome, RetryAfter, TransportFailure};

use crate::policy::Policy;
use progress::Progress;

/// The state of one acquisition under a [`Policy`].
///
/// All times, given and returned, count from the same start, which the caller chooses. The policy is shared, or
/// borrowed by a caller that makes many acquisitions.
#[derive(Debug, Clone)]
pub struct Acquisition<P = Arc<Policy>> {
    policy: P,
    began: Duration,
    attempts: u32,
    /// The attempt in flight, or to be sent first, is the policy's probe.
    probing: bool,
    /// That of the innermost layer of the policy, if it has any.
    innermost: Progress,
    /// Those of the layers around it, from inside to outside.
    outer: Vec<Progress>,
}

impl<P: Deref<Target = Policy>> Acquisition<P> {
    /// Begins at `now`; the caller sends the first attempt at once.
    #[must_use]
    pub fn begin(policy: P, now: Duration) -> Self {
        let mut outer = Vec::new();
        outer.resize(policy.layers.len().saturating_sub(1), Progress::default());
        Self {
            probing: policy.probe.is_some(),
            policy,
            began: now,
            attempts: 1,
            innermost: Progress::default(),
            outer,
        }
    }

    /// What to do after an attempt ended at `now` with `outcome`.
    ///
    /// [`Step::Done`] and [`Step::Failed`] are final: the caller makes no further call.
    pub fn after(&mut self, outcome: &Outcome, now: Duration, rng: &mut dyn Rng) -> Step {
        if *outcome == Outcome::Success {
            return Step::Done;
        }
        match self.next_attempt(outcome, now, rng) {
            Err(reason) => Step::Failed(reason),
            Ok(at) => {
                self.attempts += 1;
                if at > now {
                    Step::WaitUntil(at)
                } else {
                    Step::Send
                }
            }
        }
    }

    /// Attempts so far, including the one decided last; 1 at the beginning.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether the attempt in flight, or to be sent first, is the policy's [`Probe`]: a request without the
    /// header `Metadata`.
    ///
    /// [`Probe`]: crate::policy::Probe
    #[must_use]
    pub fn is_probing(&self) -> bool {
        self.probing
    }

    /// How long an attempt that is sent at `now` may take: the policy's `attempt_timeout`, or the probe's
    /// `timeout`, or what is left until its `deadline` if that is less; `None` if it sets none of them.
    #[must_use]
    pub fn attempt_limit(&self, now: Duration) -> Option<Duration> {
        let left = self
            .policy
            .deadline
            .map(|deadline| deadline.saturating_sub(self.elapsed(now)));
        let probe = self.policy.probe.as_ref().filter(|_| self.probing);
        let probe = probe.and_then(|probe| probe.timeout);
        let limit = probe.or(self.policy.attempt_timeout);
        left.into_iter().chain(limit).min()
    }

    /// When the next attempt is due. The innermost layer that may still retry decides.
    fn next_attempt(
        &mut self,
        outcome: &Outcome,
        now: Duration,
        rng: &mut dyn Rng,
    ) -> Result<Duration, GaveUp> {
        if mem::take(&mut self.probing) {
            return self.after_probe(outcome, now);
        }
        let elapsed = self.elapsed(now);
        let mut reason = GaveUp::NotRetryable;
        for (depth, layer) in self.policy.layers.iter().enumerate() {
            let progress = match depth {
                0 => &mut self.innermost,
                _ => &mut self.outer[depth - 1],
            };
            match progress.retry(layer, outcome, now, elapsed, rng) {
                Ok(wait) => return self.due(depth, now.saturating_add(wait)),
                Err(GaveUp::NotRetryable) => {}
                Err(refusal) => reason = refusal,
            }
        }
        Err(reason)
    }

    /// The first attempt is due at once after a probe that lets it go on.
    fn after_probe(&mut self, outcome: &Outcome, now: Duration) -> Result<Duration, GaveUp> {
        let probe = self.policy.probe.as_ref();
        match (probe, outcome) {
            (Some(probe), Outcome::Status { status, .. }) if probe.passes(*status) => {
                self.due(0, now)
            }
            _ => Err(GaveUp::NotRetryable),
        }
    }

    /// Accepts a retry of the layer at `depth`, and resets the layers inside it.
    fn due(&mut self, depth: usize, at: Duration) -> Result<Duration, GaveUp> {
        if self
            .policy
            .deadline
            .is_some_and(|deadline| self.elapsed(at) >= deadline)
        {
            return Err(GaveUp::TimeLimit);
        }
        if self
            .policy
            .max_attempts
            .is_some_and(|most| self.attempts >= most)
        {
            return Err(GaveUp::RetriesExhausted);
        }
        if depth > 0 {
            self.innermost = Progress::default();
            self.outer[..depth - 1].fill(Progress::default());
        }
        Ok(at)
    }

    fn elapsed(&self, now: Duration) -> Duration {
        now.saturating_sub(self.began)
    }
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Send the next attempt at once.
    Send,
    /// Send the next attempt at this time, which is later than now.
    WaitUntil(Duration),
    /// The attempt succeeded.
    Done,
    /// No further attempt.
    Failed(GaveUp),
}

#[cfg(test)]
mod tests;
