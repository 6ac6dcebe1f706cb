//! Gets tokens for all processes of a user: one asks, the others read what it has written.
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
use super::leading::{HoldRecorder, LeaseGuard};
use super::lease::Lease;
use super::record::TokenRecord;
use super::shared_cache::SharedCache;
use super::token_files::TokenFiles;
use super::token_life::TokenLife;
use super::waiting::{REFRESH_WAIT, ReadPauses, longest_wait};
use crate::cache::{Life, TokenSource, acquire_awake};
use crate::client::{Observer, SharedCacheEvent};
use crate::clock::{LifeClock, since_1970};
use crate::error::OperationError;
use crate::policy::Policy;
use crate::wire::{Token, TokenQuery};

/// A process that finds a lock taken asks by itself after so long, drawn between these, so that not all
/// processes do so at once. A lock is held for less than a millisecond. (Ours.)
const LOCK_WAIT: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// Gets tokens from a [`SharedCache`], and from its source those that are not there.
///
/// It waits for another process for at most a minute and a half; the deadline of its source's policy
/// includes that. If the cache cannot be used, it asks its source as if there were none.
#[derive(Debug)]
pub struct SharingClient<S> {
    source: S,
    cache: SharedCache,
    rng: Mutex<ChaCha8Rng>,
}

impl<S> SharingClient<S> {
    /// A source whose tokens are shared by all processes that use the same folder. Random pauses, which
    /// keep the processes apart, are drawn from `rng`.
    #[must_use]
    pub fn new(source: S, cache: SharedCache, rng: ChaCha8Rng) -> Self {
        let rng = Mutex::new(rng);
        Self { source, cache, rng }
    }

    /// Waits until there is a token or a failure, or until this process is to ask.
    async fn role(
        &self,
        files: &TokenFiles<'_>,
        holder: u64,
        longest: Duration,
        (began, observer): (Instant, &mut impl Observer),
    ) -> Role {
        let lock_wait = self.drawn(LOCK_WAIT);
        let (mut pauses, mut locked_since, mut waiting) = (ReadPauses::default(), None, false);
        loop {
            let role = look(files, holder).unwrap_or_else(|problem| self.alone(&problem));
            match role {
                Role::Locked => {
                    let since = *locked_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > lock_wait {
                        return self.alone(&files.locked());
                    }
                }
                Role::Waiting => {
                    locked_since = None;
                    if !replace(&mut waiting, true) {
                        observer.shared_cache(SharedCacheEvent::Waiting);
                    }
                }
                role => return role,
            }
            let left = longest.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Role::Alone;
            }
            let pause = {
                let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
                pauses.next(&mut *rng)
            };
            sleep(left.min(pause)).await;
        }
    }

    fn alone(&self, problem: &SharedCacheError) -> Role {
        self.cache.warn(problem);
        Role::Alone
    }

    /// Asks, while other processes wait.
    async fn lead<R: TokenQuery>(
        &self,
        files: &TokenFiles<'_>,
        holder: u64,
        request: &PendingRequest<'_, R>,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError>
    where
        S: TokenSource<R>,
    {
        let lease = LeaseGuard::new(files, holder);
        tokio::select! {
            biased;
            result = self.ask(files, request, observer) => result,
            never = lease.renewed() => match never {},
        }
    }

    /// The next token if it is received soon, or else the old one.
    async fn refresh<R: TokenQuery>(
        &self,
        files: &TokenFiles<'_>,
        holder: u64,
        request: &PendingRequest<'_, R>,
        (old, observer): (TokenRecord, &mut (impl Observer + Send)),
    ) -> Token
    where
        S: TokenSource<R>,
    {
        let next = self.lead(files, holder, request, observer);
        if let Ok(Ok(token)) = timeout(REFRESH_WAIT, next).await {
            return token;
        }
        let now = since_1970();
        let later = old.refreshed_later(now);
        self.warn_of(files.write_token(&later, now));
        later.token(now)
    }

    async fn ask<R: TokenQuery>(
        &self,
        files: &TokenFiles<'_>,
        PendingRequest { request, began }: &PendingRequest<'_, R>,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError>
    where
        S: TokenSource<R>,
    {
        let mut recorder = HoldRecorder::new(files, observer);
        let time = (&LifeClock::start(), || began.elapsed());
        let result = acquire_awake(&self.source, *request, time, &mut recorder).await;
        match &result {
            Ok(token) => self.keep(files, token),
            Err(error) => recorder.failed(error),
        }
        result
    }

    /// Writes a token; one of unknown life is not stored.
    fn keep(&self, files: &TokenFiles<'_>, token: &Token) {
        let now = since_1970();
        let Some(left) = token.remaining(now) else {
            return;
        };
        let life = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            Life::begin(now, left, &mut *rng)
        };
        let token = TokenRecord::of(token, TokenLife::new(life, now));
        self.warn_of(files.write_token(&token, now));
        self.cache.folder.sweep(SystemTime::now());
    }

    fn warn_of(&self, result: Result<(), SharedCacheError>) {
        if let Err(problem) = result {
            self.cache.warn(&problem);
        }
    }

    fn drawn(&self, [least, most]: [Duration; 2]) -> Duration {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        rng.random_range(least..most)
    }
}

impl<R: TokenQuery, S: TokenSource<R>> TokenSource<R> for SharingClient<S> {
    async fn acquire(
        &self,
        request: &R,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        let policy = self.source.policy();
        let name = policy.map_or("", |policy| &policy.name);
        let files = TokenFiles::of(&self.cache, request, name);
        let longest = longest_wait(policy);
        let began = Instant::now();
        let request = &PendingRequest { request, began };
        let holder = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            rng.random()
        };
        match self.role(&files, holder, longest, (began, observer)).await {
            Role::Holding(token) => {
                observer.shared_cache(SharedCacheEvent::Token);
                Ok(token.token(since_1970()))
            }
            Role::Failing(failure) => {
                observer.shared_cache(SharedCacheEvent::Failure);
                Err(failure.into_error(R::WANTED))
            }
            Role::Leading(None) => self.lead(&files, holder, request, observer).await,
            Role::Leading(Some(old)) => {
                Ok(self.refresh(&files, holder, request, (old, observer)).await)
            }
            Role::Alone | Role::Waiting | Role::Locked => self.ask(&files, request, observer).await,
        }
    }

    fn policy(&self) -> Option<&Policy> {
        self.source.policy()
    }
}

/// A request, and since when its caller has waited.
struct PendingRequest<'a, R> {
    request: &'a R,
    began: Instant,
}

/// The role of this process among those that want the same token.
enum Role {
    /// It uses the token in the cache.
    Holding(TokenRecord),
    /// It returns the failure in the cache.
    Failing(Failure),
    /// It asks for all processes; the token is the old one, if it is a refresh.
    Leading(Option<TokenRecord>),
    /// It asks for itself.
    Alone,
    /// Another process asks.
    Waiting,
    /// Another process writes.
    Locked,
}

/// Reads the files, and takes the lease if it is free.
fn look(files: &TokenFiles<'_>, holder: u64) -> Result<Role, SharedCacheError> {
    let old = match due(files.snapshot()?.decide(since_1970())) {
        Continue(old) => old,
        Break(role) => return Ok(role),
    };
    let Some(_lock) = files.lock()? else {
        return Ok(old.map_or(Role::Locked, Role::Holding));
    };
    // Another process may have taken it in between.
    let now = since_1970();
    let old = match due(files.snapshot()?.decide(now)) {
        Continue(old) => old,
        Break(role) => return Ok(role),
    };
    files.write_lease(Some(&Lease::begin(holder, now)))?;
    Ok(Role::Leading(old))
}

/// Where it is time to ask, the token to refresh, if there is one; or else the role of this process.
fn due(decision: Decision<TokenRecord, Failure>) -> ControlFlow<Role, Option<TokenRecord>> {
    match decision {
        Decision::Ask => Continue(None),
        Decision::Refresh(token) => Continue(Some(token)),
        Decision::Use(token) => Break(Role::Holding(token)),
        Decision::Fail(failure) => Break(Role::Failing(failure)),
        Decision::Wait => Break(Role::Waiting),
    }
}
