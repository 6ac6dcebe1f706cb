//! Tokens without limits, for protocols that do not share those of IMDS.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use super::Vm;
use super::verdict::{Admission, Job};
use crate::model::identity::{Rejection, Selector};

impl Vm {
    /// Admits a request for a token without limits: it holds no slot and is not charged. Otherwise it is
    /// like every admitted request: faults strike it, and it departs.
    ///
    /// # Errors
    /// When it selects no identity.
    pub(crate) fn arrive_unlimited(
        &mut self,
        now: Duration,
        selector: Selector<'_>,
        resource: &str,
        rng: &mut dyn Rng,
    ) -> Result<Admission, Rejection> {
        let job = Job::Unlimited {
            identity: Arc::clone(self.identities.select(selector)?),
            resource: Arc::from(resource),
        };
        self.unlimited += 1;
        Ok(self.begin(now, job, None, rng))
    }
}
