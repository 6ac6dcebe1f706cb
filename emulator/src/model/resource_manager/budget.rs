//! How much each principal may read: Resource Manager's own limits, apart from those of IMDS.
//!
//! Documented since 2024: a bucket for each principal in each subscription, another for what belongs to
//! the tenant, and for each subscription one for all principals together, fifteen times as large. The
//! real service has them in each region; here is one region.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::refusal::{Refusal, Scope};
use crate::model::limit::{TokenBucket, whole_seconds};

/// The size of one principal's bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// How many reads at one instant after a quiet time, 1 to 1 000 000. Documented: 250.
    pub bucket: u32,
    /// How many more each second, 1 to 1 000 000. Documented: 25.
    pub refill_per_second: u32,
}

/// How many reads are left right after one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Of the principal in that scope.
    pub own: u32,
    /// Of all principals in that subscription; `None` in a tenant.
    pub all: Option<u32>,
}

/// All buckets that were ever drawn from: as many as there are principals and subscriptions.
#[derive(Debug)]
pub(super) struct Budgets {
    limit: Option<Limit>,
    own: BTreeMap<(Scope, String), TokenBucket>,
    all: BTreeMap<Scope, TokenBucket>,
}

impl Budgets {
    /// How many times as large the bucket for all is (documented).
    const ALL: u32 = 15;

    pub(super) fn new(limit: Option<Limit>) -> Budgets {
        Budgets {
            limit,
            own: BTreeMap::new(),
            all: BTreeMap::new(),
        }
    }

    /// Takes one read out of the buckets, and says what is left in them; `None` without a limit. A
    /// refusal takes nothing (assumed).
    pub(super) fn spend(
        &mut self,
        now: Duration,
        scope: Scope,
        principal: &str,
    ) -> Result<Option<Left>, (Refusal, Left)> {
        let Some(limit) = self.limit else {
            return Ok(None);
        };
        let key = (scope.clone(), principal.to_ascii_lowercase());
        let own = self.own.entry(key).or_insert_with(|| limit.bucket_of(1));
        let mut all = match scope {
            Scope::Tenant(_) => None,
            Scope::Subscription(_) => {
                let all = self.all.entry(scope.clone());
                Some(all.or_insert_with(|| limit.bucket_of(Self::ALL)))
            }
        };
        let of_all = all.as_ref().map_or(now, |all| all.earliest(now));
        let wait = own.earliest(now).max(of_all).saturating_sub(now);
        if wait.is_zero() {
            own.charge(now);
            if let Some(all) = &mut all {
                all.charge(now);
            }
        }
        let left = Left {
            own: own.remaining(now),
            all: all.map(|all| all.remaining(now)),
        };
        if wait.is_zero() {
            return Ok(Some(left));
        }
        let retry_after = whole_seconds(wait);
        Err((Refusal::Throttled { scope, retry_after }, left))
    }
}

impl Limit {
    fn bucket_of(self, times: u32) -> TokenBucket {
        let second = Duration::from_secs(1);
        let refill = self.refill_per_second.saturating_mul(times);
        TokenBucket::new(refill, second, self.bucket.saturating_mul(times))
    }
}
