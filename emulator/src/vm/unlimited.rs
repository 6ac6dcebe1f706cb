//! Tokens without limits, for protocols that are not told to share those of IMDS.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use super::{Departure, Identity, Rejection, Selector, Vm};

/// A request for a token that holds no slot.
#[derive(Debug)]
pub(crate) struct Unlimited {
    identity: Arc<Identity>,
    resource: Arc<str>,
    /// From arrival to departure.
    pub(crate) service_time: Duration,
}

impl Vm {
    /// Takes a request in, whatever the limits say; it is charged to none.
    ///
    /// # Errors
    /// When it means no identity.
    pub(crate) fn arrive_unlimited(
        &self,
        now: Duration,
        selector: Selector<'_>,
        resource: &str,
        rng: &mut dyn Rng,
    ) -> Result<Unlimited, Rejection> {
        let identity = Arc::clone(self.identities.select(selector)?);
        let service_time = if self.warm.holds(&identity, resource, now) {
            self.latency.token_warm
        } else {
            self.latency.token_cold
        };
        Ok(Unlimited {
            identity,
            resource: Arc::from(resource),
            service_time: service_time.draw(rng),
        })
    }

    /// Ends its service. The token is warm from then on, also for requests that are limited.
    pub(crate) fn depart_unlimited(&mut self, now: Duration, request: Unlimited) -> Departure {
        self.hand_over(now, request.identity, request.resource)
    }
}
