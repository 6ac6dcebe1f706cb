//! A transport that waits for its turn.

use super::Pace;
#[cfg(feature = "shared-cache")]
use rand::SeedableRng;
#[cfg(feature = "shared-cache")]
use rand::rngs::ChaCha8Rng;

use super::gate::Gate;
use crate::outcome::TransportFailure;
#[cfg(feature = "shared-cache")]
use crate::shared::{SharedCache, SharedGate};
use crate::transport::{Pass, Transport};
use crate::wire::{Answer, Request};

/// Sends what it is given through another transport, no faster than IMDS serves: identity requests
/// at one [`Pace`], all others at another, since IMDS limits them independently (documented).
///
/// It is for all clients that shall share a pace: lend it to them in an `Arc`.
#[derive(Debug)]
pub struct Paced<T> {
    pub(super) transport: T,
    gates: Gates,
}

/// For identity requests, and for the others.
#[derive(Debug)]
enum Gates {
    Own([Gate; 2]),
    #[cfg(feature = "shared-cache")]
    Shared(Box<[SharedGate; 2]>),
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
        let gates = Gates::Own([Gate::new(identity), Gate::new(metadata)]);
        Self { transport, gates }
    }

    /// Paces together with all processes that use the same [`SharedCache`]. Chance, which keeps them
    /// from looking for a turn in step, is drawn from `rng`.
    #[cfg(feature = "shared-cache")]
    #[must_use]
    pub fn shared(transport: T, cache: &SharedCache, rng: &mut ChaCha8Rng) -> Self {
        let mut gate = |name, pace| {
            let rng = ChaCha8Rng::from_rng(rng);
            SharedGate::new(cache.clone(), name, pace, rng)
        };
        let gates = [
            gate("identity", Pace::IDENTITY),
            gate("metadata", Pace::METADATA),
        ];
        let gates = Gates::Shared(Box::new(gates));
        Self { transport, gates }
    }
}

impl<T: Transport> Transport for Paced<T> {
    async fn pass(&self, request: &Request) -> Pass {
        let index = usize::from(!request.target.starts_with("/metadata/identity/"));
        match &self.gates {
            Gates::Own(gates) => Pass::held(gates[index].pass().await),
            #[cfg(feature = "shared-cache")]
            Gates::Shared(gates) => Pass::held(gates[index].pass().await),
        }
    }

    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        self.transport.send(request).await
    }
}
