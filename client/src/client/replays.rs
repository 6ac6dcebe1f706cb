//! The failures that a client answers again, in real time.
#![expect(clippy::disallowed_methods, reason = "a driver: it reads the clock")]

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::error::OperationError;
use crate::outcome::GaveUp;
use crate::policy::Policy;
use crate::wire::TokenQuery;

/// The most failures that are kept. Beyond it, the one that ends first is removed.
const MOST: usize = 256;

/// Kept failures by the keys of their requests, each with its end.
#[derive(Debug, Default)]
pub(super) struct Replays {
    kept: Mutex<BTreeMap<String, (Instant, OperationError)>>,
}

impl Replays {
    /// The failure to answer again now, if there is one.
    pub(super) fn of(&self, request: &impl TokenQuery) -> Option<OperationError> {
        let kept = self.kept();
        let (until, error) = kept.get(&request.key())?;
        (Instant::now() < *until).then(|| error.clone())
    }

    /// Keeps the failure if the policy has it so, and removes those that have ended.
    pub(super) fn keep(&self, policy: &Policy, request: &impl TokenQuery, error: &OperationError) {
        let kept_for = policy
            .replay
            .as_ref()
            .and_then(|replay| replay.keeps(&error.outcome));
        let Some(time) = kept_for else { return };
        let now = Instant::now();
        let mut kept = self.kept();
        kept.retain(|_, (until, _)| now < *until);
        if kept.len() >= MOST {
            let first = kept.iter().min_by_key(|(_, (until, _))| *until);
            let first = first.map(|(key, _)| key.clone());
            first.and_then(|key| kept.remove(&key));
        }
        kept.insert(request.key(), (now + time, replayed(error)));
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, (Instant, OperationError)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same failure, for an operation that sent nothing.
fn replayed(error: &OperationError) -> OperationError {
    OperationError {
        gave_up: GaveUp::Replayed,
        attempts: 0,
        waited: std::time::Duration::ZERO,
        elapsed: std::time::Duration::ZERO,
        ..error.clone()
    }
}
