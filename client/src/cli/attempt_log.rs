//! Writes each attempt and wait to stderr as it happens, with its reason, and never a token.

use std::fmt::Write as _;
use std::time::Duration;

use imds_client::{Answer, Attempt, Observer, Outcome, RetryAfter, SharedCacheEvent};

use super::output::report;

/// Writes attempts and waits to stderr, if the user wants it.
pub(super) struct AttemptLog {
    verbose: bool,
    policy: String,
    attempt: u32,
}

impl AttemptLog {
    /// A log that writes nothing unless `verbose`.
    pub(super) fn new(verbose: bool, policy: &str) -> Self {
        Self {
            verbose,
            policy: policy.to_owned(),
            attempt: 0,
        }
    }

    fn write(&self, message: &str) {
        if self.verbose {
            report(message);
        }
    }
}

impl Observer for AttemptLog {
    fn sending(&mut self, attempt: u32) {
        self.attempt = attempt + 1;
    }

    fn answered(&mut self, attempt: &Attempt<'_>) {
        let took = attempt.ended.saturating_sub(attempt.started).as_secs_f64();
        let outcome = described(attempt);
        self.write(&format!(
            "attempt {} after {took:.3} s: {outcome}",
            self.attempt
        ));
    }

    fn queued(&mut self, waited: Duration) {
        let waited = waited.as_secs_f64();
        self.write(&format!("waited {waited:.3} s for its turn"));
    }

    fn shared_cache(&mut self, event: SharedCacheEvent) {
        self.write(match event {
            SharedCacheEvent::Waiting => {
                "shared cache: another process asks, or has been refused; waiting"
            }
            SharedCacheEvent::Token => "shared cache: there is a token",
            SharedCacheEvent::Failure => {
                "shared cache: another process has just been refused for good"
            }
        });
    }

    fn waiting(&mut self, wait: Duration) {
        let (next, policy) = (self.attempt + 1, &self.policy);
        let wait = wait.as_secs_f64();
        self.write(&format!(
            "waiting {wait:.3} s before attempt {next}, as policy {policy} says"
        ));
    }
}

fn described(attempt: &Attempt<'_>) -> String {
    match attempt.outcome {
        Outcome::Success => "200".to_owned(),
        Outcome::Malformed => "200, but it could not be read".to_owned(),
        Outcome::Transport(failure) => failure.to_string(),
        Outcome::Status {
            status,
            retry_after,
        } => refusal(*status, *retry_after, attempt),
    }
}

/// Such as `429 (invalid_request: Temporarily throttled), Retry-After 5.000 s`.
fn refusal(status: u16, retry_after: RetryAfter, attempt: &Attempt<'_>) -> String {
    let mut text = status.to_string();
    if let Some(error) = attempt.answer.and_then(Answer::service_error) {
        let _ = write!(text, " ({error})");
    }
    let asked = retry_after.milliseconds.or(retry_after.seconds);
    if let Some(wait) = asked.or(retry_after.date) {
        let _ = write!(text, ", Retry-After {:.3} s", wait.as_secs_f64());
    }
    text
}
