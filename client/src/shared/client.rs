//! Gets tokens for all processes of a user: one asks, the others take what it wrote down.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: processes share the wall clock, and wait for each other"
)]

use std::mem::replace;
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use tokio::time::{Instant, sleep, timeout};

use super::decision::Decision;
use super::failure::Failure;
use super::folder::SharedCacheError;
use super::leading::{Leading, Noting};
use super::lease::Lease;
use super::place::Place;
use super::record::TokenRecord;
use super::shared_cache::SharedCache;
use crate::cache::{Life, TokenSource, refresh_pause};
use crate::client::{Observer, Shared};
use crate::clock::since_1970;
use crate::error::OperationError;
use crate::policy::Policy;
use crate::wire::{Ask, Token, TokenRequest};

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
/// It waits for another process for a minute and a half at most; the deadline of its source's policy
/// counts that. Where the cache cannot be used it asks its source as if there were none.
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
    async fn role(
        &self,
        place: &Place<'_>,
        holder: u64,
        (began, observer): (Instant, &mut impl Observer),
    ) -> Role {
        let deadline = self.source.policy().and_then(|policy| policy.deadline);
        let longest = LONGEST_WAIT.min(deadline.unwrap_or(LONGEST_WAIT));
        let patience = self.drawn(LOCK_PATIENCE);
        let (mut pause, mut locked_since, mut waiting) = (LOOKS[0], None, false);
        loop {
            let role = look(place, holder).unwrap_or_else(|problem| self.alone(&problem));
            match role {
                Role::Locked => {
                    let since = *locked_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > patience {
                        return self.alone(&place.locked());
                    }
                }
                Role::Waiting => {
                    locked_since = None;
                    if !replace(&mut waiting, true) {
                        observer.shared(Shared::Waiting);
                    }
                }
                role => return role,
            }
            let left = longest.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Role::Alone;
            }
            sleep(left.min(self.drawn([pause / 2, pause]))).await;
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
        request: &Late<'_>,
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
        request: &Late<'_>,
        (old, observer): (TokenRecord, &mut (impl Observer + Send)),
    ) -> Token {
        let next = self.lead(place, holder, request, observer);
        if let Ok(Ok(token)) = timeout(REFRESH_PATIENCE, next).await {
            return token;
        }
        let now = since_1970();
        let later = old.refreshed_at(now + refresh_pause(old.left(now)));
        self.tell(place.write_token(&later, now));
        later.token(now)
    }

    async fn ask(
        &self,
        place: &Place<'_>,
        Late { request, began }: &Late<'_>,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        let mut noting = Noting::new(place, observer);
        let asked = self
            .source
            .acquire_late(request, began.elapsed(), &mut noting);
        let result = asked.await;
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
        self.tell(place.write_token(&TokenRecord::of(token, life, now), now));
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
        let policy = self.source.policy().map_or("", |policy| &policy.name);
        let place = Place::of(&self.cache, request, policy);
        let began = Instant::now();
        let request = &Late { request, began };
        let holder = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            rng.random()
        };
        match self.role(&place, holder, (began, observer)).await {
            Role::Holding(token) => {
                observer.shared(Shared::Token);
                Ok(token.token(since_1970()))
            }
            Role::Failing(failure) => {
                observer.shared(Shared::Failure);
                Err(failure.into_error(TokenRequest::WANTED))
            }
            Role::Leading(None) => self.lead(&place, holder, request, observer).await,
            Role::Leading(Some(old)) => {
                Ok(self.refresh(&place, holder, request, (old, observer)).await)
            }
            Role::Alone | Role::Waiting | Role::Locked => self.ask(&place, request, observer).await,
        }
    }

    fn policy(&self) -> Option<&Policy> {
        self.source.policy()
    }
}

/// A request, and since when it has been wanted.
struct Late<'a> {
    request: &'a TokenRequest,
    began: Instant,
}

/// What this process is to the others.
enum Role {
    /// There is a token for it.
    Holding(TokenRecord),
    /// There is a failure for it.
    Failing(Failure),
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
    let old = match due(place.seen()?.decide(since_1970())) {
        Continue(old) => old,
        Break(role) => return Ok(role),
    };
    let Some(_lock) = place.lock()? else {
        return Ok(old.map_or(Role::Locked, Role::Holding));
    };
    // Another may have been first.
    let now = since_1970();
    let old = match due(place.seen()?.decide(now)) {
        Continue(old) => old,
        Break(role) => return Ok(role),
    };
    place.write_lease(Some(&Lease::begin(holder, now)))?;
    Ok(Role::Leading(old))
}

/// The token that is to be refreshed, if there is one, where it is time to ask; or else what this
/// process is.
fn due(decision: Decision) -> ControlFlow<Role, Option<TokenRecord>> {
    match decision {
        Decision::Ask => Continue(None),
        Decision::Refresh(token) => Continue(Some(token)),
        Decision::Use(token) => Break(Role::Holding(token)),
        Decision::Fail(failure) => Break(Role::Failing(failure)),
        Decision::Wait => Break(Role::Waiting),
    }
}
