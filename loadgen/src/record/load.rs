//! What IMDS itself is asked for tokens at once and in each second, to be compared with its limits.

use std::collections::BTreeMap;
use std::time::Duration;

/// Requests for tokens that reach IMDS.
#[derive(Clone, Debug, Default)]
pub(crate) struct Load {
    /// How many were sent in each second of the run in which any was.
    seconds: BTreeMap<u64, u64>,
    /// The most in one second, of other VMs.
    elsewhere: u64,
    in_flight: u32,
    peak_in_flight: u32,
}

impl Load {
    pub(super) fn sent(&mut self, at: Duration) {
        *self.seconds.entry(at.as_secs()).or_default() += 1;
        self.in_flight += 1;
        self.peak_in_flight = self.peak_in_flight.max(self.in_flight);
    }

    /// One that was sent has ended.
    pub(super) fn ended(&mut self) {
        self.in_flight -= 1;
    }

    /// Of several VMs the most of any one counts: each has limits of its own.
    pub(super) fn absorb(&mut self, vm: &Self) {
        self.elsewhere = self.peak_sent().max(vm.peak_sent());
        self.peak_in_flight = self.peak_in_flight.max(vm.peak_in_flight);
    }

    /// The most that were sent in one second of the clock.
    #[must_use]
    pub(crate) fn peak_sent(&self) -> u64 {
        let here = self.seconds.values().copied().max();
        here.unwrap_or_default().max(self.elsewhere)
    }

    /// The most that were in flight at once.
    #[must_use]
    pub(crate) fn peak_in_flight(&self) -> u32 {
        self.peak_in_flight
    }
}
