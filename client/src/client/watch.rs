//! Watches the scheduled events: polls, and returns only changes.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it reads the clock and waits"
)]

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::async_client::Client;
use super::observer::Observer;
use crate::error::OperationError;
use crate::transport::{HttpTransport, Transport};
use crate::wire::{EventDocument, EventsRequest};

impl<T: Transport> Client<T> {
    /// Watches the VM's scheduled events.
    #[must_use]
    pub fn watch_events(&self) -> EventWatch<'_, T> {
        EventWatch::new(self)
    }
}

/// Watches the scheduled events of a VM.
///
/// It stops when it is dropped; nothing runs in the background.
#[derive(Debug)]
pub struct EventWatch<'a, T = HttpTransport> {
    client: &'a Client<T>,
    every: Duration,
    next: Option<Instant>,
    /// The incarnation that was returned last.
    last: Option<u64>,
}

impl<'a, T: Transport> EventWatch<'a, T> {
    /// The shortest time from one request to the next: as often as the documentation recommends. All
    /// programs of a VM together have 5 requests a second (documented).
    pub const LEAST_INTERVAL: Duration = Duration::from_secs(1);

    pub(super) fn new(client: &'a Client<T>) -> Self {
        Self {
            client,
            every: Self::LEAST_INTERVAL,
            next: None,
            last: None,
        }
    }

    /// The longest: the service turns itself off for a VM that has not asked for a day (documented).
    pub const LONGEST_INTERVAL: Duration = Duration::from_hours(24);

    /// Polls at this interval, clamped to [`EventWatch::LEAST_INTERVAL`] and
    /// [`EventWatch::LONGEST_INTERVAL`].
    #[must_use]
    pub fn every(self, interval: Duration) -> Self {
        Self {
            every: interval.clamp(Self::LEAST_INTERVAL, Self::LONGEST_INTERVAL),
            ..self
        }
    }

    /// Waits until the document differs from the one returned last; the first is returned at once.
    ///
    /// It can be dropped and called again without losing a change.
    ///
    /// # Errors
    /// Why there was no document, after all attempts that the policy allows. The next call continues.
    pub async fn changed(&mut self) -> Result<EventDocument, OperationError> {
        self.changed_observed(&mut ()).await
    }

    /// As [`EventWatch::changed`]; reports each attempt and wait to the observer.
    ///
    /// # Errors
    /// As [`EventWatch::changed`].
    pub async fn changed_observed(
        &mut self,
        observer: &mut impl Observer,
    ) -> Result<EventDocument, OperationError> {
        loop {
            self.turn().await;
            let document = self.client.ask_observed(&EventsRequest, observer).await?;
            if self.last.replace(document.incarnation) != Some(document.incarnation) {
                return Ok(document);
            }
        }
    }

    async fn turn(&mut self) {
        if let Some(next) = self.next {
            sleep_until(next).await;
        }
        self.next = Some(Instant::now() + self.every);
    }
}
