//! Where a cache gets the tokens it does not have.

use std::time::Duration;

use crate::client::{Client, Observer};
use crate::error::OperationError;
use crate::policy::Policy;
use crate::transport::Transport;
use crate::wire::{Token, TokenRequest};

/// Gets tokens, with whatever retries that takes.
pub trait TokenSource: Send + Sync {
    /// Gets one token and tells the observer of each attempt and wait.
    ///
    /// It can be dropped at any time.
    ///
    /// # Errors
    /// Why there is none.
    fn acquire(
        &self,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> impl Future<Output = Result<Token, OperationError>> + Send;

    /// The same for one who has already `spent` some of the time until the policy's deadline, which
    /// holds over all. A source without a policy takes no notice.
    ///
    /// # Errors
    /// Why there is none.
    fn acquire_late(
        &self,
        request: &TokenRequest,
        spent: Duration,
        observer: &mut (impl Observer + Send),
    ) -> impl Future<Output = Result<Token, OperationError>> + Send {
        let _ = spent;
        self.acquire(request, observer)
    }

    /// By which policy it retries, if it does so by one.
    fn policy(&self) -> Option<&Policy> {
        None
    }
}

impl<T: Transport> TokenSource for Client<T> {
    async fn acquire(
        &self,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        self.token_observed(request, observer).await
    }

    async fn acquire_late(
        &self,
        request: &TokenRequest,
        spent: Duration,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        self.token_late(request, spent, observer).await
    }

    fn policy(&self) -> Option<&Policy> {
        Some(self.policy())
    }
}
