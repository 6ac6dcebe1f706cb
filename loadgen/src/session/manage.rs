//! What sessions ask Resource Manager, with the retries of its own client.

use super::execution::Execution;
use super::outcome::ManagerFailure;
use super::question::{ManagerQuery, Question, Suspended, WaitFor};
use super::tokens::Bearer;

/// How often a request is sent again when Resource Manager answers with `Retry-After`. That it is, is
/// read in source; how often by default is assumed.
const RETRIES: u32 = 3;

impl Execution {
    pub(super) async fn manage<A: Send + 'static>(
        &self,
        bearer: &Bearer,
        query: impl Fn(Suspended<Result<A, ManagerFailure>>) -> ManagerQuery + Clone + Send + 'static,
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
