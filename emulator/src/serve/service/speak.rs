//! The way of a request in another protocol than that of IMDS.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use tokio::task::JoinError;
use tracing::{debug, warn};

use super::Service;
use super::asked::Asked;
use super::chance::Chance;
use super::served::{Departed, LetIn};
use crate::config::{Config, ProtocolLimits};
use crate::model::fault::Effect;
use crate::model::limit::Category;
use crate::model::vm::{Departure, Grant, Request, Verdict};
use crate::observe::observer::Recording;
use crate::wire::flaw::Flaw;
use crate::wire::guid::guid;
use crate::wire::head::Head;
use crate::wire::protocol::{Mistake, Protocol, Setup, Want};
use crate::wire::reply::{self, Answer};
use crate::wire::route::token;

impl Service {
    /// Answers one request of another protocol; and what a fault is to do to the answer.
    ///
    /// # Errors
    /// When the runtime stops before the service time is over.
    pub(super) async fn speak(
        self: Arc<Self>,
        config: &Config,
        protocol: &'static dyn Protocol,
        asked: Arc<Asked>,
        recording: &mut Recording,
        mut chance: Chance,
    ) -> Result<(Answer, Option<Effect>), JoinError> {
        let mut answer_rng = chance.answer();
        let entry = self.enter(config, protocol, &asked.head, &mut chance.service);
        let served = match entry {
            Ok(let_in) => {
                let serving = Arc::clone(&self).serve(let_in, &asked, chance, recording);
                serving.await?.map_err(Mistake::Refused)
            }
            Err(mistake) => {
                recording.mistaken(&mistake);
                Err(mistake)
            }
        };
        Ok(match served {
            Ok(Departed {
                at,
                departure,
                damage,
                ..
            }) => {
                let handing = self.hand_over(config, protocol, at, departure, &mut answer_rng);
                (handing.await, damage)
            }
            Err(mistake) => {
                let failing = self.fail(config, protocol, mistake, &mut answer_rng);
                (failing.await?, None)
            }
        })
    }

    async fn fail(
        self: &Arc<Self>,
        config: &Config,
        protocol: &dyn Protocol,
        mistake: Mistake,
        rng: &mut ChaCha8Rng,
    ) -> Result<Answer, JoinError> {
        debug!(?mistake, "answered without a token");
        let mistake = self.prepared(mistake).await?;
        let answer = protocol.failure(mistake, &self.setup(config), &guid(rng));
        Ok(match mistake {
            Mistake::Flaw(Flaw::MethodNotAllowed) => reply::allowing(answer, protocol.method()),
            _ => answer,
        })
    }

    /// What the protocol answers when its service is down.
    pub(super) fn down(
        &self,
        config: &Config,
        protocol: &dyn Protocol,
        status: u16,
        rng: &mut ChaCha8Rng,
    ) -> Answer {
        let mistake = Mistake::Down(status);
        protocol.failure(mistake, &self.setup(config), &guid(rng))
    }

    fn enter(
        &self,
        config: &Config,
        protocol: &dyn Protocol,
        head: &Head,
        rng: &mut ChaCha8Rng,
    ) -> Result<LetIn, Mistake> {
        let want = protocol.read(head, &self.setup(config));
        if want.is_err() {
            self.vm().reject(Category::Identity);
        }
        let want = want?;
        self.at_present(|now, vm| match config.protocols.limits {
            ProtocolLimits::Identity => match vm.arrive(now, &request(&want), rng) {
                Verdict::Admitted(admission) => Ok(LetIn::Admitted(admission)),
                Verdict::Queued(waiting) => Ok(LetIn::Queued(waiting)),
                Verdict::Refused(refusal) => Err(Mistake::Refused(refusal)),
                Verdict::Rejected(rejection) => Err(Mistake::Flaw(rejection.into())),
            },
            ProtocolLimits::None => vm
                .arrive_unlimited(now, want.identity, &want.resource, rng)
                .map(LetIn::Admitted)
                .map_err(|rejection| Mistake::Flaw(rejection.into())),
        })
    }

    /// What Entra denies, it denies in its own words (assumed to be passed on).
    async fn hand_over(
        &self,
        config: &Config,
        protocol: &dyn Protocol,
        now: Duration,
        departure: Departure,
        rng: &mut ChaCha8Rng,
    ) -> Answer {
        match departure {
            Departure::Token(grant) => self.hand_out(config, protocol, &grant, now).await,
            Departure::Denied(denied) => {
                token::denial::answer(&denied, config, self.clock.epoch() + now, rng)
            }
            Departure::Plain => unreachable!("a token was asked for"),
        }
    }

    async fn hand_out(
        &self,
        config: &Config,
        protocol: &dyn Protocol,
        grant: &Grant,
        now: Duration,
    ) -> Answer {
        let access_token = self.mint.token(grant).await;
        let issued = self.issued(grant, &access_token, now);
        protocol.success(&issued, &self.setup(config))
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

    fn setup<'a>(&'a self, config: &'a Config) -> Setup<'a> {
        Setup {
            secret: &config.protocols.secret,
            expiry_2017: config.protocols.expiry_2017,
            arc_key: &self.arc_key,
            identities: &config.identities,
        }
    }
}

fn request<'a>(want: &'a Want<'_>) -> Request<'a> {
    Request::Token {
        identity: want.identity,
        resource: &want.resource,
        bypass_cache: false,
    }
}
