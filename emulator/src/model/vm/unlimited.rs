//! Tokens without limits, for protocols that do not share those of IMDS.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use super::Vm;
use super::verdict::{Admission, Job};
use crate::model::identity::{Rejection, Selector};

impl Vm {
    /// Takes a request for a token in, whatever the limits say; it holds no slot and is charged to
    /// none. All else is as of an admitted request: faults meet it, and it departs.
    ///
    /// # Errors
    /// When it means no identity.
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
