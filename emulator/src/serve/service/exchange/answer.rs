//! What a request is answered with: each ends in an answer of its protocol.

use std::sync::Arc;
use std::time::Duration;

use http::header::HOST;
use rand::Rng;
use tokio::task::JoinError;
use tracing::warn;

use super::Exchange;
use crate::model::fault::FaultAnswer;
use crate::model::vm::Departure;
use crate::wire::fault;
use crate::wire::protocol::Failure;
use crate::wire::reply::{self, Answer};
use crate::wire::resource_manager::reply::Echo;
use crate::wire::route::Question;
use crate::wire::route::token::denial;

impl Exchange<'_> {
    /// The answer to a request whose service time was over at `now`.
    pub(in crate::serve::service) async fn success(
        &self,
        question: &Question<'_>,
        now: Duration,
        departure: Departure,
    ) -> Answer {
        let mut rng = self.streams.answer();
        // Drawn first, whatever the answer: so the other ids do not depend on it.
        let request_id = self.received.protocol.request_id(&mut rng);
        let identified = |answer| match request_id {
            Some(request_id) => reply::identified(answer, &request_id),
            None => answer,
        };
        self.signed(match departure {
            Departure::Token(grant) => {
                let body = self.token_body(&grant, question.selector(), now);
                identified(reply::written(body.await))
            }
            Departure::Plain => identified(self.endpoint(question, now).await),
            // Entra's own words, in every protocol (assumed).
            Departure::Denied(denied) => {
                let time = self.service.epoch() + now;
                denial::answer(&denied, self.config, time, &mut rng)
            }
        })
    }

    /// The answer to a request that is not served.
    ///
    /// # Errors
    /// When the runtime stops before a file that the answer names is written.
    pub(in crate::serve::service) async fn failure(
        &self,
        failure: Failure,
    ) -> Result<Answer, JoinError> {
        let failure = self.prepared(failure).await?;
        Ok(self.failed(failure, &mut self.streams.answer()))
    }

    /// The answer that a fault gives in place of the service; its ids are drawn from `rng`.
    pub(in crate::serve::service) fn outage(&self, own: &FaultAnswer, rng: &mut dyn Rng) -> Answer {
        let written = self.failed(Failure::Down(own.status), rng);
        let head = &self.received.head;
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
        let echo = Echo {
            base: &format!("http://{}", host.unwrap_or_default()),
            path: &head.target.sent_path,
        };
        let time = self.service.epoch() + self.service.now();
        fault::answer(written, own, &echo, time)
    }

    fn failed(&self, failure: Failure, rng: &mut dyn Rng) -> Answer {
        let head = &self.received.head;
        let protocol = self.received.protocol;
        self.signed(protocol.failure(failure, head, &self.setup(), rng))
    }

    fn signed(&self, answer: Answer) -> Answer {
        self.received.protocol.signed(answer, self.config)
    }

    /// A challenge names a file, which must be there before the challenge is.
    async fn prepared(&self, failure: Failure) -> Result<Failure, JoinError> {
        if failure != Failure::Challenge {
            return Ok(failure);
        }
        let service = Arc::clone(self.service);
        let written = tokio::task::spawn_blocking(move || service.key_file.write()).await?;
        Ok(match written {
            Ok(()) => Failure::Challenge,
            Err(error) => {
                let path = self.service.key_file.key().path().display();
                warn!(%error, %path, "cannot write the key file");
                Failure::NoKeyFile
            }
        })
    }
}
