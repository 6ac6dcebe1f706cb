//! One VM's service in real time: the way of a request from its head to its answer.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: plays the VM in real time"
)]

mod control;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ::http::HeaderValue;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::task::JoinError;
use tracing::debug;
use uuid::Builder;

use crate::config::Config;
use crate::guard::{self, Flaw};
use crate::head::Head;
use crate::journal::Journal;
use crate::observe::{Observer, Recording};
use crate::reload::Reload;
use crate::reply::{self, Answer, TokenBody, TokenLife};
use crate::route;
use crate::token::Mint;
use crate::vm::{Admission, Departure, Grant, Refusal, Request, Verdict, Vm};

/// What the servers of both ports share.
pub(crate) struct Service {
    config: RwLock<Arc<Config>>,
    started: Instant,
    requests: AtomicU64,
    connections: AtomicU64,
    observer: Observer,
    /// Reads the configuration again, where it comes from a place that can be read again.
    reload: Option<Reload>,
    /// The VM's era: who was admitted in an earlier one is answered at once.
    era: watch::Sender<u64>,
    vm: Mutex<Vm>,
    mint: Mint,
}

impl Service {
    pub(crate) fn new(config: Config, reload: Option<Reload>) -> Service {
        let epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Service {
            started: Instant::now(),
            requests: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            observer: Observer::new(Journal::new(config.journal.entries, epoch)),
            reload,
            era: watch::Sender::new(0),
            vm: Mutex::new(Vm::new(&config)),
            mint: Mint::new(&config, epoch),
            config: RwLock::new(Arc::new(config)),
        }
    }

    /// The configuration that holds now.
    pub(crate) fn config(&self) -> Arc<Config> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config)
    }

    /// The time since the run's start.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn observer(&self) -> &Observer {
        &self.observer
    }

    /// The number of a connection that is accepted now, from 1.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn mint(&self) -> &Mint {
        &self.mint
    }

    pub(crate) fn vm(&self) -> MutexGuard<'_, Vm> {
        self.vm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request of the IMDS port.
    ///
    /// # Errors
    /// When the runtime stops before the service time is over.
    pub(crate) async fn answer(
        self: Arc<Self>,
        connection: u64,
        head: Head,
    ) -> Result<Answer, JoinError> {
        let mut recording = Recording::begin(Arc::clone(&self), connection, &head);
        let config = self.config();
        let category = head.category();
        let mut rng = self.next_rng();
        let decided = self.decide(&head, &mut rng);
        log(&head, &decided);
        recording.decided(&decided);
        let answer = match decided {
            Ok(Verdict::Admitted(admission)) => self.serve(admission, rng).await?,
            Ok(Verdict::Refused(refusal)) => {
                reply::throttled(category, refusal, config.wire.name_limiter)
            }
            Ok(Verdict::Rejected(rejection)) => reply::flawed(category, rejection.into()),
            Err(flaw) => reply::flawed(category, flaw),
        };
        recording.answered(&answer);
        Ok(reply::signed(answer, &server(&config)))
    }

    /// Guard, route, VM, in that order: the first to object ends it.
    fn decide(&self, head: &Head, rng: &mut ChaCha8Rng) -> Result<Verdict, Flaw> {
        let request = guard::check(head).and_then(|()| route::read(head));
        match request {
            Ok(request) => Ok(self.arrive(&request, rng)),
            Err(flaw) => {
                self.vm().reject(head.category());
                Err(flaw)
            }
        }
    }

    /// The time is read under the lock, so that it never goes back from one arrival to the next.
    fn arrive(&self, request: &Request<'_>, rng: &mut ChaCha8Rng) -> Verdict {
        let mut vm = self.vm();
        vm.arrive(self.started.elapsed(), request, rng)
    }

    /// The departure is a task of its own: a request whose client has gone away keeps its slot
    /// until its service time is over.
    async fn serve(
        self: Arc<Self>,
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
            Departure::Versions => reply::versions(&request_id),
            Departure::Token(grant) => self.token(&grant, now, &request_id).await,
        })
    }

    async fn depart(&self, admission: Admission) -> (Duration, Departure) {
        self.serving(&admission).await;
        self.mint.ready().await;
        let mut vm = self.vm();
        let now = self.started.elapsed();
        (now, vm.depart(now, admission.ticket))
    }

    /// Waits until the service time is over, or the VM is reset.
    async fn serving(&self, admission: &Admission) {
        let mut era = self.era.subscribe();
        tokio::select! {
            () = tokio::time::sleep(admission.service_time) => {}
            _ = era.wait_for(|&era| admission.ticket.is_before(era)) => {}
        }
    }

    /// `expires_in` is what is left at the answer, `ext_expires_in` never changes (both observed).
    async fn token(&self, grant: &Grant, now: Duration, request_id: &str) -> Answer {
        let access_token = self.mint.token(grant).await;
        let validity = self.mint.validity(grant);
        let life = grant.expires_at.saturating_sub(now);
        let body = TokenBody {
            access_token: &access_token,
            client_id: &grant.identity.client_id,
            expires_in: life.as_secs().to_string(),
            expires_on: validity.expires_on.to_string(),
            ext_expires_in: "86399",
            not_before: validity.not_before.to_string(),
            resource: &grant.resource,
            token_type: "Bearer",
        };
        let mut answer = reply::token(&body, request_id);
        answer.extensions_mut().insert(TokenLife(life));
        answer
    }

    /// Each request draws from its own stream of the seed, so that one more draw in one does not
    /// shift the others.
    fn next_rng(&self) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.config().seed);
        rng.set_stream(self.requests.fetch_add(1, Ordering::Relaxed));
        rng
    }
}

/// What the answers say they are from.
fn server(config: &Config) -> HeaderValue {
    HeaderValue::from_str(&config.wire.server).unwrap_or(HeaderValue::from_static("IMDS"))
}

/// One line for each request; the query may name identities and is left out.
fn log(head: &Head, decided: &Result<Verdict, Flaw>) {
    let path = head.path.as_str();
    match decided {
        Ok(Verdict::Admitted(Admission { service_time, .. })) => {
            debug!(path, verdict = "admitted", ?service_time);
        }
        Ok(Verdict::Refused(Refusal { limiter, .. })) => {
            debug!(path, verdict = "refused", %limiter);
        }
        Ok(Verdict::Rejected(flaw)) => debug!(path, verdict = "rejected", ?flaw),
        Err(flaw) => debug!(path, verdict = "rejected", ?flaw),
    }
}
