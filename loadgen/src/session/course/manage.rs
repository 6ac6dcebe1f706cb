//! What sessions ask Resource Manager, with the retries of its own client.

use std::sync::Arc;
use std::time::Duration;

use super::performance::Performance;
use super::{Question, Suspended, WaitFor};
use crate::scenario::context::Bearer;

/// How often a request is sent again when Resource Manager says when to come back. That it is, is
/// read in source; how often by default is assumed.
const RETRIES: u32 = 3;

/// What Resource Manager is asked for, with the session that waits for it.
pub enum Query {
    /// Whether there are tenants of the account.
    Tenants(Suspended<Result<(), ManagerFailure>>),
    /// The ids of those subscriptions that it may read and that are enabled.
    Subscriptions(Suspended<Result<Vec<String>, ManagerFailure>>),
    /// The resources of a subscription, from the page on that the one before it names; which page is
    /// next, if any.
    Resources(
        Arc<str>,
        Option<String>,
        Suspended<Result<Option<String>, ManagerFailure>>,
    ),
}

impl Query {
    /// What is asked for, in a word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tenants(_) => "tenants",
            Self::Subscriptions(_) => "subscriptions",
            Self::Resources(..) => "resources",
        }
    }
}

/// Why Resource Manager gave nothing of what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagerFailure {
    /// The kind of failure: `arm_403`, `arm_timeout`.
    pub kind: String,
    /// When to come back, if that is said.
    pub retry_after: Option<Duration>,
}

impl Performance {
    pub(super) async fn manage<A: Send + 'static>(
        &self,
        bearer: &Bearer,
        query: impl Fn(Suspended<Result<A, ManagerFailure>>) -> Query + Clone + Send + 'static,
    ) -> Result<A, String> {
        let mut tries = 0;
        loop {
            let (bearer, query) = (bearer.clone(), query.clone());
            let question = move |session| Question::Manage(bearer, query(session));
            let failure = match self.exchange.ask(question).await {
                Ok(found) => return Ok(found),
                Err(failure) => failure,
            };
            tries += 1;
            match failure.retry_after {
                Some(wait) if tries <= RETRIES => self.exchange.wait(wait, WaitFor::Retry).await,
                _ => return Err(failure.kind),
            }
        }
    }
}
