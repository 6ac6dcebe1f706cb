//! The least time that tokens need within a rate and a concurrency together.
//!
//! Number the tokens in the order in which they start to be served. Two things hold of any schedule. Of the tokens
//! that start at a time or later, `k` in number, the last is answered no sooner than `k` services on the slots take:
//! that is [`Demand::span`]. And the rate lets the last `k` tokens start no sooner than some time: those times are
//! the [`Tail`]s, a kind for each algorithm. Each pair bounds the makespan by its sum, and the largest sum counts.
//!
//! Where all service times are equal, the largest sum is the makespan of the greedy schedule, which starts each token as
//! soon as rate and slots allow; no schedule of equal tokens is shorter. The start of a token is then the longest path of
//! steps back to the first one: a step of a window, or of a service time. The order of the steps does not matter, so
//! all steps of windows may come first. A test compares the two. A fixed window that has room left because the slots
//! were busy is the one exception: the sum is then too low.

use std::time::Duration;

use imds_emulator::limit::{Algorithm, RateLimit};

use crate::record::raw::ServiceTimes;

/// The tokens, and what is known of their service times, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demand {
    tokens: u64,
    /// No token took less.
    shortest: u128,
    /// No token took more.
    longest: u128,
    /// All together took at least as long.
    total: u128,
}

/// The last `tokens` tokens start no sooner than `from`, in nanoseconds after the first intended start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tail {
    from: u128,
    tokens: u64,
}

/// When the rate counts a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// When its service starts.
    AtStart,
    /// Then or before: when it joins a queue, or at the turn that it was promised.
    Before,
}

impl Demand {
    /// So many tokens out of all that were issued. The others took at most as long as the longest. Without service times
    /// only the rate is a bound.
    pub(super) fn new(tokens: u64, times: Option<ServiceTimes>) -> Self {
        let times = times.unwrap_or_default();
        let (shortest, longest) = (times.shortest.as_nanos(), times.longest.as_nanos());
        let others = u128::from(times.tokens.saturating_sub(tokens));
        let total = times.total.as_nanos().saturating_sub(others * longest);
        Self {
            tokens,
            shortest,
            longest,
            total,
        }
    }

    /// The least makespan within both limits; `None` is no limit. Without limits it is zero.
    pub(super) fn within(
        &self,
        rate: Option<(&RateLimit, Counted)>,
        slots: Option<u32>,
    ) -> Duration {
        let least = match rate {
            None if slots.is_none() => 0,
            None => self.span(self.tokens, slots),
            Some((limit, counted)) => {
                let by_rate = self.by_rate(limit, counted, slots);
                by_rate.max(self.span(self.tokens, slots))
            }
        };
        Duration::from_nanos(u64::try_from(least).unwrap_or(u64::MAX))
    }

    fn by_rate(&self, limit: &RateLimit, counted: Counted, slots: Option<u32>) -> u128 {
        let full = u64::from(limit.requests);
        let window = limit.window.as_nanos();
        match (limit.algorithm, counted) {
            (Algorithm::SlidingWindow, _) => self.by_windows(0, 0, full, window, slots),
            (Algorithm::FixedWindow, Counted::AtStart) => self.by_fixed_windows(limit, slots),
            // A full window is counted just before a boundary, the next one just after it.
            (Algorithm::FixedWindow, Counted::Before) => {
                self.by_windows(full, 0, full, window, slots)
            }
            (Algorithm::TokenBucket | Algorithm::Gcra, _) => self.by_refill(limit, slots),
        }
    }

    /// All but the first `before` tokens start after `from` in windows of `full` each.
    fn by_windows(
        &self,
        before: u64,
        from: u128,
        full: u64,
        window: u128,
        slots: Option<u32>,
    ) -> u128 {
        let Some(most) = self.tokens.checked_sub(before + 1) else {
            return 0;
        };
        let tails = ends_of_cycles(most / full, slots).map(|windows| Tail {
            from: from + u128::from(windows) * window,
            tokens: self.tokens - before - windows * full,
        });
        self.latest(tails, slots)
    }

    /// The boundary comes where it is best: just after the start of some token, whose window's room the tokens
    /// before it have used as far as the slots allowed.
    fn by_fixed_windows(&self, limit: &RateLimit, slots: Option<u32>) -> u128 {
        let full = u64::from(limit.requests);
        let at_once = slots.map_or(full, u64::from);
        let waves = 0..full.min(self.tokens).div_ceil(at_once);
        let with_boundary = waves.map(|wave| {
            let before = full.min((wave + 1).saturating_mul(at_once));
            let from = u128::from(wave) * self.shortest;
            self.by_windows(before, from, full, limit.window.as_nanos(), slots)
        });
        with_boundary.min().unwrap_or_default()
    }

    /// A full bucket at first, then a token for each part of the window. The sum is convex in the number of
    /// tokens, but for the rounding to whole waves, so that it is largest at an end.
    fn by_refill(&self, limit: &RateLimit, slots: Option<u32>) -> u128 {
        let (burst, all) = (u64::from(limit.largest_burst()), self.tokens);
        let at_once = slots.map_or(all, u64::from).max(1);
        let most_waves = all.saturating_sub(1) / at_once * at_once + 1;
        let counts = [1, most_waves, all].into_iter().filter(|&it| it <= all);
        let tails = counts.map(|tokens| {
            let beyond = (all - tokens + 1).saturating_sub(burst);
            let gained = u128::from(beyond) * limit.window.as_nanos();
            Tail {
                from: gained / u128::from(limit.requests),
                tokens,
            }
        });
        self.latest(tails, slots)
    }

    fn latest(&self, tails: impl Iterator<Item = Tail>, slots: Option<u32>) -> u128 {
        let ends = tails.map(|tail| self.end(tail, slots));
        ends.max().unwrap_or_default()
    }

    fn end(&self, tail: Tail, slots: Option<u32>) -> u128 {
        tail.from + self.span(tail.tokens, slots)
    }

    /// How long the service of the last `tokens` takes at least. Of those that start while all slots are held, each
    /// waits for one of the last holders, so that every wave takes at least the shortest service time.
    fn span(&self, tokens: u64, slots: Option<u32>) -> u128 {
        let Some(slots) = slots else {
            return self.shortest * u128::from(tokens.min(1));
        };
        let before = u128::from(self.tokens - tokens);
        let together = self.total.saturating_sub(before * self.longest);
        let waves = u128::from(tokens.div_ceil(slots.into()));
        (waves * self.shortest).max(together / u128::from(slots))
    }
}

/// The numbers of windows that may give the largest bound, from 0 to `most`. With as many more windows as there are slots,
/// a whole number of waves is gone, so that in such steps the bound is convex: largest at the first or the last.
fn ends_of_cycles(most: u64, slots: Option<u32>) -> impl Iterator<Item = u64> {
    let cycle = slots.map_or(1, u64::from);
    let first = 0..cycle.min(most + 1);
    let last = (most + 1).saturating_sub(cycle).max(first.end)..most + 1;
    first.chain(last)
}

#[cfg(test)]
mod tests;
