//! Faults that take the place of the service: they give a status, or no answer at all.

use tokio::sync::futures::Notified;
use tracing::debug;

use super::Service;
use super::chance::Chance;
use super::received::Received;
use crate::config::VmSettings;
use crate::model::fault::Effect;
use crate::wire::redact;

impl Service {
    /// The fault that takes the place of the service, and the notification that ends it if the request
    /// hangs: it is awaited from under the lock on, so that no release is missed once the fault has struck.
    pub(super) fn intercept(
        &self,
        config: &VmSettings,
        received: &Received,
        chance: &mut Chance,
    ) -> Option<(Effect, Notified<'_>)> {
        let mut vm = self.vm();
        if vm.faults().is_empty() {
            return None;
        }
        let resource = received.resource();
        let facts = received.facts(config, resource.as_deref());
        let effect = vm.intercept(self.now(), &facts, chance.faults())?;
        let freed = self.hung.notified();
        drop(vm);
        debug!(path = redact::path(received.head.path()), verdict = "faulted", %effect);
        Some((effect, freed))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::config::Config;
    use crate::credentials::token::SharedKey;
    use crate::model::streams::Streams;
    use crate::serve::connection_state::ConnectionState;
    use crate::serve::service::no_answer::{NoAnswer, without_answer};
    use crate::wire::head::get;

    #[tokio::test]
    async fn a_release_ends_a_request_that_is_struck_and_does_not_hang_yet() {
        let config = Config::from_toml("c", "faults = [{ effect = 'hang' }]").expect("right");
        let mut chance = Chance::new(Streams::new(1).of_request(0));
        let key = SharedKey::new(rand::rngs::ChaCha20Rng::seed_from_u64(1));
        let service = Service::new("a", config.vm.clone(), config.addresses(), key);
        let received = Received::new(get("/metadata/versions"), 1);
        let struck = service.intercept(&config.vm, &received, &mut chance);
        let (effect, freed) = struck.expect("a fault for every request");
        service.clear_faults();
        let ended = without_answer(&effect, freed, &ConnectionState::new(1)).await;
        assert!(matches!(ended, NoAnswer::Fault));
    }
}
