//! What the calls and the flights of a cache share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::ChaCha8Rng;

use super::lru::Lru;

/// The tokens in memory.
#[derive(Debug, Clone)]
pub(super) struct Memory(Arc<Mutex<Contents>>);

#[derive(Debug)]
pub(super) struct Contents {
    pub(super) tokens: Lru,
    pub(super) rng: ChaCha8Rng,
}

impl Memory {
    pub(super) fn new(rng: ChaCha8Rng) -> Self {
        let tokens = Lru::default();
        Self(Arc::new(Mutex::new(Contents { tokens, rng })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
