//! What every transport does.

use std::future::ready;
use std::sync::Arc;

use super::pass::Pass;
use crate::outcome::TransportFailure;
use crate::wire::{Answer, Request};

/// Sends one request and receives its answer. It never retries: the policy decides on that.
pub trait Transport: Send + Sync {
    /// Waits until the request may be sent. The caller holds the pass until the attempt has ended.
    ///
    /// It returns at once unless the transport is paced ([`Paced`](crate::Paced)). The wait is not part
    /// of the attempt, so that no time limit of an attempt includes it. It can be dropped at any time.
    fn pass(&self, request: &Request) -> impl Future<Output = Pass> + Send {
        let _ = request;
        ready(Pass::default())
    }

    /// Sends one request and receives the complete answer, whatever its status.
    ///
    /// It has no time limit of its own: the caller drops it when the time is over.
    ///
    /// # Errors
    /// Why there was no complete answer.
    fn send(
        &self,
        request: &Request,
    ) -> impl Future<Output = Result<Answer, TransportFailure>> + Send;
}

/// A transport that several clients share.
impl<T: Transport> Transport for Arc<T> {
    fn pass(&self, request: &Request) -> impl Future<Output = Pass> + Send {
        (**self).pass(request)
    }

    fn send(
        &self,
        request: &Request,
    ) -> impl Future<Output = Result<Answer, TransportFailure>> + Send {
        (**self).send(request)
    }
}
