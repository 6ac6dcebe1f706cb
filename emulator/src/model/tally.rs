//! The counts of a VM.

use std::time::Duration;

use serde::Serialize;

use crate::document::milliseconds;
use crate::model::limit::{Category, Limiter};

/// The counts of one VM since its start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Requests under `/metadata/identity/`.
    pub identity: CategoryTally,
    /// All other requests.
    pub other: CategoryTally,
    /// Answers with a token that have departed.
    pub granted: u64,
    /// The service times of those answers, added up.
    #[serde(rename = "granted_service_time_ms", serialize_with = "milliseconds")]
    pub granted_service_time: Duration,
    /// The shortest of them; zero while there is none.
    #[serde(rename = "shortest_service_time_ms", serialize_with = "milliseconds")]
    pub shortest_service_time: Duration,
    /// The longest of them; zero while there is none.
    #[serde(rename = "longest_service_time_ms", serialize_with = "milliseconds")]
    pub longest_service_time: Duration,
}

/// The counts of one category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CategoryTally {
    /// Let in by both limiters.
    pub admitted: u64,
    /// Refused, named for the rate.
    pub refused_rate: u64,
    /// Refused, named for the concurrency.
    pub refused_concurrency: u64,
    /// Refused, since another was refused a short time before.
    pub refused_penalty: u64,
    /// Let wait for a slot; each is counted again when it is admitted or refused.
    pub queued: u64,
    /// Waiting for a slot now.
    pub waiting: u32,
    /// Answered as faulty before any limit was looked at.
    pub rejected: u64,
    /// Met by a fault that takes the place of the service.
    pub faulted: u64,
    /// No HTTP, or with a head that is too long.
    pub unreadable: u64,
    /// Admitted and not departed.
    pub in_use: u32,
    /// The most that were ever in use at once.
    pub peak_in_use: u32,
}

impl Tally {
    /// An answer with a token has departed, which took so long to serve.
    pub(crate) fn grant(&mut self, service_time: Duration) {
        let is_first = self.granted == 0;
        self.granted += 1;
        self.granted_service_time += service_time;
        self.longest_service_time = self.longest_service_time.max(service_time);
        if is_first || service_time < self.shortest_service_time {
            self.shortest_service_time = service_time;
        }
    }

    pub(crate) fn of(&mut self, category: Category) -> &mut CategoryTally {
        match category {
            Category::Identity => &mut self.identity,
            Category::Other => &mut self.other,
        }
    }
}

impl CategoryTally {
    pub(crate) fn admit(&mut self, in_use: u32) {
        self.admitted += 1;
        self.in_use = in_use;
        self.peak_in_use = self.peak_in_use.max(in_use);
    }

    #[inline]
    pub(crate) fn refuse(&mut self, limiter: Limiter) {
        match limiter {
            Limiter::Rate => self.refused_rate += 1,
            Limiter::Concurrency => self.refused_concurrency += 1,
            Limiter::Penalty => self.refused_penalty += 1,
        }
    }
}
