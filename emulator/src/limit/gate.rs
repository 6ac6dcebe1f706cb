//! One category's gate: its rate and its concurrency, decided in one step.

use std::time::Duration;

use super::meter::Meter;
use super::{CategoryLimits, Limiter, Limits, Refusal, RetryAfter};

/// Admits or refuses the requests of one category.
#[derive(Debug)]
pub(crate) struct Gate {
    meter: Option<Meter>,
    concurrent: Option<u32>,
    in_use: u32,
    check_first: Limiter,
    charge_refused: bool,
    retry_after: RetryAfter,
}

impl Gate {
    /// A gate with the category's limits and the VM's ways of applying them.
    pub(crate) fn new(category: &CategoryLimits, limits: &Limits) -> Gate {
        Gate {
            meter: category.rate.as_ref().map(Meter::new),
            concurrent: category.concurrent,
            in_use: 0,
            check_first: limits.check_first,
            charge_refused: limits.charge_refused,
            retry_after: limits.retry_after,
        }
    }

    /// As [`Gate::new`], with so many slots held already.
    pub(crate) fn holding(in_use: u32, category: &CategoryLimits, limits: &Limits) -> Gate {
        Gate {
            in_use,
            ..Gate::new(category, limits)
        }
    }

    /// Decides about one request; who is admitted holds a slot until it [leaves](Gate::leave).
    pub(crate) fn enter(&mut self, now: Duration) -> Result<(), Refusal> {
        let refused_by = self.refused_by(now);
        if refused_by.is_none() || self.charge_refused {
            self.charge(now);
        }
        if let Some(limiter) = refused_by {
            let retry_after = self.retry_after(now);
            return Err(Refusal {
                limiter,
                retry_after,
            });
        }
        self.in_use += 1;
        Ok(())
    }

    /// Gives a slot back.
    pub(crate) fn leave(&mut self) {
        self.in_use -= 1;
    }

    /// How many slots are held.
    pub(crate) fn in_use(&self) -> u32 {
        self.in_use
    }

    fn refused_by(&self, now: Duration) -> Option<Limiter> {
        let full = self.concurrent.is_some_and(|most| self.in_use >= most);
        let spent = self.earliest(now) > now;
        match (full, spent) {
            (false, false) => None,
            (true, false) => Some(Limiter::Concurrency),
            (false, true) => Some(Limiter::Rate),
            (true, true) => Some(self.check_first),
        }
    }

    fn earliest(&self, now: Duration) -> Duration {
        self.meter.as_ref().map_or(now, |meter| meter.earliest(now))
    }

    fn charge(&mut self, now: Duration) {
        if let Some(meter) = &mut self.meter {
            meter.charge(now);
        }
    }

    fn retry_after(&self, now: Duration) -> Option<Duration> {
        match self.retry_after {
            RetryAfter::None => None,
            RetryAfter::Fixed(wait) => Some(wait),
            RetryAfter::WholeSeconds => Some(whole_seconds(self.earliest(now).saturating_sub(now))),
        }
    }
}

/// Rounded up, at least one.
fn whole_seconds(wait: Duration) -> Duration {
    let rest = u64::from(wait.subsec_nanos() > 0);
    Duration::from_secs((wait.as_secs() + rest).max(1))
}

#[cfg(test)]
mod tests;
