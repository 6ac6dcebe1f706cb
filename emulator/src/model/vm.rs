//! One VM's metadata service as a pure value: requests arrive at it and depart from it.
//!
//! It is given the time since the run's start and a generator of random numbers. `serve` drives it in real
//! time, a simulation in virtual time. It decides which identity is granted which token and until when; it
//! makes no token.

mod change;
mod departure;
mod faulted;
pub(crate) mod parameters;
mod request;
mod unlimited;
mod verdict;
mod waiting;
mod warm;

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use crate::model::audience::{self, Audience};
use crate::model::event::Events;
use crate::model::fault::Faults;
use crate::model::identity::{Identities, Identity};
use crate::model::latency::{Latency, ServiceTime};
use crate::model::limit::{Abandoned, Category, Entry, Gate};
use crate::model::tally::Tally;

pub use crate::model::audience::Denial;
pub use crate::model::identity::{Rejection, Selector};
pub use crate::model::limit::{Call, Left, Place, Refusal};
pub use departure::{Denied, Departure, Grant};
pub use request::{Request, Wanted};
pub use verdict::{Admission, Ticket, Verdict, Waiting};

use parameters::Parameters;
use verdict::Job;
use warm::WarmTokens;

/// One VM: its limits, its identities, and the tokens it holds.
#[derive(Debug)]
pub struct Vm {
    identity_gate: Gate,
    other_gate: Gate,
    identities: Identities,
    unknown_resources: Vec<Audience>,
    latency: Latency,
    warm: WarmTokens,
    faults: Faults,
    abandoned: Abandoned,
    events: Events,
    /// The number of requests being served without a slot.
    unlimited: u32,
    tally: Tally,
    /// How often it was reset.
    era: u64,
    /// Its state before it was reset, for the requests that were being served then.
    past: Option<Box<Vm>>,
    /// The resource that was wanted last: most requests are for the one before.
    latest_resource: Arc<str>,
}

impl Vm {
    /// A VM without requests so far.
    pub(crate) fn of(parameters: &Parameters<'_>) -> Vm {
        let Parameters {
            limits, latency, ..
        } = *parameters;
        let gate = |category, service_time: ServiceTime| {
            Gate::new(category, limits, service_time.median())
        };
        Vm {
            identity_gate: gate(Category::Identity, latency.token_cold),
            other_gate: gate(Category::Other, latency.other),
            identities: parameters.identities.clone(),
            unknown_resources: parameters.unknown_resources.to_vec(),
            latency,
            warm: WarmTokens::new(parameters.token_lifetime),
            faults: Faults::new(parameters.faults),
            abandoned: limits.abandoned,
            events: Events::new(parameters.scheduled_events, parameters.events.to_vec()),
            unlimited: 0,
            tally: Tally::default(),
            era: 0,
            past: None,
            latest_resource: Arc::default(),
        }
    }

    /// The same, but that decisions do not say what the limits still allow: for a driver that does not report it.
    #[must_use]
    pub fn without_left(mut self) -> Vm {
        self.identity_gate.leave_out_left();
        self.other_gate.leave_out_left();
        self
    }

    /// Decides about a request. An admitted one departs after the service time, drawn from `rng`.
    ///
    /// `now` is the time since the run's start and never goes back from one call to the next.
    pub fn arrive(&mut self, now: Duration, request: &Request<'_>, rng: &mut dyn Rng) -> Verdict {
        match *request {
            Request::Token {
                identity,
                resource,
                bypass_cache,
            } => self.arrive_for_token(now, identity, resource, bypass_cache, rng),
            Request::Plain(category) => {
                let entry = self.gate(category).enter(now);
                self.enter(now, Job::Plain(category), entry, rng)
            }
        }
    }

    fn arrive_for_token(
        &mut self,
        now: Duration,
        selector: Selector<'_>,
        resource: &str,
        bypass_cache: bool,
        rng: &mut dyn Rng,
    ) -> Verdict {
        let identity = match self.identities.select(selector) {
            Ok(identity) => identity,
            Err(rejection) => {
                self.reject(Category::Identity);
                return Verdict::Rejected(rejection);
            }
        };
        let entry = self.identity_gate.enter(now);
        // A request that is refused has no job, so that refusing is cheap.
        if let Entry::Refused(refusal) = entry {
            return Verdict::Refused(self.refuse(Category::Identity, refusal));
        }
        let job = Job::Token {
            identity: Arc::clone(identity),
            resource: Arc::from(resource),
            bypass_cache,
        };
        self.enter(now, job, entry, rng)
    }

    /// What requests for such a token ask for.
    pub fn want(&mut self, selector: Selector<'_>, resource: &str) -> Wanted {
        if *self.latest_resource != *resource {
            self.latest_resource = Arc::from(resource);
        }
        Wanted {
            identity: self.identities.select(selector).cloned(),
            resource: Arc::clone(&self.latest_resource),
        }
    }

    /// Decides about a request for a token, as [`Vm::arrive`] does.
    #[inline]
    pub fn arrive_wanting(&mut self, now: Duration, wanted: &Wanted, rng: &mut dyn Rng) -> Verdict {
        let identity = match &wanted.identity {
            Ok(identity) => identity,
            Err(rejection) => {
                self.reject(Category::Identity);
                return Verdict::Rejected(*rejection);
            }
        };
        let entry = self.identity_gate.enter(now);
        if let Entry::Refused(refusal) = entry {
            return Verdict::Refused(self.refuse(Category::Identity, refusal));
        }
        let job = Job::Token {
            identity: Arc::clone(identity),
            resource: Arc::clone(&wanted.resource),
            bypass_cache: false,
        };
        self.enter(now, job, entry, rng)
    }

    /// Ends the service of an admitted request: its slot is free from `now` on. The first departure
    /// with a token makes that token warm.
    pub fn depart(&mut self, now: Duration, ticket: Ticket) -> Departure {
        if ticket.era < self.era
            && let Some(past) = &mut self.past
        {
            let departure = past.depart(now, ticket);
            self.forget_past();
            return departure;
        }
        match ticket.job {
            Job::Plain(category) => {
                self.leave(category);
                Departure::Plain
            }
            Job::Token {
                identity,
                resource,
                bypass_cache,
            } => {
                self.leave(Category::Identity);
                if bypass_cache {
                    self.warm.forget(&identity, &resource);
                }
                let departure = self.hand_over(now, identity, resource);
                if let Departure::Token(_) = departure {
                    self.tally.grant(ticket.service_time);
                }
                departure
            }
            Job::Unlimited { identity, resource } => {
                self.unlimited -= 1;
                self.hand_over(now, identity, resource)
            }
        }
    }

    fn hand_over(
        &mut self,
        now: Duration,
        identity: Arc<Identity>,
        resource: Arc<str>,
    ) -> Departure {
        match audience::denial(
            &self.unknown_resources,
            identity.resources.as_deref(),
            &resource,
        ) {
            None => Departure::Token(self.warm.grant(identity, resource, now)),
            Some(denial) => Departure::Denied(Denied {
                denial,
                identity,
                resource,
            }),
        }
    }

    /// Counts a request that was found faulty before it could arrive.
    pub fn reject(&mut self, category: Category) {
        self.tally.of(category).rejected += 1;
    }

    /// Decides about a request that lacks the header that its protocol requires: the refusal, if a limit comes
    /// before that; else it is counted as faulty.
    pub fn arrive_without_header(&mut self, now: Duration, category: Category) -> Option<Refusal> {
        match self.gate(category).enter_without_header(now) {
            Ok(()) => {
                self.reject(category);
                None
            }
            Err(refusal) => Some(self.refuse(category, refusal)),
        }
    }

    /// Counts a request that could not be read.
    pub(crate) fn fail_to_read(&mut self, category: Category) {
        self.tally.of(category).unreadable += 1;
    }

    /// Ends an admitted request whose client has closed its connection: its slot is free from now on, and
    /// no token was granted.
    pub fn abandon(&mut self, ticket: Ticket) {
        if ticket.era < self.era
            && let Some(past) = &mut self.past
        {
            past.abandon(ticket);
            self.forget_past();
            return;
        }
        match ticket.job {
            Job::Token { .. } => self.leave(Category::Identity),
            Job::Plain(category) => self.leave(category),
            Job::Unlimited { .. } => self.unlimited -= 1,
        }
    }

    /// What happens to the slot of a client that closes its connection.
    #[must_use]
    pub fn abandoned(&self) -> Abandoned {
        self.abandoned
    }

    /// What has happened so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What the limits of a category would still allow now.
    #[must_use]
    pub fn left(&self, now: Duration, category: Category) -> Left {
        match category {
            Category::Identity => self.identity_gate.left(now),
            Category::Other => self.other_gate.left(now),
        }
    }

    /// Its scheduled events.
    pub fn events(&mut self) -> &mut Events {
        &mut self.events
    }

    fn enter(&mut self, now: Duration, job: Job, entry: Entry, rng: &mut dyn Rng) -> Verdict {
        match entry {
            Entry::Admitted(left) => Verdict::Admitted(self.admit(now, job, left, rng)),
            Entry::Queued(place) => self.queue(place, job),
            Entry::Refused(refusal) => Verdict::Refused(self.refuse(job.category(), refusal)),
        }
    }

    fn admit(&mut self, now: Duration, job: Job, left: Left, rng: &mut dyn Rng) -> Admission {
        let category = job.category();
        let in_use = self.gate(category).in_use();
        self.tally.of(category).admit(in_use);
        self.begin(now, job, Some(left), rng)
    }

    fn begin(&self, now: Duration, job: Job, left: Option<Left>, rng: &mut dyn Rng) -> Admission {
        let service_time = self.service_time(now, &job).draw(rng);
        let ticket = Ticket {
            job,
            service_time,
            era: self.era,
        };
        Admission {
            ticket,
            service_time,
            left,
        }
    }

    #[inline]
    fn refuse(&mut self, category: Category, refusal: Refusal) -> Refusal {
        self.tally.of(category).refuse(refusal.limiter);
        refusal
    }

    fn service_time(&self, now: Duration, job: &Job) -> ServiceTime {
        match job {
            Job::Plain(_) => self.latency.other,
            Job::Token {
                identity,
                resource,
                bypass_cache: false,
            }
            | Job::Unlimited { identity, resource }
                if self.warm.holds(identity, resource, now) =>
            {
                self.latency.token_warm
            }
            Job::Token { .. } | Job::Unlimited { .. } => self.latency.token_cold,
        }
    }

    fn leave(&mut self, category: Category) {
        let gate = self.gate(category);
        gate.leave();
        self.tally.of(category).in_use = self.gate(category).in_use();
    }

    fn gate(&mut self, category: Category) -> &mut Gate {
        match category {
            Category::Identity => &mut self.identity_gate,
            Category::Other => &mut self.other_gate,
        }
    }
}

#[cfg(test)]
mod tests;
