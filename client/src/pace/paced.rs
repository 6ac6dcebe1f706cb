//! A transport that waits for its turn.

use super::gate::{Gate, ProcessGate};
use super::limits::Pace;
use crate::outcome::TransportFailure;
use crate::transport::{Pass, Transport};
use crate::wire::{Answer, Request};

/// Sends through another transport, no faster than IMDS serves: identity requests at one [`Pace`], all
/// others at another, since IMDS limits them independently (documented).
///
/// All clients that share a pace use one of these, in an `Arc`.
#[derive(Debug)]
pub struct Paced<T> {
    pub(super) transport: T,
    /// For identity requests, and for all others.
    gates: [Box<dyn Gate>; 2],
}

impl<T> Paced<T> {
    /// Paces with [`Pace::IDENTITY`] and [`Pace::METADATA`].
    #[must_use]
    pub fn new(transport: T) -> Self {
        Self::at(transport, Pace::IDENTITY, Pace::METADATA)
    }

    /// Paces identity requests and all others with these.
    #[must_use]
    pub fn at(transport: T, identity: Pace, metadata: Pace) -> Self {
        let gates = [identity, metadata].map(|pace| Box::new(ProcessGate::new(pace)) as _);
        Self::through(transport, gates)
    }

    /// Paces with one gate for identity requests and one for all others.
    pub(crate) fn through(transport: T, gates: [Box<dyn Gate>; 2]) -> Self {
        Self { transport, gates }
    }
}

impl<T: Transport> Transport for Paced<T> {
    async fn pass(&self, request: &Request) -> Pass {
        const IDENTITY: &str = "/metadata/identity/";
        let start = request.target.get(..IDENTITY.len());
        let is_identity = start.is_some_and(|start| start.eq_ignore_ascii_case(IDENTITY));
        let index = usize::from(!is_identity);
        self.gates[index].pass().await
    }

    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        self.transport.send(request).await
    }
}
