//! The transport to IMDS, which counts requests.

use std::sync::Arc;

use super::counts::Counts;
use crate::outcome::TransportFailure;
use crate::transport::{Pass, Transport};
use crate::wire::{Answer, Request};

/// A transport that all clients of a broker share.
#[derive(Debug)]
pub struct Upstream<T> {
    transport: Arc<T>,
    counts: Arc<Counts>,
}

impl<T> Upstream<T> {
    pub(super) fn new(transport: T, counts: Arc<Counts>) -> Self {
        let transport = Arc::new(transport);
        Self { transport, counts }
    }
}

impl<T> Clone for Upstream<T> {
    fn clone(&self) -> Self {
        Self {
            transport: Arc::clone(&self.transport),
            counts: Arc::clone(&self.counts),
        }
    }
}

impl<T: Transport> Transport for Upstream<T> {
    async fn pass(&self, request: &Request) -> Pass {
        self.transport.pass(request).await
    }

    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        self.counts.upstream();
        self.transport.send(request).await
    }
}
