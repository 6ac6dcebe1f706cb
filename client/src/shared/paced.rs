//! Pacing together with the other processes of a user.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::gate::SharedGate;
use super::shared_cache::SharedCache;
use crate::pace::{Gate, Pace, Paced};

impl<T> Paced<T> {
    /// Paces together with all processes that use the same [`SharedCache`]. Random pauses, which keep
    /// the processes apart, are drawn from `rng`.
    #[must_use]
    pub fn shared(transport: T, cache: &SharedCache, rng: &mut ChaCha8Rng) -> Self {
        let paces = [("identity", Pace::IDENTITY), ("metadata", Pace::METADATA)];
        let gates = paces.map(|(name, pace)| {
            let rng = ChaCha8Rng::from_rng(rng);
            Box::new(SharedGate::new(cache.clone(), name, pace, rng)) as Box<dyn Gate>
        });
        Self::through(transport, gates)
    }
}
