//! What sessions ask Resource Manager, with the retries of its own client.

use std::sync::Arc;
use std::time::Duration;

use super::performance::Performance;
use super::{Effect, Heard, Why};
use crate::scenario::context::Bearer;

/// How often a request is sent again when Resource Manager says when to come back. That it is, is
/// read in source; how often by default is assumed.
const RETRIES: u32 = 3;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The tenants of the account.
    Tenants,
    /// The subscriptions that it may read.
    Subscriptions,
    /// The resources of one; from the page on that the one before it names.
    Resources(Arc<str>, Option<String>),
}

impl Query {
    /// What is asked for, in a word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tenants => "tenants",
            Self::Subscriptions => "subscriptions",
            Self::Resources(..) => "resources",
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Managed {
    /// There is a tenant.
    Tenants,
    /// The ids of the subscriptions that are enabled.
    Subscriptions(Vec<String>),
    /// Resources, and which page is next.
    Resources(Option<String>),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmanaged {
    /// The kind of failure: `arm_403`, `arm_timeout`.
    pub kind: String,
    /// When to come back, if that is said.
    pub retry_after: Option<Duration>,
}

impl Performance {
    pub(super) async fn manage(&self, bearer: &Bearer, query: Query) -> Result<Managed, String> {
        let mut tries = 0;
        loop {
            let question = Effect::Manage(bearer.clone(), query.clone());
            let unmanaged = match self.exchange.ask(question).await {
                Heard::Managed(Ok(managed)) => return Ok(managed),
                Heard::Managed(Err(unmanaged)) => unmanaged,
                other => panic!("asked Resource Manager, heard {other:?}"),
            };
            tries += 1;
            match unmanaged.retry_after {
                Some(wait) if tries <= RETRIES => self.exchange.wait(wait, Why::Retry).await,
                _ => return Err(unmanaged.kind),
            }
        }
    }
}
