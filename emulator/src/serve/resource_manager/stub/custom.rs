//! Answers of the user's own: given, and changed while the stub is served.

use std::sync::Arc;

use tracing::debug;

use super::{Asked, Core, Stub, Timed};
use crate::config::ResourceManagerSettings;
use crate::model::resource_manager::{
    Action, AnswerReport, CannotAdd, CustomAnswer, CustomAnswers, Left,
};
use crate::observe::stub_observer::StubRecording;
use crate::wire::reply::Answer;
use crate::wire::resource_manager::proof::Proof;
use crate::wire::resource_manager::reply::{self, Echo};

impl Stub {
    /// The answer of the user's own to a request, if one is for it.
    pub(super) fn answer_custom(
        &self,
        asked: &Asked<'_>,
        proof: &Proof,
        recording: &mut StubRecording,
    ) -> Option<Timed> {
        let mut core = self.core();
        let Core { manager, rng, .. } = &mut *core;
        // The time is read under the lock, so that it never goes back from one arrival to the next.
        let now = self.clock.now();
        let verdict = manager.arrive_custom(now, &asked.request.sent(), &proof.bearer(), rng)?;
        drop(core);
        let subscription_id = asked.request.subscription_id();
        recording.asks(Action::Custom.name(), subscription_id, proof.client_id());
        recording.decided_custom(&verdict);
        let answer = match &verdict.outcome {
            Ok(answer) => self.written(answer, verdict.left, asked),
            Err(refusal) => {
                let refused = self.refused(refusal, verdict.left, now, proof);
                self.common_headers().add_to(refused)
            }
        };
        debug!(
            status = answer.status().as_u16(),
            "resource manager: own answer"
        );
        Some(Timed {
            answer,
            service_time: verdict.service_time,
        })
    }

    fn written(&self, answer: &CustomAnswer, left: Option<Left>, asked: &Asked<'_>) -> Answer {
        let echo = Echo {
            base: &asked.base,
            path: asked.uri.path(),
        };
        let written = reply::custom(answer, left, &echo);
        let written = self.common_headers().add_to(written);
        reply::with_headers(written, &answer.headers, &echo)
    }

    /// Its settings, with the answers of the configuration as it was read last.
    pub(crate) fn effective(&self) -> ResourceManagerSettings {
        ResourceManagerSettings {
            answers: self.core().answers.clone(),
            ..self.settings().clone()
        }
    }

    /// Replaces all answers by those of a configuration that was read again; their counts begin anew.
    pub(crate) fn replace_answers(&self, answers: Vec<Arc<CustomAnswer>>) {
        let mut core = self.core();
        *core.manager.answers_mut() = CustomAnswers::new(&answers);
        core.answers = answers;
    }

    /// Adds answers behind the others: all of them or none.
    pub(crate) fn add_answers(&self, answers: Vec<Arc<CustomAnswer>>) -> Result<(), CannotAdd> {
        let most = ResourceManagerSettings::MOST_ANSWERS;
        self.core().manager.answers_mut().add(most, answers)
    }

    /// Removes all answers.
    pub(crate) fn clear_answers(&self) {
        self.core().manager.answers_mut().clear();
    }

    /// Removes the answers of that name; whether there were any.
    pub(crate) fn remove_answers(&self, name: &str) -> bool {
        self.core().manager.answers_mut().remove(name)
    }

    /// How often each answer was given, in their order.
    pub(crate) fn answers(&self) -> Vec<AnswerReport> {
        self.look(|manager| manager.answers().report())
    }
}
