//! The answers of IMDS's endpoints beside that of tokens.

use std::time::Duration;

use super::Exchange;
use crate::wire::reply::{self, Answer};
use crate::wire::route::endpoint::Endpoint;
use crate::wire::route::scheduled_events::{self, Action};
use crate::wire::route::{Question, attested, identity_info, load_balancer, versions};

impl Exchange<'_> {
    /// What was asked of an endpoint, when its service time is over at `now`.
    pub(super) async fn endpoint(&self, question: &Question<'_>, now: Duration) -> Answer {
        let Question::Endpoint(endpoint) = question else {
            unreachable!("the VM grants or denies each token that it is asked for");
        };
        match endpoint {
            Endpoint::IdentityInfo => identity_info::answer(&self.config.tenant_id),
            Endpoint::Instance(part) => part.answer(),
            Endpoint::LoadBalancer(load_balancer) => load_balancer::answer(load_balancer),
            Endpoint::Versions => versions::answer(),
            Endpoint::Attested(document) => self.attested(document, now).await,
            Endpoint::Events(action) => self.events(action, now),
        }
    }

    async fn attested(&self, document: &attested::Document<'_>, now: Duration) -> Answer {
        let attested::Document { version, nonce } = *document;
        let attestor = &self.service.attestor;
        let signature = attestor.document(self.config, now, version, nonce).await;
        reply::attested(&signature)
    }

    fn events(&self, action: &Action<'_>, now: Duration) -> Answer {
        let mut vm = self.service.vm();
        match action {
            Action::Read { version } => {
                let epoch = self.service.epoch();
                reply::written(scheduled_events::document(vm.events(), version, epoch, now))
            }
            Action::Approve { ids } => {
                vm.events().approve(now, ids);
                reply::approved()
            }
        }
    }
}
