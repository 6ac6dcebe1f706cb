//! The way of a request from its head to its answer, in whichever protocol it is.

use std::sync::Arc;

use super::Service;
use super::chance::Chance;
use super::exchange::Exchange;
use super::no_answer::{NoAnswer, without_answer};
use super::received::Received;
use crate::observe::observer::Recording;
use crate::serve::connection_state::ConnectionState;
use crate::serve::damage::{self, Outgoing};
use crate::wire::head::Head;
use crate::wire::reply::Answer;

impl Service {
    /// Answers one request of the IMDS port, unless a fault breaks its connection off.
    ///
    /// # Errors
    /// When there is no answer: the connection is to end.
    pub(crate) async fn answer(
        self: Arc<Self>,
        head: Head,
        state: Arc<ConnectionState>,
    ) -> Result<Outgoing, NoAnswer> {
        let config = self.config();
        let streams = self.next_streams(&config);
        let mut chance = Chance::new(streams);
        let mut recording = Recording::begin(Arc::clone(&self.observer), state.number, &head);
        let received = Arc::new(Received::new(head, state.number));
        let exchange = Exchange::new(&self, &config, &received, streams);

        // A fault takes the place of the service: nothing of the request is read.
        if let Some((effect, freed)) = self.intercept(&config, &received, &mut chance) {
            recording.faulted(&effect);
            let Some(own) = effect.answer() else {
                return Err(without_answer(&effect, freed, &state).await);
            };
            let answer = exchange.outage(&own, chance.faults());
            return Ok(intact(answer, recording));
        }
        // A faulty request does not arrive.
        let question = match exchange.read(&mut recording) {
            Ok(question) => question,
            Err(failure) => return Ok(intact(exchange.failure(failure).await?, recording)),
        };
        // A request that a limit refuses is not served.
        let let_in = match exchange.arrive(&question, &mut chance.service, &mut recording) {
            Ok(let_in) => let_in,
            Err(failure) => return Ok(intact(exchange.failure(failure).await?, recording)),
        };
        // A request that waits for a slot may still be refused.
        let serving = Arc::clone(&self).serve(let_in, &received, chance, &mut recording);
        let departed = match serving.await? {
            Ok(departed) => departed,
            Err(failure) => return Ok(intact(exchange.failure(failure).await?, recording)),
        };
        let success = exchange.success(&question, departed.at, departed.departure);
        let answer = success.await;
        recording.answered(&answer);
        Ok(match departed.damage {
            Some(effect) => damage::damaged(answer, &effect).await,
            None => damage::intact(answer),
        })
    }
}

fn intact(answer: Answer, recording: Recording) -> Outgoing {
    recording.answered(&answer);
    damage::intact(answer)
}
