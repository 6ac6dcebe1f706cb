//! One VM's service in real time: the way of a request from its head to its answer.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: plays the VM in real time"
)]

mod events;
mod other;
mod speak;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ::http::HeaderValue;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinError;
use tracing::debug;
use uuid::Builder;

use crate::attested::Attestor;
use crate::config::Config;
use crate::guard::{self, Flaw};
use crate::head::Head;
use crate::protocol::{self, ArcKey};
use crate::reply::{self, Answer, TokenBody};
use crate::route::{self, Ask};
use crate::token::Mint;
use crate::vm::{Admission, Departure, Grant, Refusal, Verdict, Vm};

/// What the servers of both ports share.
pub(crate) struct Service {
    config: Config,
    server: HeaderValue,
    started: Instant,
    requests: AtomicU64,
    vm: Mutex<Vm>,
    /// From 1970 to the run's start.
    epoch: Duration,
    mint: Mint,
    attestor: Attestor,
    arc_key: ArcKey,
}

impl Service {
    pub(crate) fn new(config: Config) -> Service {
        let epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Service {
            server: HeaderValue::from_str(&config.wire.server)
                .unwrap_or(HeaderValue::from_static("IMDS")),
            started: Instant::now(),
            requests: AtomicU64::new(0),
            vm: Mutex::new(Vm::new(&config)),
            epoch,
            mint: Mint::new(&config, epoch, rand::make_rng()),
            attestor: Attestor::new(&config, epoch, rand::random()),
            arc_key: ArcKey::new(config.protocols.arc_key_folder, rand::random()),
            config,
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn mint(&self) -> &Mint {
        &self.mint
    }

    /// Leaves nothing behind on the disk.
    pub(crate) fn clean_up(&self) {
        self.arc_key.remove();
    }

    pub(crate) fn attestor(&self) -> &Attestor {
        &self.attestor
    }

    pub(crate) fn vm(&self) -> MutexGuard<'_, Vm> {
        self.vm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks or tells the VM something, at the present time.
    pub(crate) fn at_present<T>(&self, f: impl FnOnce(Duration, &mut Vm) -> T) -> T {
        let mut vm = self.vm();
        f(self.started.elapsed(), &mut vm)
    }

    /// Answers one request of the IMDS port.
    ///
    /// # Errors
    /// When the runtime stops before the service time is over.
    pub(crate) async fn answer(self: Arc<Self>, head: Head) -> Result<Answer, JoinError> {
        if let Some(protocol) = protocol::of(&head) {
            return self.speak(protocol, head).await;
        }
        let server = self.server.clone();
        let category = head.category();
        let mut rng = self.next_rng();
        let decided = self.decide(&head, &mut rng);
        log(&head, &decided);
        let answer = match decided {
            Ok((ask, Verdict::Admitted(admission))) => self.serve(&ask, admission, rng).await?,
            Ok((_, Verdict::Refused(refusal))) => {
                reply::throttled(category, refusal, self.config.wire.name_limiter)
            }
            Ok((_, Verdict::Rejected(rejection))) => reply::flawed(category, rejection.into()),
            Err(flaw) => reply::flawed(category, flaw),
        };
        Ok(reply::signed(answer, &server))
    }

    /// Guard, route, VM, in that order: the first to object ends it.
    fn decide<'h>(&self, head: &'h Head, rng: &mut ChaCha8Rng) -> Result<(Ask<'h>, Verdict), Flaw> {
        let ask = guard::check(head).and_then(|()| route::read(head));
        let decided = ask.and_then(|ask| {
            let verdict = self.arrive(&ask, rng)?;
            Ok((ask, verdict))
        });
        match decided {
            Ok(decided) => Ok(decided),
            Err(flaw) => {
                self.vm().reject(head.category());
                Err(flaw)
            }
        }
    }

    /// The time is read under the lock, so that it never goes back from one arrival to the next.
    fn arrive(&self, ask: &Ask<'_>, rng: &mut ChaCha8Rng) -> Result<Verdict, Flaw> {
        let mut vm = self.vm();
        let now = self.started.elapsed();
        events::check(vm.events(), now, ask)?;
        let verdict = vm.arrive(now, &ask.request(), rng);
        Ok(events::called(vm.events(), now, ask, verdict))
    }

    /// The departure is a task of its own: a request whose client has gone away keeps its slot
    /// until its service time is over.
    async fn serve(
        self: Arc<Self>,
        ask: &Ask<'_>,
        admission: Admission,
        mut rng: ChaCha8Rng,
    ) -> Result<Answer, JoinError> {
        let service = Arc::clone(&self);
        let departing = tokio::spawn(async move { service.depart(admission).await });
        let (now, departure) = departing.await?;
        let request_id = Builder::from_random_bytes(rng.random())
            .into_uuid()
            .to_string();
        Ok(match departure {
            Departure::Plain => self.other(ask, now, &request_id).await,
            Departure::Token(grant) => self.token(&grant, now, &request_id).await,
        })
    }

    async fn depart(&self, admission: Admission) -> (Duration, Departure) {
        self.rest(admission.service_time).await;
        self.at_present(|now, vm| (now, vm.depart(now, admission.ticket)))
    }

    /// Waits until a service time is over and tokens can be signed.
    async fn rest(&self, service_time: Duration) {
        tokio::time::sleep(service_time).await;
        self.mint.ready().await;
    }

    /// `expires_in` is what is left at the answer, `ext_expires_in` never changes (both observed).
    async fn token(&self, grant: &Grant, now: Duration, request_id: &str) -> Answer {
        let access_token = self.mint.token(grant).await;
        let validity = self.mint.validity(grant);
        let body = TokenBody {
            access_token: &access_token,
            client_id: &grant.identity.client_id,
            expires_in: grant.expires_at.saturating_sub(now).as_secs().to_string(),
            expires_on: validity.expires_on.to_string(),
            ext_expires_in: "86399",
            not_before: validity.not_before.to_string(),
            resource: &grant.resource,
            token_type: "Bearer",
        };
        reply::token(&body, request_id)
    }

    /// Each request draws from its own stream of the seed, so that one more draw in one does not
    /// shift the others.
    fn next_rng(&self) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.config.seed);
        rng.set_stream(self.requests.fetch_add(1, Ordering::Relaxed));
        rng
    }
}

/// One line for each request; the query may name identities and is left out.
fn log(head: &Head, decided: &Result<(Ask<'_>, Verdict), Flaw>) {
    let path = head.path.as_str();
    match decided {
        Ok((_, Verdict::Admitted(Admission { service_time, .. }))) => {
            debug!(path, verdict = "admitted", ?service_time);
        }
        Ok((_, Verdict::Refused(Refusal { limiter, .. }))) => {
            debug!(path, verdict = "refused", %limiter);
        }
        Ok((_, Verdict::Rejected(flaw))) => debug!(path, verdict = "rejected", ?flaw),
        Err(flaw) => debug!(path, verdict = "rejected", ?flaw),
    }
}
