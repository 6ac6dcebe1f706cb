//! A transport that waits for its turn.

use super::Pace;
use super::gate::Gate;
use crate::acquire::TransportFailure;
use crate::transport::{Pass, Transport};
use crate::wire::{Answer, Request};

/// Sends what it is given through another transport, no faster than IMDS serves: identity requests
/// at one [`Pace`], all others at another, since IMDS limits them independently (documented).
///
/// It is for all clients that shall share a pace: lend it to them in an `Arc`.
#[derive(Debug)]
pub struct Paced<T> {
    pub(super) transport: T,
    identity: Gate,
    metadata: Gate,
}

impl<T> Paced<T> {
    /// Paces with [`Pace::IDENTITY`] and [`Pace::METADATA`].
    #[must_use]
    pub fn new(transport: T) -> Self {
        Self::at(transport, Pace::IDENTITY, Pace::METADATA)
    }

    /// Paces identity requests, and the others.
    #[must_use]
    pub fn at(transport: T, identity: Pace, metadata: Pace) -> Self {
        Self {
            transport,
            identity: Gate::new(identity),
            metadata: Gate::new(metadata),
        }
    }
}

impl<T: Transport> Transport for Paced<T> {
    async fn pass(&self, request: &Request) -> Pass {
        let gate = if request.target.starts_with("/metadata/identity/") {
            &self.identity
        } else {
            &self.metadata
        };
        Pass::held(gate.pass().await)
    }

    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        self.transport.send(request).await
    }
}
