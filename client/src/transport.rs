//! What carries a request to IMDS and brings its answer back.

mod failure;
mod http;

pub use http::{CONNECT_TIMEOUT, HttpTransport, HttpTransportError};

use crate::acquire::TransportFailure;
use crate::wire::{Answer, Request};

/// Carries one request and its answer. It never retries: that is the policy's to decide.
pub trait Transport: Send + Sync {
    /// Sends one request and receives the whole answer, whatever its status.
    ///
    /// It may take as long as it takes: the caller drops it when its time is up.
    ///
    /// # Errors
    /// Why there was no whole answer.
    fn send(
        &self,
        request: &Request,
    ) -> impl Future<Output = Result<Answer, TransportFailure>> + Send;
}
