//! One VM's service in real time: the way of a request from its head to its answer.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: plays the VM in real time"
)]

mod asked;
mod chance;
mod control;
mod events;
mod no_answer;
mod other;
mod outage;
mod room;
mod served;
mod serving;
mod speak;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use rand::rngs::ChaCha8Rng;
use serde_json::value::RawValue;
use tokio::sync::{Notify, watch};
use tracing::{Level, debug};

use crate::config::Config;
use crate::config::reload::Reload;
use crate::credentials::attested::Attestor;
use crate::credentials::token::{Issued, Mint, SharedKey, Validity};
use crate::model::fault::Effect;
use crate::model::streams::Streams;
use crate::model::vm::{Admission, Departure, Grant, Refusal, Selector, Verdict, Vm};
use crate::observe::journal::Journal;
use crate::observe::observer::{Observer, Recording};
use crate::serve::clock::Clock;
use crate::serve::damage::{self, Outgoing};
use crate::serve::link::Line;
use crate::serve::resource_manager::shell::Shell;
use crate::wire::flaw::Flaw;
use crate::wire::guid::guid;
use crate::wire::head::Head;
use crate::wire::protocol::{self, ArcKey};
use crate::wire::redact;
use crate::wire::reply::{self, Answer};
use crate::wire::route::{self, Ask, scheduled_events, token};

use asked::Asked;
use chance::Chance;
use no_answer::{NoAnswer, without_answer};
use room::Room;
use served::{Departed, LetIn};

/// What the servers of both ports share.
pub(crate) struct Service {
    /// What the VM is called.
    name: String,
    /// Locked before the VM where both are.
    config: RwLock<Arc<Config>>,
    clock: Clock,
    requests: AtomicU64,
    connections: AtomicU64,
    observer: Arc<Observer>,
    /// Reads the configuration again, where it comes from a place that can be read again.
    reload: Option<Reload>,
    /// The VM's era: who was admitted in an earlier one is answered at once.
    era: watch::Sender<u64>,
    vm: Mutex<Vm>,
    /// Locked after the VM where both are.
    room: Mutex<Room>,
    /// Rung to end the requests that a fault lets hang.
    hung: Notify,
    mint: Arc<Mint>,
    latest_token: token::Latest,
    attestor: Attestor,
    arc_key: ArcKey,
    resource_manager: Arc<Shell>,
}

impl Service {
    pub(crate) fn new(
        name: &str,
        config: Config,
        reload: Option<Reload>,
        key: SharedKey,
    ) -> Service {
        let clock = Clock::start();
        let epoch = clock.epoch();
        let journal = Journal::new(config.journal.entries, epoch);
        let mint = Arc::new(Mint::new(&config, epoch, key));
        Service {
            name: name.to_owned(),
            clock,
            requests: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            observer: Arc::new(Observer::new(name, journal, move || clock.now())),
            reload,
            era: watch::Sender::new(0),
            room: Mutex::default(),
            hung: Notify::new(),
            vm: Mutex::new(Vm::new(&config)),
            latest_token: token::Latest::default(),
            attestor: Attestor::new(&config, epoch, rand::random()),
            resource_manager: Arc::new(Shell::new(&config, Arc::clone(&mint), clock)),
            mint,
            arc_key: ArcKey::new(config.protocols.arc_key_folder, rand::random()),
            config: RwLock::new(Arc::new(config)),
        }
    }

    /// What the VM is called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The configuration that holds now.
    pub(crate) fn config(&self) -> Arc<Config> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config)
    }

    /// The time since the run's start.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
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
        f(self.now(), &mut vm)
    }

    /// Answers one request of the IMDS port, unless a fault breaks its connection off.
    ///
    /// # Errors
    /// When there is no answer: the connection is to end.
    pub(crate) async fn answer(
        self: Arc<Self>,
        head: Head,
        line: Arc<Line>,
    ) -> Result<Outgoing, NoAnswer> {
        let config = self.config();
        let mut chance = self.next_chance(&config);
        let connection = line.number;
        let mut recording = Recording::begin(Arc::clone(&self.observer), connection, &head);
        let asked = Arc::new(Asked { head, connection });
        if let Some((effect, freed)) = self.intercept(&config, &asked, &mut chance) {
            recording.faulted(&effect);
            let Some((status, retry_after)) = effect.status() else {
                return Err(without_answer(&effect, freed, &line).await);
            };
            let answer = self.outage(&config, &asked.head, status, chance.faults());
            let answer = reply::with_retry_after(answer, retry_after);
            recording.answered(&answer);
            return Ok(damage::intact(answer));
        }
        let (answer, fault) = if let Some(protocol) = protocol::of(&asked.head) {
            self.speak(&config, protocol, asked, &mut recording, chance)
                .await?
        } else {
            let answering = self.answer_in_service(&config, asked, &mut recording, chance);
            let (answer, fault) = answering.await?;
            (reply::signed(answer, &config.wire.server), fault)
        };
        recording.answered(&answer);
        Ok(match fault {
            Some(effect) => damage::damaged(answer, &effect).await,
            None => damage::intact(answer),
        })
    }

    /// The answer of a service that works, and what a fault is to do to it.
    async fn answer_in_service(
        self: Arc<Self>,
        config: &Config,
        asked: Arc<Asked>,
        recording: &mut Recording,
        mut chance: Chance,
    ) -> Result<(Answer, Option<Effect>), NoAnswer> {
        let head = &asked.head;
        let decided = self.decide(config, head, &mut chance.service);
        log(head, &decided);
        let (ask, verdict) = match decided {
            Ok(decided) => decided,
            Err(flaw) => {
                recording.rejected(flaw);
                return Ok((reply::flawed(head, flaw), None));
            }
        };
        recording.decided(&verdict);
        let refused =
            |refusal| reply::throttled(head.category(), refusal, config.wire.name_limiter);
        let let_in = match verdict {
            Verdict::Admitted(admission) => LetIn::Admitted(admission),
            Verdict::Queued(waiting) => LetIn::Queued(waiting),
            Verdict::Refused(refusal) => return Ok((refused(refusal), None)),
            Verdict::Rejected(flaw) => return Ok((reply::flawed(head, flaw.into()), None)),
        };
        let mut answer_rng = chance.answer();
        let serving = Arc::clone(&self).serve(let_in, &asked, chance, recording);
        Ok(match serving.await? {
            Err(refusal) => (refused(refusal), None),
            Ok(Departed {
                at,
                departure,
                damage,
                ..
            }) => {
                let departed = self.departed(config, &ask, at, departure, &mut answer_rng);
                (departed.await, damage)
            }
        })
    }

    /// Guard, route, VM, in that order: the first to object ends it.
    fn decide<'a>(
        &self,
        config: &'a Config,
        head: &'a Head,
        rng: &mut ChaCha8Rng,
    ) -> Result<(Ask<'a>, Verdict), Flaw> {
        let ask = route::read(head, config);
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
        let now = self.now();
        if let Ask::Events(ask) = ask {
            scheduled_events::check(vm.events(), now, ask)?;
        }
        Ok(vm.arrive(now, &ask.request(), rng))
    }

    async fn departed(
        &self,
        config: &Config,
        ask: &Ask<'_>,
        now: Duration,
        departure: Departure,
        rng: &mut ChaCha8Rng,
    ) -> Answer {
        let request_id = guid(rng);
        match departure {
            Departure::Plain => self.other(config, ask, now, &request_id).await,
            Departure::Token(grant) => {
                let echoed = config.wire.echo_selector.then(|| ask.selector());
                self.token(&grant, echoed, now, &request_id).await
            }
            Departure::Denied(denied) => {
                token::denial::answer(&denied, config, self.clock.epoch() + now, rng)
            }
        }
    }

    /// The token; a selector that is echoed is repeated in it.
    async fn token(
        &self,
        grant: &Grant,
        echoed: Option<Selector<'_>>,
        now: Duration,
        request_id: &str,
    ) -> Answer {
        let body = match echoed {
            Some(selector) => self.token_body(grant, selector, now).await,
            None => self.shared_token_body(grant, now).await,
        };
        reply::token(body, request_id)
    }

    async fn shared_token_body(&self, grant: &Grant, now: Duration) -> Bytes {
        let life = grant.life(now);
        if let Some(body) = self.latest_token.body(grant, life) {
            return body;
        }
        let body = self.token_body(grant, Selector::Default, now).await;
        self.latest_token.keep(grant, life, &body);
        body
    }

    async fn token_body(&self, grant: &Grant, echoed: Selector<'_>, now: Duration) -> Bytes {
        let access_token = self.mint.token(grant).await;
        let issued = self.issued(grant, &access_token, now);
        token::Body::of(&issued).echoing(echoed).bytes()
    }

    /// A token on its way out at `now`.
    fn issued<'a>(
        &self,
        grant: &'a Grant,
        access_token: &'a RawValue,
        now: Duration,
    ) -> Issued<'a> {
        let Validity {
            not_before,
            expires_on,
        } = self.mint.validity(grant);
        Issued {
            access_token,
            identity: &grant.identity,
            resource: &grant.resource,
            life: grant.life(now),
            expires_on,
            not_before,
        }
    }

    fn next_chance(&self, config: &Config) -> Chance {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        Chance::new(Streams::new(config.seed).of_request(request))
    }
}

/// One line for each request; the query may name identities and is left out. What is shown is made
/// only if somebody reads it.
fn log(head: &Head, decided: &Result<(Ask<'_>, Verdict), Flaw>) {
    if !tracing::enabled!(Level::DEBUG) {
        return;
    }
    let path = redact::path(head.path());
    match decided {
        Ok((_, Verdict::Admitted(Admission { service_time, .. }))) => {
            debug!(path, verdict = "admitted", ?service_time);
        }
        Ok((_, Verdict::Queued(_))) => debug!(path, verdict = "queued"),
        Ok((_, Verdict::Refused(Refusal { limiter, .. }))) => {
            debug!(path, verdict = "refused", %limiter);
        }
        Ok((_, Verdict::Rejected(flaw))) => debug!(path, verdict = "rejected", ?flaw),
        Err(flaw) => debug!(path, verdict = "rejected", ?flaw),
    }
}
