//! What carries a request to IMDS and brings its answer back.

mod failure;
mod http;
mod pass;

pub use http::{CONNECT_TIMEOUT, HeaderError, HttpTransport, HttpTransportError};
pub use pass::Pass;

use std::future::ready;
use std::sync::Arc;

use crate::acquire::TransportFailure;
use crate::wire::{Answer, Request};

/// Carries one request and its answer. It never retries: that is the policy's to decide.
pub trait Transport: Send + Sync {
    /// Waits until the request may be sent; what comes of it is held until the attempt has ended.
    ///
    /// That is at once, unless the transport is paced ([`Paced`](crate::Paced)). The wait is no part
    /// of the attempt, so that no time limit of an attempt counts it. It can be dropped at any time.
    fn pass(&self, request: &Request) -> impl Future<Output = Pass> + Send {
        let _ = request;
        ready(Pass::default())
    }

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
