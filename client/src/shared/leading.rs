//! What a process does for the others while it asks: it keeps its lease, and tells of refusals.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: a lease is renewed as time passes"
)]

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::sleep;

use super::failure::Failure;
use super::folder::SharedCacheError;
use super::hold::{Hold, LONGEST_HOLD};
use super::lease::{Lease, RENEWAL};
use super::place::Place;
use crate::cache::pause_after;
use crate::client::{Attempt, Observer};
use crate::clock::since_1970;
use crate::error::OperationError;
use crate::outcome::Outcome;

/// A lease that is held; it is given back when this is dropped.
pub(super) struct Leading<'a> {
    place: &'a Place<'a>,
    holder: u64,
}

impl<'a> Leading<'a> {
    pub(super) fn new(place: &'a Place<'a>, holder: u64) -> Self {
        Self { place, holder }
    }

    /// Renews the lease for as long as this is awaited. What goes wrong with it costs a second
    /// request at most: another process takes the lead.
    pub(super) async fn renewed(&self) -> Infallible {
        loop {
            sleep(RENEWAL).await;
            let lease = Lease::begin(self.holder, since_1970());
            let _ = self.rewrite(Some(&lease));
        }
    }

    /// Writes the lease anew if it is still ours, and nobody else is writing.
    fn rewrite(&self, lease: Option<&Lease>) -> Result<(), SharedCacheError> {
        let Some(_lock) = self.place.lock()? else {
            return Ok(());
        };
        let held = self.place.lease()?;
        if held.is_some_and(|held| held.is_of(self.holder)) {
            self.place.write_lease(lease)?;
        }
        Ok(())
    }
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        let _ = self.rewrite(None);
    }
}

/// Writes down for the others until when the service has refused, and passes on what it is told.
pub(super) struct Noting<'a, O> {
    place: &'a Place<'a>,
    observer: &'a mut O,
    refused: bool,
}

impl<'a, O: Observer> Noting<'a, O> {
    pub(super) fn new(place: &'a Place<'a>, observer: &'a mut O) -> Self {
        Self {
            place,
            observer,
            refused: false,
        }
    }

    /// The operation has failed, and nobody has a token.
    pub(super) fn failed(&self, error: &OperationError) {
        if self.refused {
            self.hold(pause_after(&error.outcome));
        }
        if let Some(failure) = Failure::of(error, since_1970()) {
            let _ = self.place.write_failure(&failure);
        }
    }

    /// Where it cannot be written the others will find out by themselves. Who was told to wait longer
    /// for another token has the last word.
    fn hold(&self, wait: Duration) {
        let now = since_1970();
        let hold = Hold::new(now + wait.min(LONGEST_HOLD));
        let known = self.place.hold().ok().flatten();
        if known.is_none_or(|known| !known.holds(now) || hold.outlasts(&known)) {
            let _ = self.place.write_hold(&hold);
        }
    }
}

impl<O: Observer> Observer for Noting<'_, O> {
    fn sending(&mut self, attempt: u32) {
        self.observer.sending(attempt);
    }

    fn answered(&mut self, attempt: &Attempt<'_>) {
        self.refused = matches!(attempt.outcome, Outcome::Status { status: 429, .. });
        self.observer.answered(attempt);
    }

    fn lined_up(&mut self, waited: Duration) {
        self.observer.lined_up(waited);
    }

    fn waiting(&mut self, wait: Duration) {
        if self.refused {
            self.hold(wait);
        }
        self.observer.waiting(wait);
    }
}
