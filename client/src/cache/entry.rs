//! The state of one token in memory, and what to do when it is requested. It is given the time.

use std::sync::Arc;
use std::time::Duration;

use super::cached_token::CachedToken;
use super::life::{Life, refresh_pause};
use super::no_token::NoToken;
use crate::wire::Token;

/// One token: the stored one, and the failure that came after it.
#[derive(Debug, Default)]
pub(super) struct Entry {
    stored: Option<Stored>,
    failed: Option<Failed>,
}

/// What to do for a caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Hand this out.
    Serve(CachedToken),
    /// Hand this out, and ask for the next one meanwhile.
    Refresh(CachedToken),
    /// Ask, or wait for the request in progress.
    Ask,
    /// It has failed just now: return the same failure.
    Refuse(NoToken),
}

impl Entry {
    /// What to do at `now`; `asked` if a request to the source is in progress for this token.
    pub(super) fn decide(&self, now: Duration, asked: bool) -> Decision {
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
    pub(super) fn granted(
        &mut self,
        token: Arc<Token>,
        life: Option<Life>,
        now: Duration,
    ) -> CachedToken {
        self.failed = None;
        self.stored = life.map(|life| Stored {
            token: Arc::clone(&token),
            life,
        });
        let expires_in = life.map(|life| life.expires_at.saturating_sub(now));
        CachedToken { token, expires_in }
    }

    /// No token was received. A stored token stays.
    pub(super) fn failed(&mut self, failure: NoToken, now: Duration) -> NoToken {
        self.failed = Some(Failed {
            at: now,
            failure: failure.clone(),
        });
        failure
    }
}

#[derive(Debug)]
struct Stored {
    token: Arc<Token>,
    life: Life,
}

impl Stored {
    fn cached(&self, now: Duration) -> CachedToken {
        CachedToken {
            token: Arc::clone(&self.token),
            expires_in: Some(self.life.expires_at.saturating_sub(now)),
        }
    }
}

#[derive(Debug)]
struct Failed {
    at: Duration,
    failure: NoToken,
}

impl Failed {
    /// Until when the source is not asked again.
    fn until(&self) -> Duration {
        self.at.saturating_add(self.failure.again_in)
    }

    /// The same for a refresh, which is not urgent.
    fn refresh_after(&self, stored: &Stored) -> Duration {
        let pause = refresh_pause(stored.life.expires_at.saturating_sub(self.at));
        self.at.saturating_add(pause.max(self.failure.again_in))
    }

    fn left(&self, now: Duration) -> NoToken {
        NoToken {
            again_in: self.until().saturating_sub(now),
            ..self.failure.clone()
        }
    }
}

#[cfg(test)]
mod tests;
