//! Gets tokens for all processes of a user: one asks, the others take what it wrote down.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: processes share the wall clock, and wait for each other"
)]

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use tokio::time::{Instant, sleep, timeout};

use super::SharedCache;
use super::decision::Decision;
use super::folder::SharedCacheError;
use super::leading::{Leading, Noting};
use super::lease::Lease;
use super::place::Place;
use super::record::TokenRecord;
use crate::cache::{Life, TokenSource, refresh_pause};
use crate::client::Observer;
use crate::clock::since_1970;
use crate::error::OperationError;
use crate::wire::{Token, TokenRequest};

/// A process that finds a lock taken asks by itself after so long, drawn between these, so that not
/// all who wait do so at once. A lock is held for less than a millisecond. (Ours.)
const LOCK_PATIENCE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// Nobody leaves it to others for longer than this. A restart of IMDS takes up to 70 s
/// (documented), in which one process asks and the others wait. (Ours.)
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// A token that is still valid is refreshed in so long, or else another time. (Ours.)
const REFRESH_PATIENCE: Duration = Duration::from_secs(2);

/// From one look at what others have written to the next: growing, between these.
const LOOKS: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(200)];

/// Gets tokens from a [`SharedCache`], and from its source those that are not there.
///
/// The time that it waits for another process is no part of an operation, so no policy's deadline
/// counts it; it is a minute and a half at most. Where the cache cannot be used it asks its source as
/// if there were none.
#[derive(Debug)]
pub struct SharingClient<S> {
    source: S,
    cache: SharedCache,
    rng: Mutex<ChaCha8Rng>,
}

impl<S: TokenSource> SharingClient<S> {
    /// A source whose tokens all processes share that use the same folder. Chance, which keeps them
    /// from going in step, is drawn from `rng`.
    #[must_use]
    pub fn new(source: S, cache: SharedCache, rng: ChaCha8Rng) -> Self {
        let rng = Mutex::new(rng);
        Self { source, cache, rng }
    }

    /// Waits until there is a token, or it is for this process to ask.
    async fn role(&self, place: &Place<'_>, holder: u64) -> Role {
        let (began, patience) = (Instant::now(), self.drawn(LOCK_PATIENCE));
        let (mut pause, mut locked_since) = (LOOKS[0], None);
        loop {
            let role = look(place, holder).unwrap_or_else(|problem| self.alone(&problem));
            match role {
                Role::Locked => {
                    let since = *locked_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > patience {
                        return self.alone(&place.locked());
                    }
                }
                Role::Waiting => locked_since = None,
                role => return role,
            }
            if began.elapsed() > LONGEST_WAIT {
                return Role::Alone;
            }
            sleep(self.drawn([pause / 2, pause])).await;
            pause = pause.mul_f64(1.5).min(LOOKS[1]);
        }
    }

    fn alone(&self, problem: &SharedCacheError) -> Role {
        self.cache.warn(problem);
        Role::Alone
    }

    /// Asks, while the others leave it to this process.
    async fn lead(
        &self,
        place: &Place<'_>,
        holder: u64,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        let leading = Leading::new(place, holder);
        tokio::select! {
            biased;
            result = self.ask(place, request, observer) => result,
            never = leading.renewed() => match never {},
        }
    }

    /// The next token if it can be had soon, or else the one that there is.
    async fn refresh(
        &self,
        place: &Place<'_>,
        holder: u64,
        request: &TokenRequest,
        (old, observer): (TokenRecord, &mut (impl Observer + Send)),
    ) -> Token {
        let next = self.lead(place, holder, request, observer);
        if let Ok(Ok(token)) = timeout(REFRESH_PATIENCE, next).await {
            return token;
        }
        let now = since_1970();
        let later = old.refreshed_at(now + refresh_pause(old.left(now)));
        self.tell(place.write_token(&later));
        later.token(now)
    }

    async fn ask(
        &self,
        place: &Place<'_>,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        let mut noting = Noting::new(place, observer);
        let result = self.source.acquire(request, &mut noting).await;
        match &result {
            Ok(token) => self.keep(place, token),
            Err(error) => noting.failed(error),
        }
        result
    }

    /// Writes a token down; one of unknown life is not kept.
    fn keep(&self, place: &Place<'_>, token: &Token) {
        let now = since_1970();
        let Some(left) = token.remaining(now) else {
            return;
        };
        let life = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            Life::begin(now, left, &mut *rng)
        };
        self.tell(place.write_token(&TokenRecord::of(token, life, now)));
        self.cache.folder.sweep(SystemTime::now());
    }

    fn tell(&self, result: Result<(), SharedCacheError>) {
        if let Err(problem) = result {
            self.cache.warn(&problem);
        }
    }

    fn drawn(&self, [least, most]: [Duration; 2]) -> Duration {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        rng.random_range(least..most)
    }
}

impl<S: TokenSource> TokenSource for SharingClient<S> {
    async fn acquire(
        &self,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        let place = Place::of(&self.cache, request);
        let holder = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            rng.random()
        };
        match self.role(&place, holder).await {
            Role::Holding(token) => Ok(token.token(since_1970())),
            Role::Leading(None) => self.lead(&place, holder, request, observer).await,
            Role::Leading(Some(old)) => {
                Ok(self.refresh(&place, holder, request, (old, observer)).await)
            }
            Role::Alone | Role::Waiting | Role::Locked => self.ask(&place, request, observer).await,
        }
    }
}

/// What this process is to the others.
enum Role {
    /// There is a token for it.
    Holding(TokenRecord),
    /// It asks for all; there may be a token that is to be refreshed.
    Leading(Option<TokenRecord>),
    /// It asks for itself.
    Alone,
    /// Another asks.
    Waiting,
    /// Another writes.
    Locked,
}

/// Looks at what the others have written, and takes the lead if nobody has it.
fn look(place: &Place<'_>, holder: u64) -> Result<Role, SharedCacheError> {
    let seen = place.seen()?.decide(since_1970());
    let old = match seen {
        Decision::Use(token) => return Ok(Role::Holding(token)),
        Decision::Wait => return Ok(Role::Waiting),
        Decision::Refresh(token) => Some(token),
        Decision::Ask => None,
    };
    let Some(_lock) = place.lock()? else {
        return Ok(old.map_or(Role::Locked, Role::Holding));
    };
    // Another may have been first.
    let now = since_1970();
    let old = match place.seen()?.decide(now) {
        Decision::Use(token) => return Ok(Role::Holding(token)),
        Decision::Wait => return Ok(Role::Waiting),
        Decision::Refresh(token) => Some(token),
        Decision::Ask => None,
    };
    place.write_lease(Some(&Lease::begin(holder, now)))?;
    Ok(Role::Leading(old))
}
