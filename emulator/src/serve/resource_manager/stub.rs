//! The stub behind HTTP: parses a request, lets the model decide, and writes the answer.

mod custom;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use http::Uri;
use http::header::HOST;
use http::request::Parts;
use rand::rngs::ChaCha8Rng;
use tracing::debug;

use crate::config::{Config, ResourceManagerSettings};
use crate::credentials::tls::Tls;
use crate::credentials::token::{self, SharedKey};
use crate::model::resource_manager::{
    CustomAnswer, CustomAnswers, Left, Operation, Refusal, Request, ResourceManager, Verdict,
};
use crate::model::streams::Streams;
use crate::observe::journal::{Journal, StubEntry};
use crate::observe::stub_observer::{StubObserver, StubRecording};
use crate::serve::clock::Clock;
use crate::wire::guid::guid;
use crate::wire::remains::Remains;
use crate::wire::reply::{Answer, of_unreadable};
use crate::wire::resource_manager::endpoints::Cloud;
use crate::wire::resource_manager::proof::Proof;
use crate::wire::resource_manager::reply::{self, CommonHeaders, RefusalContext};
use crate::wire::resource_manager::request::{RequestFlaw, StubRequest};

/// The stub's state, and what its answers need of the configuration. A process has one for all its VMs.
pub(crate) struct Stub {
    initial: Initial,
    core: Mutex<Core>,
    /// What the tokens of every VM are signed with.
    key: SharedKey,
    clock: Clock,
    observer: Arc<StubObserver>,
    /// How many connections there have been.
    connections: AtomicU64,
    /// Where the administration port is: it stands for the sign-in service.
    authority: String,
    region: String,
    address: String,
    /// Set once the stub is served.
    tls: OnceLock<Arc<Tls>>,
}

/// The initial state, at the start and after a reset.
struct Initial {
    settings: ResourceManagerSettings,
    tenant_id: String,
    seed: u64,
}

struct Core {
    manager: ResourceManager,
    rng: ChaCha8Rng,
    /// The answers of the configuration: those after a reset.
    answers: Vec<Arc<CustomAnswer>>,
}

/// A request, and where it was sent to.
struct Asked<'a> {
    request: StubRequest,
    uri: &'a Uri,
    /// The URL by which the client addresses the stub, without a slash at the end.
    base: String,
}

impl Asked<'_> {
    /// The URL of the page that begins there.
    fn continued(&self, from: usize) -> String {
        format!("{}{}", self.base, self.request.continued(self.uri, from))
    }
}

/// An answer, and how long it takes.
pub(crate) struct Timed {
    pub(crate) answer: Answer,
    pub(crate) service_time: Duration,
}

impl Stub {
    /// The stub of a process, with the first VM's tenant, location and seed. Its clock starts now; tokens
    /// are good if `key` has signed them.
    pub(crate) fn new(config: &Config, key: SharedKey) -> Stub {
        let initial = Initial {
            settings: config.resource_manager.clone(),
            tenant_id: config.vm.tenant_id.clone(),
            seed: config.vm.seed,
        };
        let clock = Clock::start();
        let observed = clock.clone();
        let journal = Journal::new(config.vm.journal.entries, clock.epoch().clone());
        Stub {
            core: Mutex::new(Core::new(&initial, initial.settings.answers.clone())),
            initial,
            key,
            clock,
            observer: Arc::new(StubObserver::new(journal, move || observed.now())),
            connections: AtomicU64::new(0),
            authority: token::base_url(config.admin_listen),
            region: config.vm.instance.text("/compute/location").to_owned(),
            address: config.resource_manager.listen.to_string(),
            tls: OnceLock::new(),
        }
    }

    /// What it was started with. Its answers may have changed since; see [`Stub::effective`].
    pub(crate) fn settings(&self) -> &ResourceManagerSettings {
        &self.initial.settings
    }

    /// Resets it to its initial state, with an empty journal. The numbers of requests and connections go on.
    pub(crate) fn reset(&self) {
        let mut core = self.core();
        *core = Core::new(&self.initial, std::mem::take(&mut core.answers));
        drop(core);
        drop(self.observer.reset());
    }

    /// Its journal and counts.
    pub(crate) fn observer(&self) -> &Arc<StubObserver> {
        &self.observer
    }

    /// The time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// The number of a connection that begins now, from 1.
    pub(crate) fn number_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Records the certificate that it is served with.
    pub(crate) fn served_with(&self, tls: Arc<Tls>) {
        self.tls.get_or_init(|| tls);
    }

    /// The certificate that it is served with; `None` if it is not served.
    pub(crate) fn tls(&self) -> Option<&Arc<Tls>> {
        self.tls.get()
    }

    /// The certificate that clients have to trust, as PEM; `None` while it is not served.
    pub(crate) async fn root(&self) -> Option<&str> {
        match self.tls.get() {
            Some(tls) => Some(tls.root().await),
            None => None,
        }
    }

    /// Reads the state of the model.
    pub(crate) fn look<T>(&self, f: impl FnOnce(&ResourceManager) -> T) -> T {
        f(&self.core().manager)
    }

    /// Records a request that the HTTP layer could not read, by what it began with.
    pub(crate) fn note_unreadable(
        &self,
        connection: u64,
        beginning: &[u8],
        error: &hyper::Error,
        session: Option<&str>,
    ) {
        let remains = Remains::of(beginning);
        let entry = StubEntry::unreadable(connection, &remains, session);
        let reason = remains.reason(error);
        debug!(%reason, "resource manager: unreadable request");
        let observer = Arc::clone(&self.observer);
        StubRecording::unreadable(observer, entry, of_unreadable(error), reason);
    }

    /// Answers one request. `scheme` is that of its connection.
    pub(crate) async fn answer(
        &self,
        parts: &Parts,
        scheme: &str,
        recording: &mut StubRecording,
    ) -> Timed {
        let asked = Asked {
            request: StubRequest::of(&parts.method, &parts.uri),
            uri: &parts.uri,
            base: format!("{scheme}://{}", self.host(parts)),
        };
        let proof = Proof::of(&parts.headers, &self.key, self.clock.epoch().get()).await;
        if let Some(timed) = self.answer_custom(&asked, &proof, recording) {
            return timed;
        }
        let answered = if asked.request.is_for_endpoints() {
            recording.asks("metadata-endpoints", None, None);
            self.describe(&asked, recording)
        } else {
            self.operate(&asked, &proof, recording)
        };
        let timed = answered.unwrap_or_else(|flaw| self.flawed(&flaw, recording));
        let answer = self.common_headers().add_to(timed.answer);
        Timed { answer, ..timed }
    }

    fn operate(
        &self,
        asked: &Asked<'_>,
        proof: &Proof,
        recording: &mut StubRecording,
    ) -> Result<Timed, RequestFlaw> {
        asked.request.check()?;
        let operation = asked.request.operation()?;
        let (name, subscription_id) = (operation.action().name(), operation.subscription());
        recording.asks(name, subscription_id, proof.client_id());
        let (now, verdict) = self.decide(operation, proof);
        recording.decided(&verdict);
        let answer = match &verdict.outcome {
            Ok(_) if asked.request.is_head() => reply::there(verdict.left),
            Ok(content) => {
                let next = |from| asked.continued(from);
                reply::content(content, &self.initial.tenant_id, verdict.left, &next)
            }
            Err(refusal) => self.refused(refusal, verdict.left, now, proof),
        };
        Ok(Timed {
            answer,
            service_time: verdict.service_time,
        })
    }

    /// The answer to what was refused at `now`.
    fn refused(
        &self,
        refusal: &Refusal,
        left: Option<Left>,
        now: Duration,
        proof: &Proof,
    ) -> Answer {
        let context = RefusalContext {
            proof,
            authority: &self.authority,
            tenant_id: &self.initial.tenant_id,
            now: self.clock.epoch().get() + now,
            epoch: self.clock.epoch().get(),
        };
        reply::refused(refusal, left, &context)
    }

    fn describe(
        &self,
        asked: &Asked<'_>,
        recording: &mut StubRecording,
    ) -> Result<Timed, RequestFlaw> {
        asked.request.check()?;
        if asked.request.is_head() {
            return Err(RequestFlaw::MethodNotAllowed);
        }
        let cloud = Cloud {
            name: &self.initial.settings.cloud,
            base: &asked.base,
            authority: &self.authority,
        };
        recording.admitted(Duration::ZERO);
        let description = cloud.described(asked.request.api_version());
        Ok(Timed::at_once(reply::description(&description)))
    }

    fn flawed(&self, flaw: &RequestFlaw, recording: &mut StubRecording) -> Timed {
        let (status, code) = (reply::status(flaw), reply::code(flaw));
        debug!(status, code, "resource manager: invalid request");
        recording.rejected(code);
        if flaw.is_unmatched() {
            recording.unmatched();
        }
        self.core().manager.reject(status, code);
        Timed::at_once(reply::flawed(flaw))
    }

    /// The time is read under the lock, so that it never goes back from one arrival to the next.
    fn decide(&self, operation: Operation<'_>, proof: &Proof) -> (Duration, Verdict) {
        let action = operation.action().name();
        let request = Request {
            operation,
            bearer: proof.bearer(),
        };
        let mut core = self.core();
        let Core { manager, rng, .. } = &mut *core;
        let now = self.clock.now();
        let verdict = manager.arrive(now, &request, rng);
        debug!(action, status = verdict.status(), "resource manager");
        (now, verdict)
    }

    fn common_headers(&self) -> CommonHeaders<'_> {
        CommonHeaders {
            request_id: guid(&mut self.core().rng),
            region: &self.region,
            time: self.clock.epoch().get() + self.clock.now(),
        }
    }

    /// The host by which the client addresses the stub.
    fn host<'a>(&'a self, parts: &'a Parts) -> &'a str {
        let in_target = parts.uri.authority().map(http::uri::Authority::as_str);
        let header = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        in_target.or(header).unwrap_or(&self.address)
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    fn new(initial: &Initial, answers: Vec<Arc<CustomAnswer>>) -> Core {
        let mut manager = ResourceManager::new(&initial.tenant_id, &initial.settings);
        *manager.answers_mut() = CustomAnswers::new(&answers);
        Core {
            manager,
            rng: Streams::new(initial.seed).resource_manager(),
            answers,
        }
    }
}

impl Timed {
    fn at_once(answer: Answer) -> Timed {
        Timed {
            answer,
            service_time: Duration::ZERO,
        }
    }
}
