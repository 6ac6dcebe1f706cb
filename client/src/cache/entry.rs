//! What is known of one token, and what to do when it is asked for. It is given the time.

use std::sync::Arc;
use std::time::Duration;

use super::cached_token::CachedToken;
use super::life::{Life, refresh_pause};
use super::no_token::NoToken;
use crate::wire::Token;

/// One token: the one held, and the failure that came after it.
#[derive(Debug, Default)]
pub(super) struct Entry {
    held: Option<Held>,
    failed: Option<Failed>,
}

/// What to do for a caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Hand this out.
    Serve(CachedToken),
    /// Hand this out, and ask for the next meanwhile.
    Refresh(CachedToken),
    /// Ask, or wait with those who do.
    Ask,
    /// It has failed just now: share the failure.
    Refuse(NoToken),
}

impl Entry {
    /// What to do at `now`, while the source is being `asked` for this token or is not.
    pub(super) fn decide(&self, now: Duration, asked: bool) -> Decision {
        let usable = self
            .held
            .as_ref()
            .filter(|held| now < held.life.usable_until);
        match (usable, &self.failed) {
            (Some(held), failed) => {
                let paused = failed
                    .as_ref()
                    .is_some_and(|failed| now < failed.refresh_after(held));
                if asked || paused || now < held.life.refresh_at {
                    Decision::Serve(held.cached(now))
                } else {
                    Decision::Refresh(held.cached(now))
                }
            }
            (None, Some(failed)) if !asked && now < failed.until() => {
                Decision::Refuse(failed.left(now))
            }
            (None, _) => Decision::Ask,
        }
    }

    /// A token was received; one of unknown life is handed on, but not kept.
    pub(super) fn granted(
        &mut self,
        token: Arc<Token>,
        life: Option<Life>,
        now: Duration,
    ) -> CachedToken {
        self.failed = None;
        self.held = life.map(|life| Held {
            token: Arc::clone(&token),
            life,
        });
        let expires_in = life.map(|life| life.expires_at.saturating_sub(now));
        CachedToken { token, expires_in }
    }

    /// None was received. A token that is held stays.
    pub(super) fn failed(&mut self, failure: NoToken, now: Duration) -> NoToken {
        self.failed = Some(Failed {
            at: now,
            failure: failure.clone(),
        });
        failure
    }
}

#[derive(Debug)]
struct Held {
    token: Arc<Token>,
    life: Life,
}

impl Held {
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
    /// Until when the source is left alone.
    fn until(&self) -> Duration {
        self.at.saturating_add(self.failure.again_in)
    }

    /// The same for a refresh, which has time.
    fn refresh_after(&self, held: &Held) -> Duration {
        let pause = refresh_pause(held.life.expires_at.saturating_sub(self.at));
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
