//! The answers that need no identity: those that need a key or the VM are made here.

use std::time::Duration;

use super::Service;
use crate::config::VmSettings;
use crate::wire::reply::{self, Answer};
use crate::wire::route::{Ask, attested, scheduled_events};

impl Service {
    /// What was asked, when its service time is over at `now`.
    pub(super) async fn other(
        &self,
        config: &VmSettings,
        ask: &Ask<'_>,
        now: Duration,
        request_id: &str,
    ) -> Answer {
        match *ask {
            Ask::Attested(attested::Ask { version, nonce }) => {
                let signature = self.attestor.document(config, now, version, nonce).await;
                reply::attested(&signature, request_id)
            }
            Ask::Events(scheduled_events::Ask::Read { version }) => {
                let mut vm = self.vm();
                let document =
                    scheduled_events::document(vm.events(), version, self.clock.epoch(), now);
                reply::events(document, request_id)
            }
            Ask::Events(scheduled_events::Ask::Approve { ref ids }) => {
                self.vm().events().approve(now, ids);
                reply::approved(request_id)
            }
            _ => ask.answer(config, request_id),
        }
    }
}
