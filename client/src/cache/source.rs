//! Where a cache gets the tokens it does not have.

use crate::client::{Client, Observer};
use crate::error::OperationError;
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
}

impl<T: Transport> TokenSource for Client<T> {
    async fn acquire(
        &self,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        self.token_observed(request, observer).await
    }
}
