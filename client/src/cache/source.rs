//! Where a cache gets its tokens from.
//!
//! A [`TokenSource`] is the client, the client with the cache that processes share, or an implementation of the
//! caller's. The cache in memory works on top of any of them.

use std::sync::Arc;
use std::time::Duration;

use crate::client::{Client, Observer};
use crate::clock::LifeClock;
use crate::error::OperationError;
use crate::policy::Policy;
use crate::transport::Transport;
use crate::wire::{Token, TokenQuery, TokenRequest};

/// Gets tokens that are asked for by an `R`, with the retries that this takes.
pub trait TokenSource<R = TokenRequest>: Send + Sync {
    /// Gets one token, and reports each attempt and wait to the observer.
    ///
    /// It can be dropped at any time.
    ///
    /// # Errors
    /// Why there is none.
    fn acquire(
        &self,
        request: &R,
        observer: &mut (impl Observer + Send),
    ) -> impl Future<Output = Result<Token, OperationError>> + Send;

    /// The same for a caller that has already `spent` some of the time until the policy's deadline,
    /// which covers both. A source without a policy ignores it.
    ///
    /// # Errors
    /// Why there is none.
    fn acquire_late(
        &self,
        request: &R,
        spent: Duration,
        observer: &mut (impl Observer + Send),
    ) -> impl Future<Output = Result<Token, OperationError>> + Send {
        let _ = spent;
        self.acquire(request, observer)
    }

    /// The policy that it retries by, if there is one.
    fn policy(&self) -> Option<&Policy> {
        None
    }
}

impl<R: TokenQuery, T: Transport> TokenSource<R> for Client<T> {
    async fn acquire(
        &self,
        request: &R,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        self.token_late(request, Duration::ZERO, observer).await
    }

    async fn acquire_late(
        &self,
        request: &R,
        spent: Duration,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        self.token_late(request, spent, observer).await
    }

    fn policy(&self) -> Option<&Policy> {
        Some(self.policy())
    }
}

/// Gets one token for a caller that has spent so much of its time by then. What came while the machine slept may be from
/// before, and is asked for again.
pub(crate) async fn acquire_awake<R, S: TokenSource<R>>(
    source: &S,
    request: &R,
    (clock, spent): (&LifeClock, impl Fn() -> Duration + Send),
    observer: &mut (impl Observer + Send),
) -> Result<Token, OperationError> {
    loop {
        let before = clock.slept();
        let result = source.acquire_late(request, spent(), observer).await;
        if result.is_err() || clock.slept() == before {
            return result;
        }
    }
}

/// A source that several callers share.
impl<R: Sync, S: TokenSource<R>> TokenSource<R> for Arc<S> {
    fn acquire(
        &self,
        request: &R,
        observer: &mut (impl Observer + Send),
    ) -> impl Future<Output = Result<Token, OperationError>> + Send {
        (**self).acquire(request, observer)
    }

    fn acquire_late(
        &self,
        request: &R,
        spent: Duration,
        observer: &mut (impl Observer + Send),
    ) -> impl Future<Output = Result<Token, OperationError>> + Send {
        (**self).acquire_late(request, spent, observer)
    }

    fn policy(&self) -> Option<&Policy> {
        (**self).policy()
    }
}
