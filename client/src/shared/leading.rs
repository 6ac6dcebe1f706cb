//! What a process does for the others while it asks: it renews its lease, and records refusals.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: a lease is renewed as time passes"
)]

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::sleep;

use super::failure::Failure;
use super::folder::SharedCacheError;
use super::hold::Hold;
use super::lease::{Lease, RENEWAL};
use super::token_files::TokenFiles;
use crate::client::{Attempt, Observer};
use crate::clock::since_1970;
use crate::error::OperationError;
use crate::outcome::Outcome;

/// A lease that is held; it is released when this is dropped.
pub(super) struct LeaseGuard<'a> {
    files: &'a TokenFiles<'a>,
    holder: u64,
}

impl<'a> LeaseGuard<'a> {
    pub(super) fn new(files: &'a TokenFiles<'a>, holder: u64) -> Self {
        Self { files, holder }
    }

    /// Renews the lease for as long as this is awaited. An error costs at most a second request, by
    /// another process that takes the lease.
    pub(super) async fn renewed(&self) -> Infallible {
        loop {
            sleep(RENEWAL).await;
            let lease = Lease::begin(self.holder, since_1970());
            let _ = self.rewrite(Some(&lease));
        }
    }

    /// Writes the lease if this process still holds it, unless another process has the lock.
    fn rewrite(&self, lease: Option<&Lease>) -> Result<(), SharedCacheError> {
        let Some(_lock) = self.files.lock()? else {
            return Ok(());
        };
        let held = self.files.lease()?;
        if held.is_some_and(|held| held.is_of(self.holder)) {
            self.files.write_lease(lease)?;
        }
        Ok(())
    }
}

impl Drop for LeaseGuard<'_> {
    fn drop(&mut self) {
        let _ = self.rewrite(None);
    }
}

/// Records for the others until when the service has refused, and forwards all calls to another
/// observer.
pub(super) struct HoldRecorder<'a, O> {
    files: &'a TokenFiles<'a>,
    observer: &'a mut O,
    refused: bool,
}

impl<'a, O: Observer> HoldRecorder<'a, O> {
    pub(super) fn new(files: &'a TokenFiles<'a>, observer: &'a mut O) -> Self {
        Self {
            files,
            observer,
            refused: false,
        }
    }

    /// The operation has failed, so that there is no token for the others.
    pub(super) fn failed(&self, error: &OperationError) {
        if self.refused {
            self.hold(&Hold::after_failure(&error.outcome, since_1970()));
        }
        if let Some(failure) = Failure::of(error, since_1970()) {
            let _ = self.files.write_failure(&failure);
        }
    }

    /// If it cannot be written, the others find out by requests of their own.
    fn hold(&self, hold: &Hold) {
        let known = self.files.hold().ok().flatten();
        if hold.replaces(known.as_ref(), since_1970()) {
            let _ = self.files.write_hold(hold);
        }
    }
}

impl<O: Observer> Observer for HoldRecorder<'_, O> {
    fn sending(&mut self, attempt: u32) {
        self.observer.sending(attempt);
    }

    fn answered(&mut self, attempt: &Attempt<'_>) {
        self.refused = matches!(attempt.outcome, Outcome::Status { status: 429, .. });
        self.observer.answered(attempt);
    }

    fn queued(&mut self, waited: Duration) {
        self.observer.queued(waited);
    }

    fn waiting(&mut self, wait: Duration) {
        if self.refused {
            self.hold(&Hold::before_retry(wait, since_1970()));
        }
        self.observer.waiting(wait);
    }
}
