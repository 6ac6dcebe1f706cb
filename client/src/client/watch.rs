//! Watches the scheduled events: asks again and again, and tells only of changes.
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
    /// Watches what is going to happen to the VM.
    #[must_use]
    pub fn watch_events(&self) -> EventWatch<'_, T> {
        EventWatch::new(self)
    }
}

/// Watches the scheduled events of a VM.
///
/// Dropped, it stops; nothing runs behind it.
#[derive(Debug)]
pub struct EventWatch<'a, T = HttpTransport> {
    client: &'a Client<T>,
    every: Duration,
    next: Option<Instant>,
    /// The incarnation that was told last.
    told: Option<u64>,
}

impl<'a, T: Transport> EventWatch<'a, T> {
    /// The least time from one request to the next: as often as the documentation recommends. All
    /// programs of a VM together have 5 requests a second (documented).
    pub const LEAST_INTERVAL: Duration = Duration::from_secs(1);

    pub(super) fn new(client: &'a Client<T>) -> Self {
        Self {
            client,
            every: Self::LEAST_INTERVAL,
            next: None,
            told: None,
        }
    }

    /// The longest: the service turns itself off for a VM that has not asked for a day (documented).
    pub const LONGEST_INTERVAL: Duration = Duration::from_hours(24);

    /// Asks at this interval, or at [`EventWatch::LEAST_INTERVAL`] if that is longer, or at
    /// [`EventWatch::LONGEST_INTERVAL`] if that is shorter.
    #[must_use]
    pub fn every(self, interval: Duration) -> Self {
        Self {
            every: interval.clamp(Self::LEAST_INTERVAL, Self::LONGEST_INTERVAL),
            ..self
        }
    }

    /// Waits until the document is another than the one told last; the first is told at once.
    ///
    /// It may be dropped and called again: no change is lost by that.
    ///
    /// # Errors
    /// Why there was no document, after every attempt that the policy allows. The next call goes on.
    pub async fn changed(&mut self) -> Result<EventDocument, OperationError> {
        self.changed_observed(&mut ()).await
    }

    /// As [`EventWatch::changed`], and tells the observer of each attempt and wait.
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
            if self.told.replace(document.incarnation) != Some(document.incarnation) {
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
