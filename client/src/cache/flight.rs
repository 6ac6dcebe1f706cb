//! One request to the source, for all who wait for it.

use std::sync::Arc;
use std::thread;

use tokio::sync::watch;

use super::shelf::Slot;
use super::{CachedToken, Core, Landed, Landing, Life, NoToken, TokenSource};
use crate::clock::since_1970;
use crate::error::OperationError;
use crate::wire::{Token, TokenRequest};

/// A flight under way. However it ends, it leaves the shelf.
pub(super) struct Flight<S> {
    core: Arc<Core<S>>,
    request: TokenRequest,
    waiters: watch::Sender<Option<Landed>>,
}

impl<S: TokenSource> Flight<S> {
    /// A flight that its slot knows of; it is still to be run.
    pub(super) fn booked(
        core: &Arc<Core<S>>,
        request: &TokenRequest,
        slot: &mut Slot,
    ) -> (Self, Landing) {
        let (waiters, landing) = watch::channel(None);
        slot.flight = Some(landing.clone());
        let flight = Self {
            core: Arc::clone(core),
            request: request.clone(),
            waiters,
        };
        (flight, landing)
    }

    /// Asks, puts down what came of it, and tells all who wait.
    pub(super) async fn run(self) {
        let result = self.core.source.acquire(&self.request, &mut ()).await;
        let landed = self.landed(result);
        self.waiters.send_replace(Some(Landed::With(landed)));
    }

    fn landed(&self, result: Result<Token, OperationError>) -> Result<CachedToken, NoToken> {
        let now = self.core.now();
        let mut memory = self.core.memory();
        let memory = &mut *memory;
        let entry = &mut memory.shelf.slot(&self.request).entry;
        match result {
            Ok(token) => {
                let left = token.remaining(since_1970());
                let life = left.map(|left| Life::begin(now, left, &mut memory.rng));
                Ok(entry.granted(Arc::new(token), life, now))
            }
            Err(error) => Err(entry.failed(NoToken::of(error, &mut memory.rng), now)),
        }
    }
}

impl<S> Drop for Flight<S> {
    /// Whoever still waits learns of its end once the slot is free for the next.
    fn drop(&mut self) {
        self.core.memory().shelf.slot(&self.request).flight = None;
        if thread::panicking() {
            self.waiters.send_replace(Some(Landed::Crashed));
        }
    }
}
