//! Faults that take the place of the service: a status, or no answer at all.

use rand::rngs::ChaCha8Rng;
use tokio::sync::futures::Notified;
use tracing::debug;

use super::Service;
use super::asked::Asked;
use super::chance::Chance;
use crate::config::Config;
use crate::model::fault::Effect;
use crate::wire::head::Head;
use crate::wire::protocol;
use crate::wire::redact;
use crate::wire::reply::{self, Answer};

impl Service {
    /// The fault that takes the place of the service, and what ends it if it lets the request hang:
    /// listened to under the lock, so that no release goes unheard once the fault has struck.
    pub(super) fn intercept(
        &self,
        config: &Config,
        asked: &Asked,
        chance: &mut Chance,
    ) -> Option<(Effect, Notified<'_>)> {
        let mut vm = self.vm();
        if vm.faults().is_empty() {
            return None;
        }
        let resource = asked.resource();
        let facts = asked.facts(config, resource.as_deref());
        let effect = vm.intercept(self.now(), &facts, chance.faults())?;
        let freed = self.hung.notified();
        drop(vm);
        debug!(path = redact::path(asked.head.path()), verdict = "faulted", %effect);
        Some((effect, freed))
    }

    /// The status that a fault answers with, in the words of the request's protocol.
    pub(super) fn outage(
        &self,
        config: &Config,
        head: &Head,
        status: u16,
        rng: &mut ChaCha8Rng,
    ) -> Answer {
        match protocol::of(head) {
            Some(protocol) => self.down(config, protocol, status, rng),
            None => reply::signed(reply::outage(head.category(), status), &config.wire.server),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::credentials::token::SharedKey;
    use crate::model::streams::Streams;
    use crate::serve::link::Line;
    use crate::serve::service::no_answer::{NoAnswer, without_answer};
    use crate::wire::head::get;

    #[tokio::test]
    async fn a_release_is_heard_by_who_has_been_struck_and_does_not_hang_yet() {
        let config = Config::from_toml("c", "faults = [{ effect = 'hang' }]").expect("right");
        let mut chance = Chance::new(Streams::new(1).of_request(0));
        let key = SharedKey::new(rand::rngs::ChaCha20Rng::seed_from_u64(1));
        let service = Service::new("a", config.clone(), None, key);
        let asked = Asked {
            head: get("/metadata/versions"),
            connection: 1,
        };
        let struck = service.intercept(&config, &asked, &mut chance);
        let (effect, freed) = struck.expect("a fault for every request");
        service.clear_faults();
        let ended = without_answer(&effect, freed, &Line::new(1)).await;
        assert!(matches!(ended, NoAnswer::Fault));
    }
}
