//! One VM's metadata service as a pure value: requests arrive at it and depart from it.
//!
//! It is told the time since the run's start, never a clock's, and draws from the generator it is
//! given. The HTTP shell drives it in real time, a simulation in virtual time. It knows which token
//! is due to whom and until when; it never makes one.

mod change;
mod warm;

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use crate::config::Config;
use crate::identity::{Identities, Identity};
use crate::latency::Latency;
use crate::limit::{Category, Gate};
use crate::tally::Tally;

pub use crate::identity::{Rejection, Selector};
pub use crate::limit::Refusal;

use warm::WarmTokens;

/// One VM: its limits, its identities, and the tokens it holds.
#[derive(Debug)]
pub struct Vm {
    identity_gate: Gate,
    other_gate: Gate,
    identities: Identities,
    latency: Latency,
    warm: WarmTokens,
    tally: Tally,
    /// How often it was reset.
    era: u64,
    /// What it was before it was reset, for those who were being served then.
    past: Option<Box<Vm>>,
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
            tally: Tally::default(),
            era: 0,
            past: None,
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
            Request::Versions => match self.enter(Category::Other, now) {
                Err(refusal) => Verdict::Refused(refusal),
                Ok(()) => self.admitted(Errand::Versions, self.latency.other.draw(rng)),
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
        self.admitted(Errand::Token { identity, resource }, service_time.draw(rng))
    }

    fn admitted(&self, errand: Errand, service_time: Duration) -> Verdict {
        let ticket = Ticket {
            errand,
            service_time,
            era: self.era,
        };
        Verdict::Admitted(Admission {
            ticket,
            service_time,
        })
    }

    /// Ends the service of an admitted request: its slot is free from `now` on. The first departure
    /// with a token makes that token warm.
    pub fn depart(&mut self, now: Duration, ticket: Ticket) -> Departure {
        if ticket.era < self.era
            && let Some(past) = &mut self.past
        {
            return past.depart(now, ticket);
        }
        match ticket.errand {
            Errand::Versions => {
                self.leave(Category::Other);
                Departure::Versions
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
    /// For the list of API versions.
    Versions,
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
    /// In which of the VM's eras it was admitted.
    era: u64,
}

#[derive(Debug)]
enum Errand {
    Token {
        identity: Arc<Identity>,
        resource: Arc<str>,
    },
    Versions,
}

/// What a request departs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// A token.
    Token(Grant),
    /// The list of API versions.
    Versions,
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
