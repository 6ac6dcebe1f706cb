//! One category's gate: its rate and its concurrency, decided in one step.

use std::time::Duration;

use super::category::Category;
use super::meter::Meter;
use super::penalty::Penalty;
use super::refusal::{Left, Limiter, Refusal};
use super::reservation::Reservations;
use super::settings::{CategoryLimits, Limits, Queue, RateChecked, RateLimit, RetryAfter};
use super::wait_queue::{Call, Place, WaitQueue};

/// Admits, refuses or queues the requests of one category.
#[derive(Debug)]
pub(crate) struct Gate {
    rate: Option<RateLimit>,
    meter: Option<Meter>,
    concurrent: Option<u32>,
    in_use: u32,
    check_first: Limiter,
    charge_refused: bool,
    rate_before_header: bool,
    retry_after: RetryAfter,
    queue: Option<Queue>,
    waiting: WaitQueue,
    penalty: Penalty,
    reservations: Reservations,
    /// Whether decisions say what is left.
    counts_left: bool,
}

/// The gate's decision about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It holds a slot until it [leaves](Gate::leave).
    Admitted(Left),
    /// It waits until it is [called](Gate::call).
    Queued(Place),
    Refused(Refusal),
}

impl Gate {
    /// A gate with the category's limits and the VM's ways of applying them. A reservation plans with
    /// `service_time` for each request.
    pub(crate) fn new(category: Category, limits: &Limits, service_time: Duration) -> Gate {
        let mut gate = Gate {
            rate: None,
            meter: None,
            concurrent: None,
            in_use: 0,
            check_first: limits.check_first,
            charge_refused: limits.charge_refused,
            rate_before_header: limits.rate_before_header,
            retry_after: limits.retry_after,
            queue: None,
            waiting: WaitQueue::new(category),
            penalty: Penalty::default(),
            reservations: Reservations::new(service_time),
            counts_left: true,
        };
        gate.set(Duration::ZERO, limits.of(category), limits);
        gate
    }

    /// Changes the limits. Slots in use, waiting requests and promised turns stay as they are;
    /// a rate that changes counts what the old one counted as if it had come now.
    pub(crate) fn set(&mut self, now: Duration, category: &CategoryLimits, limits: &Limits) {
        if self.rate != category.rate {
            let spent = self.spent(now);
            self.meter = category.rate.as_ref().map(Meter::new);
            self.rate.clone_from(&category.rate);
            let counted = spent.min(category.rate.as_ref().map_or(0, |rate| rate.requests));
            (0..counted).for_each(|_| self.charge(now));
        }
        self.concurrent = category.concurrent;
        self.check_first = limits.check_first;
        self.charge_refused = limits.charge_refused;
        self.rate_before_header = limits.rate_before_header;
        self.retry_after = limits.retry_after;
        self.queue = limits.queue;
        self.penalty.set(limits.penalty);
    }

    /// Decides about one request.
    #[inline]
    pub(crate) fn enter(&mut self, now: Duration) -> Entry {
        match self.retry_after {
            RetryAfter::Reservation => self.enter_in_turn(now),
            _ => self.enter_by_limits(now),
        }
    }

    #[inline]
    fn enter_by_limits(&mut self, now: Duration) -> Entry {
        if self.penalty.is_on(now) {
            return Entry::Refused(self.refuse(Limiter::Penalty, now));
        }
        let spent = self.is_spent(now);
        match self.is_full() {
            true if self.may_wait() => self.queue_up(spent, now),
            true if spent => Entry::Refused(self.refuse(self.check_first, now)),
            true => Entry::Refused(self.refuse(Limiter::Concurrency, now)),
            false if spent => Entry::Refused(self.refuse(Limiter::Rate, now)),
            false => {
                self.charge(now);
                self.admit(now)
            }
        }
    }

    fn queue_up(&mut self, spent: bool, now: Duration) -> Entry {
        if !self.checks_rate_at_start() {
            if spent {
                return Entry::Refused(self.refuse(Limiter::Rate, now));
            }
            self.charge(now);
        }
        Entry::Queued(self.waiting.join())
    }

    /// Decides about a request that lacks the header that its protocol requires. It gets no slot: it is refused,
    /// or found faulty, and counts against the rate if that comes first.
    pub(crate) fn enter_without_header(&mut self, now: Duration) -> Result<(), Refusal> {
        if !self.rate_before_header {
            return Ok(());
        }
        if self.penalty.is_on(now) {
            return Err(self.refuse(Limiter::Penalty, now));
        }
        if self.is_spent(now) {
            return Err(self.refuse(Limiter::Rate, now));
        }
        self.charge(now);
        Ok(())
    }

    /// A request that comes at its turn is admitted; while its slot is not free yet, it waits for it.
    fn enter_in_turn(&mut self, now: Duration) -> Entry {
        if self.reservations.claim(now) {
            if self.is_full() {
                return Entry::Queued(self.waiting.join());
            }
            return self.admit(now);
        }
        let (full, spent) = (self.is_full(), self.is_spent(now));
        if self.reservations.is_empty() && !full && !spent {
            self.charge(now);
            self.reservations.take_slot(now, self.concurrent);
            return self.admit(now);
        }
        let limiter = match (full, spent) {
            (true, false) => Limiter::Concurrency,
            (true, true) => self.check_first,
            (false, _) => Limiter::Rate,
        };
        let left = self.left_after(now);
        let slots = self.concurrent;
        let turn = self.reservations.promise(now, self.meter.as_mut(), slots);
        Entry::Refused(self.refusal(limiter, left, turn.saturating_sub(now)))
    }

    fn admit(&mut self, now: Duration) -> Entry {
        self.in_use += 1;
        Entry::Admitted(self.left_after(now))
    }

    #[inline]
    fn refuse(&mut self, limiter: Limiter, now: Duration) -> Refusal {
        if self.charge_refused {
            self.charge(now);
        }
        self.penalty.begin(now);
        let wait = if self.retry_after.depends_on_wait() {
            let ready = self.earliest(now).max(self.penalty.until());
            ready.saturating_sub(now)
        } else {
            Duration::ZERO
        };
        self.refusal(limiter, self.left_after(now), wait)
    }

    #[inline]
    fn refusal(&self, limiter: Limiter, left: Left, wait: Duration) -> Refusal {
        let (retry_after, retry_after_ms) = self.retry_after.advise(wait);
        Refusal {
            limiter,
            left,
            retry_after,
            retry_after_ms,
        }
    }

    /// Gives a slot back. A request that waits for it is to be [called](Gate::call) next.
    pub(crate) fn leave(&mut self) {
        self.in_use -= 1;
    }

    /// Removes a request from the queue without a slot; whether it was still waiting.
    pub(crate) fn leave_queue(&mut self, place: Place) -> bool {
        self.waiting.leave(place)
    }

    /// The next waiting request, if there is a slot for it.
    pub(crate) fn call(&mut self, now: Duration) -> Option<Call> {
        if self.is_full() {
            return None;
        }
        let place = self.waiting.next()?;
        let decision = self.start(now);
        Some(Call { place, decision })
    }

    fn start(&mut self, now: Duration) -> Result<Left, Refusal> {
        if self.checks_rate_at_start() {
            if self.is_spent(now) {
                return Err(self.refuse(Limiter::Rate, now));
            }
            self.charge(now);
        }
        self.in_use += 1;
        Ok(self.left_after(now))
    }

    /// How many slots are held.
    pub(crate) fn in_use(&self) -> u32 {
        self.in_use
    }

    /// How many wait for one.
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.len()
    }

    fn may_wait(&self) -> bool {
        self.queue
            .is_some_and(|queue| self.waiting.len() < queue.most)
    }

    fn checks_rate_at_start(&self) -> bool {
        let at_start = |queue: Queue| queue.rate_checked == RateChecked::Start;
        self.queue.is_some_and(at_start)
    }

    fn is_full(&self) -> bool {
        self.concurrent.is_some_and(|most| self.in_use >= most)
    }

    fn is_spent(&self, now: Duration) -> bool {
        self.earliest(now) > now
    }

    fn earliest(&self, now: Duration) -> Duration {
        self.meter.as_ref().map_or(now, |meter| meter.earliest(now))
    }

    fn charge(&mut self, now: Duration) {
        if let Some(meter) = &mut self.meter {
            meter.charge(now);
        }
    }

    /// How many requests the rate counts at that instant.
    fn spent(&self, now: Duration) -> u32 {
        let most = self.rate.as_ref().map_or(0, RateLimit::largest_burst);
        let remaining = self.meter.as_ref().map_or(0, |meter| meter.remaining(now));
        most.saturating_sub(remaining)
    }

    /// Leaves out of decisions what is left.
    pub(crate) fn leave_out_left(&mut self) {
        self.counts_left = false;
    }

    /// What a decision says is left.
    #[inline]
    fn left_after(&self, now: Duration) -> Left {
        if self.counts_left {
            self.left(now)
        } else {
            Left::default()
        }
    }

    /// What the limits would still allow.
    pub(crate) fn left(&self, now: Duration) -> Left {
        let slots = |most: u32| most.saturating_sub(self.in_use);
        Left {
            requests: self.meter.as_ref().map(|meter| meter.remaining(now)),
            slots: self.concurrent.map(slots),
        }
    }
}

#[cfg(test)]
mod tests;
