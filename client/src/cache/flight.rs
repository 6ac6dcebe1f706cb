//! One request to the source, for all callers that wait for it.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::cached_token::CachedToken;
use super::flight_end::{FlightEnd, FlightReceiver};
use super::life::Life;
use super::lru::Item;
use super::memory::Memory;
use super::no_token::NoToken;
use crate::clock::since_1970;
use crate::error::OperationError;
use crate::wire::{Token, TokenQuery};

/// A flight in progress. However it ends, it is removed from memory.
pub(super) struct Flight<R: TokenQuery> {
    memory: Memory<R>,
    request: R,
    waiters: watch::Sender<Option<FlightEnd>>,
}

impl<R: TokenQuery> Flight<R> {
    /// A flight that is registered in memory, for its caller to run.
    pub(super) fn registered(
        memory: &Memory<R>,
        request: &R,
        item: &mut Item,
    ) -> (Self, FlightReceiver) {
        let (waiters, receiver) = watch::channel(None);
        item.flight = Some(receiver.clone());
        let flight = Self {
            memory: memory.clone(),
            request: request.clone(),
            waiters,
        };
        (flight, receiver)
    }

    /// The request for the source.
    pub(super) fn request(&self) -> &R {
        &self.request
    }

    /// Stores what the source returned at `now`, and sends it to all waiting callers.
    pub(super) fn end(self, result: Result<Token, OperationError>, now: Duration) {
        let result = self.stored(result, now);
        self.waiters.send_replace(Some(FlightEnd::Result(result)));
    }

    fn stored(
        &self,
        result: Result<Token, OperationError>,
        now: Duration,
    ) -> Result<CachedToken, NoToken> {
        let mut memory = self.memory.lock();
        let memory = &mut *memory;
        let entry = &mut memory.tokens.item(&self.request).entry;
        match result {
            Ok(token) => {
                let begin = |left| Life::begin(now, left, &mut memory.rng);
                let life = token.remaining(since_1970()).map(begin);
                Ok(entry.granted(Arc::new(token), life, now))
            }
            Err(error) => Err(entry.failed(NoToken::of(error, &mut memory.rng), now)),
        }
    }
}

impl<R: TokenQuery> Drop for Flight<R> {
    /// Removes the flight from memory before it notifies the callers that still wait.
    fn drop(&mut self) {
        self.memory.lock().tokens.item(&self.request).flight = None;
        if thread::panicking() {
            self.waiters.send_replace(Some(FlightEnd::Panicked));
        }
    }
}
