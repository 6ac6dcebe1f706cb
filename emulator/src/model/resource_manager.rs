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
mod custom;
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

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use crate::model::latency::ServiceTime;

pub use crate::model::custom_body::{BodyKind, CustomBody};
pub use bearer::{AUDIENCES, Bearer, Claims};
pub use budget::{Left, Limit};
pub use custom::{AnswerReport, CannotAdd, CustomAnswer, CustomAnswers, Pattern, Sent};
pub use estate::Estate;
pub use filter::Filter;
pub use inventory::{Provider, ProviderKind, RoleAssignment, TagName};
pub use place::{Named, Place};
pub use refusal::{Refusal, Scope, Unproven};
pub use request::{Action, Listing, Operation, Request};
pub use subscription::{Details, Readers, Resource, State, Subscription};
pub use tally::{Tally, Usage};
pub use verdict::{Content, CustomVerdict, Page, Verdict};

use budget::Budgets;

/// Resource Manager as one tenant's clients see it.
#[derive(Debug)]
pub struct ResourceManager {
    estate: Estate,
    budgets: Budgets,
    latency: ServiceTime,
    answers: CustomAnswers,
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
            answers: CustomAnswers::default(),
            tally: Tally::default(),
        }
    }

    /// The answers of the user's own.
    #[must_use]
    pub fn answers(&self) -> &CustomAnswers {
        &self.answers
    }

    /// The answers of the user's own, to be changed.
    pub fn answers_mut(&mut self) -> &mut CustomAnswers {
        &mut self.answers
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

    /// Decides about a request by an answer of the user's own; `None` if none is for it. What it looks for
    /// need not be there: only its token and its budget count, if the answer wants a token. A refused
    /// request does not use the answer up (assumed, all of it).
    pub fn arrive_custom(
        &mut self,
        now: Duration,
        sent: &Sent<'_>,
        bearer: &Bearer<'_>,
        rng: &mut dyn Rng,
    ) -> Option<CustomVerdict> {
        let (index, answer) = self.answers.find(sent)?;
        let subscription = self.subscription_of(sent).cloned();
        let admitted = if answer.token {
            self.admit(now, subscription.as_deref(), bearer)
                .map(|(_, left)| left)
        } else {
            Ok(None)
        };
        let status = match &admitted {
            Ok(_) => {
                self.answers.give(index);
                (answer.status, None)
            }
            Err((refusal, _)) => (refusal.status(), Some(refusal.code())),
        };
        self.tally
            .count_custom(subscription.as_deref(), bearer, status);
        let latency = answer.latency.unwrap_or(self.latency);
        Some(match admitted {
            Ok(left) => CustomVerdict {
                outcome: Ok(answer),
                left,
                service_time: latency.draw(rng),
            },
            Err((refusal, left)) => CustomVerdict {
                outcome: Err(refusal),
                left,
                service_time: Duration::ZERO,
            },
        })
    }

    /// The subscription that a path names, if it is there.
    fn subscription_of(&self, sent: &Sent<'_>) -> Option<&Arc<Subscription>> {
        match sent.segments {
            [first, id, ..] if first.eq_ignore_ascii_case("subscriptions") => {
                self.estate.subscription(id).ok()
            }
            _ => None,
        }
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
        let asked = request.operation.subscription();
        let subscription = asked.map(|id| self.estate.subscription(id).cloned());
        let subscription = subscription.transpose();
        let subscription = subscription.map_err(|refusal| (refusal, None))?;
        let (claims, left) = self.admit(now, subscription.as_deref(), &request.bearer)?;
        let content = self.estate.content(&request.operation, claims);
        match content {
            Ok(content) => Ok((content, left)),
            Err(refusal) => Err((refusal, left)),
        }
    }

    /// The claims of a good token, and what is left of its budget: that of the subscription, or of the tenant.
    fn admit<'a>(
        &mut self,
        now: Duration,
        subscription: Option<&Subscription>,
        bearer: &'a Bearer<'_>,
    ) -> Result<(&'a Claims<'a>, Option<Left>), Refused> {
        let (tenant_id, scope) = if let Some(Subscription { id, tenant_id, .. }) = subscription {
            (tenant_id, Scope::Subscription(id.clone()))
        } else {
            let tenant_id = self.estate.tenant_id();
            (tenant_id, Scope::Tenant(tenant_id.clone()))
        };
        let proven = bearer.proven(now, tenant_id);
        let claims = proven.map_err(|unproven| (Refusal::Unproven(unproven), None))?;
        let spent = self.budgets.spend(now, scope, claims.principal);
        let left = spent.map_err(|(refusal, left)| (refusal, Some(left)))?;
        Ok((claims, left))
    }
}

/// Why a request is refused, and what is left of the budget that was looked at.
type Refused = (Refusal, Option<Left>);

/// What is granted or refused, and what is left of the budget that was looked at.
type Decided = Result<(Content, Option<Left>), Refused>;

#[cfg(test)]
mod tests;
