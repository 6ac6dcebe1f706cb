//! One VM's metadata service as a pure value: requests arrive at it and depart from it.
//!
//! It is told the time since the run's start, never a clock's, and draws from the generator it is
//! given. The HTTP shell drives it in real time, a simulation in virtual time. It knows which token
//! is due to whom and until when; it never makes one.

mod unlimited;
mod warm;

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use crate::config::Config;
use crate::event::Events;
use crate::identity::{Identities, Identity};
use crate::latency::Latency;
use crate::limit::{Category, Gate};
use crate::tally::Tally;

pub use crate::identity::{Rejection, Selector};
pub use crate::limit::Refusal;

pub(crate) use unlimited::Unlimited;

use warm::WarmTokens;

/// One VM: its limits, its identities, and the tokens it holds.
#[derive(Debug)]
pub struct Vm {
    identity_gate: Gate,
    other_gate: Gate,
    identities: Identities,
    latency: Latency,
    warm: WarmTokens,
    events: Events,
    tally: Tally,
}

impl Vm {
    /// A VM that was never asked anything.
    #[must_use]
    pub fn new(config: &Config) -> Vm {
        Vm {
            identity_gate: Gate::new(&config.limits.identity, &config.limits),
            other_gate: Gate::new(&config.limits.other, &config.limits),
            identities: config.identities.clone(),
            latency: config.latency,
            warm: WarmTokens::new(config.tokens.lifetime),
            events: Events::new(config.scheduled_events, config.events.clone()),
            tally: Tally::default(),
        }
    }

    /// Decides about a request. Who is admitted departs after the service time, drawn from `rng`.
    ///
    /// `now` is the time since the run's start and never goes back from one call to the next.
    pub fn arrive(&mut self, now: Duration, request: &Request<'_>, rng: &mut dyn Rng) -> Verdict {
        match *request {
            Request::Token { identity, resource } => {
                self.arrive_for_token(now, identity, resource, rng)
            }
            Request::Plain(category) => match self.enter(category, now) {
                Err(refusal) => Verdict::Refused(refusal),
                Ok(()) => admitted(Errand::Plain(category), self.latency.other.draw(rng)),
            },
        }
    }

    fn arrive_for_token(
        &mut self,
        now: Duration,
        selector: Selector<'_>,
        resource: &str,
        rng: &mut dyn Rng,
    ) -> Verdict {
        let identity = match self.identities.select(selector) {
            Ok(identity) => Arc::clone(identity),
            Err(rejection) => {
                self.reject(Category::Identity);
                return Verdict::Rejected(rejection);
            }
        };
        if let Err(refusal) = self.enter(Category::Identity, now) {
            return Verdict::Refused(refusal);
        }
        let is_warm = self.warm.holds(&identity, resource, now);
        let service_time = if is_warm {
            self.latency.token_warm
        } else {
            self.latency.token_cold
        };
        let resource = Arc::from(resource);
        admitted(Errand::Token { identity, resource }, service_time.draw(rng))
    }

    /// Ends the service of an admitted request: its slot is free from `now` on. The first departure
    /// with a token makes that token warm.
    pub fn depart(&mut self, now: Duration, ticket: Ticket) -> Departure {
        match ticket.errand {
            Errand::Plain(category) => {
                self.leave(category);
                Departure::Plain
            }
            Errand::Token { identity, resource } => {
                self.leave(Category::Identity);
                self.tally.granted += 1;
                self.tally.granted_service_time += ticket.service_time;
                Departure::Token(self.warm.grant(identity, resource, now))
            }
        }
    }

    /// Counts a request that was found faulty before it could arrive.
    pub fn reject(&mut self, category: Category) {
        self.tally.of(category).rejected += 1;
    }

    /// What has happened so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Its scheduled events.
    pub fn events(&mut self) -> &mut Events {
        &mut self.events
    }

    fn enter(&mut self, category: Category, now: Duration) -> Result<(), Refusal> {
        let gate = self.gate(category);
        let entered = gate.enter(now);
        let in_use = gate.in_use();
        let tally = self.tally.of(category);
        match entered {
            Ok(()) => tally.admit(in_use),
            Err(refusal) => tally.refuse(refusal.limiter),
        }
        entered
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

/// A request that is well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// For a token.
    Token {
        /// Whose.
        identity: Selector<'a>,
        /// For what audience.
        resource: &'a str,
    },
    /// For anything else, which no state of the VM decides about.
    Plain(Category),
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Verdict {
    /// It is served.
    Admitted(Admission),
    /// It is throttled: 429.
    Refused(Refusal),
    /// It is faulty: 400. It was not charged and had no slot.
    Rejected(Rejection),
}

/// A request being served.
#[derive(Debug)]
pub struct Admission {
    /// To be handed back when the service time is over.
    pub ticket: Ticket,
    /// From admission to departure.
    pub service_time: Duration,
}

/// The slot of a request being served. It must come back through [`Vm::depart`].
#[derive(Debug)]
#[must_use = "a ticket that is not handed back holds its slot for ever"]
pub struct Ticket {
    errand: Errand,
    service_time: Duration,
}

#[derive(Debug)]
enum Errand {
    Token {
        identity: Arc<Identity>,
        resource: Arc<str>,
    },
    Plain(Category),
}

fn admitted(errand: Errand, service_time: Duration) -> Verdict {
    let ticket = Ticket {
        errand,
        service_time,
    };
    Verdict::Admitted(Admission {
        ticket,
        service_time,
    })
}

/// What a request departs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// A token.
    Token(Grant),
    /// What was asked for: the VM has nothing to add.
    Plain,
}

/// Which token is due, without the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Whose.
    pub identity: Arc<Identity>,
    /// For what audience, as the request spelt it.
    pub resource: Arc<str>,
    /// When the token was issued, since the run's start; later answers share it.
    pub issued_at: Duration,
    /// When it expires, since the run's start.
    pub expires_at: Duration,
}

#[cfg(test)]
mod tests;
