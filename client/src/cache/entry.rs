//! The state of one token in memory, and what to do when it is requested. It is given the time.

use std::sync::Arc;
use std::time::Duration;

use super::cached_token::CachedToken;
use super::life::{Life, refresh_pause};
use super::no_token::NoToken;
use crate::error::OperationError;
use crate::wire::Token;

/// One token: the stored one, and the failure that came after it.
///
/// A simulation keeps tokens and failures of its own in it.
#[derive(Debug)]
pub struct Entry<T = Arc<Token>, E = Arc<OperationError>> {
    stored: Option<Stored<T>>,
    failed: Option<Failed<E>>,
}

/// What to do for a caller.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision<T = Arc<Token>, E = Arc<OperationError>> {
    /// Hand this out.
    Serve(CachedToken<T>),
    /// Hand this out, and ask for the next one meanwhile.
    Refresh(CachedToken<T>),
    /// Ask, or wait for the request in progress.
    Ask,
    /// It has failed just now: return the same failure.
    Refuse(NoToken<E>),
}

impl<T, E> Default for Entry<T, E> {
    /// Nothing is known yet.
    fn default() -> Self {
        Self {
            stored: None,
            failed: None,
        }
    }
}

impl<T: Clone, E: Clone> Entry<T, E> {
    /// What to do at `now`; `asked` if a request to the source is in progress for this token.
    #[must_use]
    pub fn decide(&self, now: Duration, asked: bool) -> Decision<T, E> {
        let usable = self
            .stored
            .as_ref()
            .filter(|stored| now < stored.life.usable_until);
        match (usable, &self.failed) {
            (Some(stored), failed) => {
                let paused = failed
                    .as_ref()
                    .is_some_and(|failed| now < failed.refresh_after(stored));
                if asked || paused || now < stored.life.refresh_at {
                    Decision::Serve(stored.cached(now))
                } else {
                    Decision::Refresh(stored.cached(now))
                }
            }
            (None, Some(failed)) if !asked && now < failed.until() => {
                Decision::Refuse(failed.left(now))
            }
            (None, _) => Decision::Ask,
        }
    }

    /// A token was received; one of unknown life is returned, but not stored.
    pub fn granted(&mut self, token: T, life: Option<Life>, now: Duration) -> CachedToken<T> {
        self.failed = None;
        self.stored = life.map(|life| Stored {
            token: token.clone(),
            life,
        });
        let expires_in = life.map(|life| life.expires_at.saturating_sub(now));
        CachedToken { token, expires_in }
    }

    /// No token was received. A stored token stays.
    pub fn failed(&mut self, failure: NoToken<E>, now: Duration) -> NoToken<E> {
        self.failed = Some(Failed {
            at: now,
            failure: failure.clone(),
        });
        failure
    }
}

#[derive(Debug)]
struct Stored<T> {
    token: T,
    life: Life,
}

impl<T: Clone> Stored<T> {
    fn cached(&self, now: Duration) -> CachedToken<T> {
        CachedToken {
            token: self.token.clone(),
            expires_in: Some(self.life.expires_at.saturating_sub(now)),
        }
    }
}

#[derive(Debug)]
struct Failed<E> {
    at: Duration,
    failure: NoToken<E>,
}

impl<E: Clone> Failed<E> {
    /// Until when the source is not asked again.
    fn until(&self) -> Duration {
        self.at.saturating_add(self.failure.again_in)
    }

    /// The same for a refresh, which is not urgent.
    fn refresh_after<T>(&self, stored: &Stored<T>) -> Duration {
        let pause = refresh_pause(stored.life.expires_at.saturating_sub(self.at));
        self.at.saturating_add(pause.max(self.failure.again_in))
    }

    fn left(&self, now: Duration) -> NoToken<E> {
        NoToken {
            again_in: self.until().saturating_sub(now),
            ..self.failure.clone()
        }
    }
}

#[cfg(test)]
mod tests;
