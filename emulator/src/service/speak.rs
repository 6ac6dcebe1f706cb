//! The way of a request in another protocol than that of IMDS.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use tokio::task::JoinError;
use tracing::{debug, warn};
use uuid::Builder;

use super::Service;
use crate::config::ProtocolLimits;
use crate::head::Head;
use crate::limit::Category;
use crate::protocol::{Issued, Mistake, Protocol, Setup, Want};
use crate::reply::Answer;
use crate::vm::{Admission, Departure, Grant, Request, Unlimited, Verdict};

/// A request that was let in, with or without a slot.
enum Entry {
    Limited(Admission),
    Unlimited(Unlimited),
}

impl Service {
    /// Answers one request of another protocol.
    ///
    /// # Errors
    /// When the runtime stops before the service time is over.
    pub(super) async fn speak(
        self: Arc<Self>,
        protocol: &'static dyn Protocol,
        head: Head,
    ) -> Result<Answer, JoinError> {
        let mut rng = self.next_rng();
        match self.enter(protocol, &head, &mut rng) {
            Ok(entry) => {
                let service = Arc::clone(&self);
                let leaving = tokio::spawn(async move { service.leave(entry).await });
                let (now, grant) = leaving.await?;
                Ok(self.hand_out(protocol, &grant, now).await)
            }
            Err(mistake) => {
                debug!(path = head.path, ?mistake, "answered without a token");
                let mistake = self.prepared(mistake).await?;
                let id = Builder::from_random_bytes(rng.random()).into_uuid();
                Ok(protocol.failure(mistake, &self.setup(), &id.to_string()))
            }
        }
    }

    fn enter(
        &self,
        protocol: &dyn Protocol,
        head: &Head,
        rng: &mut ChaCha8Rng,
    ) -> Result<Entry, Mistake> {
        let want = protocol.read(head, &self.setup());
        if want.is_err() {
            self.vm().reject(Category::Identity);
        }
        let want = want?;
        self.at_present(|now, vm| match self.config.protocols.limits {
            ProtocolLimits::Identity => match vm.arrive(now, &request(&want), rng) {
                Verdict::Admitted(admission) => Ok(Entry::Limited(admission)),
                Verdict::Refused(refusal) => Err(Mistake::Refused(refusal)),
                Verdict::Rejected(rejection) => Err(Mistake::Flaw(rejection.into())),
            },
            ProtocolLimits::None => vm
                .arrive_unlimited(now, want.identity, &want.resource, rng)
                .map(Entry::Unlimited)
                .map_err(|rejection| Mistake::Flaw(rejection.into())),
        })
    }

    async fn leave(&self, entry: Entry) -> (Duration, Grant) {
        match entry {
            Entry::Limited(admission) => match self.depart(admission).await {
                (now, Departure::Token(grant)) => (now, grant),
                (_, Departure::Plain) => unreachable!("a token was asked for"),
            },
            Entry::Unlimited(request) => {
                self.rest(request.service_time).await;
                self.at_present(|now, vm| (now, vm.depart_unlimited(now, request)))
            }
        }
    }

    async fn hand_out(&self, protocol: &dyn Protocol, grant: &Grant, now: Duration) -> Answer {
        let access_token = self.mint.token(grant).await;
        let validity = self.mint.validity(grant);
        let issued = Issued {
            access_token: &access_token,
            identity: &grant.identity,
            resource: &grant.resource,
            expires_in: grant.expires_at.saturating_sub(now).as_secs(),
            expires_on: validity.expires_on,
            not_before: validity.not_before,
        };
        protocol.success(&issued, &self.setup())
    }

    /// A challenge names a file, which must be there before the challenge is.
    async fn prepared(self: &Arc<Self>, mistake: Mistake) -> Result<Mistake, JoinError> {
        if mistake != Mistake::Challenge {
            return Ok(mistake);
        }
        let service = Arc::clone(self);
        let written = tokio::task::spawn_blocking(move || service.arc_key.write()).await?;
        Ok(match written {
            Ok(()) => Mistake::Challenge,
            Err(error) => {
                warn!(%error, path = %self.arc_key.path().display(), "cannot write the key file");
                Mistake::NoKeyFile
            }
        })
    }

    fn setup(&self) -> Setup<'_> {
        Setup {
            secret: &self.config.protocols.secret,
            expiry_2017: self.config.protocols.expiry_2017,
            arc_key: &self.arc_key,
            identities: &self.config.identities,
        }
    }
}

fn request<'a>(want: &'a Want<'_>) -> Request<'a> {
    Request::Token {
        identity: want.identity,
        resource: &want.resource,
    }
}
