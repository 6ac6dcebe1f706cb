//! A stub of Azure Resource Manager: the service that a client calls with its token.
//!
//! It lists a tenant's subscriptions, their resource groups and resources, to bearers of a valid token
//! that have the right to read them, within limits of its own. It is a pure value, as a [`Vm`] is: it is
//! given the time since the run's start and a generator of random numbers, so that a simulation and the
//! server use the same code. It never sees a token, only a token's claims.
//!
//! [`Vm`]: crate::model::vm::Vm

mod bearer;
mod budget;
mod estate;
mod filter;
mod inventory;
mod path;
mod place;
mod refusal;
mod request;
mod subscription;
mod tally;
mod verdict;

use std::time::Duration;

use rand::Rng;

use crate::model::latency::ServiceTime;

pub use bearer::{AUDIENCES, Bearer, Claims};
pub use budget::{Left, Limit};
pub use estate::Estate;
pub use filter::Filter;
pub use inventory::{Provider, ProviderKind, RoleAssignment, TagName};
pub use place::{Named, Place};
pub use refusal::{Refusal, Scope, Unproven};
pub use request::{Action, Listing, Operation, Request};
pub use subscription::{Details, Readers, Resource, State, Subscription};
pub use tally::{Tally, Usage};
pub use verdict::{Content, Page, Verdict};

use budget::Budgets;

/// Resource Manager as one tenant's clients see it.
#[derive(Debug)]
pub struct ResourceManager {
    estate: Estate,
    budgets: Budgets,
    latency: ServiceTime,
    tally: Tally,
}

impl ResourceManager {
    /// A stub without requests so far.
    pub(crate) fn of(
        estate: Estate,
        limit: Option<Limit>,
        latency: ServiceTime,
    ) -> ResourceManager {
        ResourceManager {
            estate,
            budgets: Budgets::new(limit),
            latency,
            tally: Tally::default(),
        }
    }

    /// Decides about a request. What is granted takes its service time, drawn from `rng`; a refusal
    /// takes none.
    ///
    /// The order (weak evidence): what is asked for must be possible and there at all, then the token
    /// is looked at, then its budget, then what its bearer may read.
    ///
    /// `now` is the time since the run's start and never goes back from one call to the next.
    pub fn arrive(&mut self, now: Duration, request: &Request<'_>, rng: &mut dyn Rng) -> Verdict {
        let verdict = match self.decide(now, request) {
            Ok((content, left)) => Verdict {
                outcome: Ok(content),
                left,
                service_time: self.latency.draw(rng),
            },
            Err((refusal, left)) => Verdict {
                outcome: Err(refusal),
                left,
                service_time: Duration::ZERO,
            },
        };
        self.tally.count(&self.estate, request, &verdict.outcome);
        verdict
    }

    /// Counts a request that could not be parsed.
    pub fn reject(&mut self, status: u16, code: &'static str) {
        self.tally.reject(status, code);
    }

    /// What there is to be read.
    #[must_use]
    pub fn estate(&self) -> &Estate {
        &self.estate
    }

    /// The requests so far, by client and operation, and their outcomes.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    fn decide(&mut self, now: Duration, request: &Request<'_>) -> Decided {
        let free = |refusal| (refusal, None);
        let asked = request.operation.subscription();
        let subscription = asked.map(|id| self.estate.subscription(id));
        let subscription = subscription.transpose().map_err(free)?;
        let subscription = subscription.map(AsRef::as_ref);
        let (tenant_id, scope) = if let Some(Subscription { id, tenant_id, .. }) = subscription {
            (tenant_id, Scope::Subscription(id.clone()))
        } else {
            let tenant_id = self.estate.tenant_id();
            (tenant_id, Scope::Tenant(tenant_id.clone()))
        };
        let proven = request.bearer.proven(now, tenant_id);
        let claims = proven.map_err(|unproven| free(Refusal::Unproven(unproven)))?;
        let spent = self.budgets.spend(now, scope, claims.object_id);
        let left = spent.map_err(|(refusal, left)| (refusal, Some(left)))?;
        let content = self.estate.content(&request.operation, claims);
        match content {
            Ok(content) => Ok((content, left)),
            Err(refusal) => Err((refusal, left)),
        }
    }
}

/// What is granted or refused, and what is left of the budget that was looked at.
type Decided = Result<(Content, Option<Left>), (Refusal, Option<Left>)>;

#[cfg(test)]
mod tests;
