//! What the calls and the flights of a cache share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::ChaCha8Rng;

use super::lru::Lru;

/// The tokens in memory.
#[derive(Debug)]
pub(super) struct Memory<R>(Arc<Mutex<Contents<R>>>);

#[derive(Debug)]
pub(super) struct Contents<R> {
    pub(super) tokens: Lru<R>,
    pub(super) rng: ChaCha8Rng,
}

impl<R> Clone for Memory<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R> Memory<R> {
    pub(super) fn new(rng: ChaCha8Rng) -> Self {
        let tokens = Lru::default();
        Self(Arc::new(Mutex::new(Contents { tokens, rng })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Contents<R>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
