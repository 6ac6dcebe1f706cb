//! A request and its answer: how the request gets into the VM, and what it is answered with.

mod answer;
mod endpoint;
mod token;

use std::sync::Arc;

use rand::rngs::ChaCha8Rng;

use super::Service;
use super::note;
use super::received::Received;
use super::served::LetIn;
use crate::config::VmSettings;
use crate::model::streams::RequestStreams;
use crate::model::vm::{Verdict, Vm};
use crate::observe::observer::Recording;
use crate::wire::flaw::Flaw;
use crate::wire::protocol::{Failure, Setup};
use crate::wire::route::endpoint::Endpoint;
use crate::wire::route::token::TokenQuestion;
use crate::wire::route::{Question, scheduled_events};

/// A request on its way, and what its answer needs.
pub(super) struct Exchange<'a> {
    service: &'a Arc<Service>,
    config: &'a VmSettings,
    received: &'a Received,
    streams: RequestStreams,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(
        service: &'a Arc<Service>,
        config: &'a VmSettings,
        received: &'a Received,
        streams: RequestStreams,
    ) -> Exchange<'a> {
        Exchange {
            service,
            config,
            received,
            streams,
        }
    }

    /// Reads the request.
    ///
    /// # Errors
    /// When it is faulty, or its sender has not proved its right to a token.
    pub(super) fn read(&self, recording: &mut Recording) -> Result<Question<'a>, Failure> {
        let Received { head, protocol, .. } = self.received;
        let read = protocol.read(head, &self.setup());
        let read = read.map_err(|failure| self.unread(failure));
        if let Err(failure) = &read {
            note::failed(head, failure, recording);
        }
        read
    }

    /// Counts a request that cannot be served; the refusal in its place if a limit comes before its flaw.
    fn unread(&self, failure: Failure) -> Failure {
        let Received { head, protocol, .. } = self.received;
        let mut vm = self.service.vm();
        let lacks_header = failure == Failure::Flaw(Flaw::MetadataHeaderMissing);
        if lacks_header && protocol.is_limited(&self.config.protocols) {
            let now = self.service.now();
            let refusal = vm.arrive_without_header(now, protocol.category(head));
            return refusal.map_or(failure, Failure::Refused);
        }
        self.reject(&mut vm);
        failure
    }

    /// Lets the request arrive at the VM.
    ///
    /// # Errors
    /// When a limit refuses it, or the VM finds it faulty.
    pub(super) fn arrive(
        &self,
        question: &Question<'_>,
        rng: &mut ChaCha8Rng,
        recording: &mut Recording,
    ) -> Result<LetIn, Failure> {
        let decided = self.decide(question, rng);
        let head = &self.received.head;
        match &decided {
            Ok(let_in) => note::let_in(head, let_in, recording),
            Err(failure) => note::failed(head, failure, recording),
        }
        decided
    }

    fn decide(&self, question: &Question<'_>, rng: &mut ChaCha8Rng) -> Result<LetIn, Failure> {
        match self.verdict(question, rng)? {
            Verdict::Admitted(admission) => Ok(LetIn::Admitted(admission)),
            Verdict::Queued(waiting) => Ok(LetIn::Queued(waiting)),
            Verdict::Refused(refusal) => Err(Failure::Refused(refusal)),
            Verdict::Rejected(rejection) => Err(Failure::Flaw(rejection.into())),
        }
    }

    /// The time is read under the lock, so that it never goes back from one arrival to the next.
    fn verdict(&self, question: &Question<'_>, rng: &mut ChaCha8Rng) -> Result<Verdict, Flaw> {
        let mut vm = self.service.vm();
        let now = self.service.now();
        let is_limited = self.received.protocol.is_limited(&self.config.protocols);
        match question {
            Question::Endpoint(Endpoint::Events(action)) => {
                let checked = scheduled_events::check(vm.events(), now, action);
                checked.inspect_err(|_| self.reject(&mut vm))?;
            }
            Question::Token(TokenQuestion {
                identity, resource, ..
            }) if !is_limited => {
                let arrived = vm.arrive_unlimited(now, *identity, resource, rng);
                return Ok(arrived.map_or_else(Verdict::Rejected, Verdict::Admitted));
            }
            _ => {}
        }
        Ok(vm.arrive(now, &question.request(), rng))
    }

    fn reject(&self, vm: &mut Vm) {
        let Received { head, protocol, .. } = self.received;
        vm.reject(protocol.category(head));
    }

    fn setup(&self) -> Setup<'a> {
        Setup {
            config: self.config,
            arc_key: self.service.key_file.key(),
        }
    }
}
