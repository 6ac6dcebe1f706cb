//! Runs the script of a session, step after step.

use std::sync::Arc;
use std::time::Duration;

use imds_client::wire::{Identity, TokenRequest};

use super::chances::Chances;
use super::cursor::Cursor;
use super::fact::Intent;
use super::outcome::{Acquired, Ending, Finished, Kind, NO_CMDLET};
use super::process::{Process, ProcessState};
use super::question::{Exchange, Question, WaitFor};
use super::tokens::{Bearer, Tokens};
use crate::scenario::context::{AzureContext, Entry};
use crate::scenario::definition::{Group, OnError};
use crate::scenario::processor::{Costs, Work};
use crate::scenario::script::{Pause, Retry, Step, StepKind, Task};

/// The state of a session while its script runs.
pub(super) struct Execution {
    pub(super) exchange: Exchange,
    script: Arc<[Task]>,
    cursor: Cursor,
    on_error: OnError,
    /// Whether the script begins again when it ends.
    endless: bool,
    pub(super) chances: Chances,
    costs: Arc<Costs>,
    held_token: Option<HeldToken>,
    /// When the step under way had its latest token.
    token_at: Option<Duration>,
    pub(super) azure_context: Option<AzureContext>,
    /// The memory of its process: the account that is signed in.
    pub(super) process: Process,
    /// The tokens of its process.
    pub(super) tokens: Tokens,
    /// The tokens that are saved beside the context file.
    pub(super) saved: Tokens,
    /// What its own last connect or choice of a subscription returned.
    pub(super) own: Option<Entry>,
    pub(super) intent: Intent,
    /// Whether the script does not see the failure of the step under way.
    pub(super) silent: bool,
}

/// The latest token.
struct HeldToken {
    request: Arc<TokenRequest>,
    /// When half of its life is over.
    half_life: Duration,
}

/// The outcome of a step: success, or the kind of failure.
pub(super) type Done = Result<(), String>;

impl Execution {
    pub(super) fn new(
        exchange: Exchange,
        group: &Group,
        process_state: ProcessState,
        chances: Chances,
    ) -> Self {
        let ProcessState {
            process,
            tokens,
            saved,
        } = process_state;
        Self {
            exchange,
            script: Arc::clone(&group.script),
            cursor: Cursor::default(),
            on_error: group.on_error,
            endless: group.background,
            chances,
            costs: Arc::clone(&group.costs),
            held_token: None,
            token_at: None,
            azure_context: group.azure_context.clone(),
            process,
            tokens,
            saved,
            own: None,
            intent: Intent::default(),
            silent: false,
        }
    }

    #[expect(
        clippy::manual_async_fn,
        reason = "an async fn keeps its arguments twice, which doubles the memory of a session"
    )]
    pub(super) fn run(mut self, startup: Duration) -> impl Future<Output = Ending> + Send {
        async move {
            if !startup.is_zero() {
                self.execute(&Step::Startup(startup), &Retry::NONE).await;
            }
            self.import().await;
            while let Some((step, retry)) = self.next_step() {
                if step == Step::Refresh {
                    self.await_half_life().await;
                }
                let succeeded = self.execute(&step, &retry).await;
                if !succeeded && !self.silent && self.on_error == OnError::Stop {
                    break;
                }
            }
            self.exchange.so_far()
        }
    }

    fn next_step(&mut self) -> Option<(Step, Retry)> {
        let mut next = self.cursor.advance(&self.script);
        if next.is_none() && self.endless {
            self.cursor.restart();
            next = self.cursor.advance(&self.script);
        }
        next.map(|(step, retry)| (step.clone(), *retry))
    }

    /// One step with all its tries; whether it succeeded.
    async fn execute(&mut self, step: &Step, retry: &Retry) -> bool {
        let began = self.exchange.now();
        self.begin(step.clone()).await;
        self.token_at = None;
        let (tries, done) = self.tries(step, retry).await;
        let failure = done.err().map(Kind::from);
        if let Some(kind) = &failure {
            self.exchange.note_failure(kind.clone());
        }
        let succeeded = failure.is_none();
        let finished = Finished {
            kind: step.kind(),
            began,
            tries,
            token_at: self.token_at,
            failure,
        };
        self.finish(finished).await;
        succeeded
    }

    async fn begin(&self, step: Step) {
        let question = |session| Question::Begin(step, session);
        self.exchange.ask(question).await;
    }

    async fn finish(&self, finished: Finished) {
        let question = |session| Question::Finish(finished, session);
        self.exchange.ask(question).await;
    }

    async fn tries(&mut self, step: &Step, retry: &Retry) -> (u32, Done) {
        let mut tries = 1;
        loop {
            self.silent = false;
            let done = self.once(step).await;
            let wait = match &done {
                Ok(()) => None,
                Err(_) if self.silent => None,
                Err(_) => retry.wait(tries, self.chances.retries()),
            };
            let Some(wait) = wait else {
                return (tries, done);
            };
            self.exchange.wait(wait, WaitFor::Retry).await;
            tries += 1;
        }
    }

    async fn once(&mut self, step: &Step) -> Done {
        if step.is_cmdlet() && self.process.lacks_module() {
            return Err(NO_CMDLET.to_owned());
        }
        self.work_for(step.kind()).await;
        match step {
            Step::Startup(length) => self.pause(*length).await,
            Step::Think(pause) => {
                let length = pause.draw(self.chances.pauses());
                self.pause(length).await
            }
            Step::Connect(request) => self.token(request).await.map(drop),
            // Boxed, so that a session which only gets a token is small.
            Step::SignIn(request, scope) => Box::pin(self.sign_in(request, *scope)).await,
            Step::SetContext(subscription, scope) => {
                Box::pin(self.set_context(subscription, *scope)).await
            }
            Step::ListResources(whose) => Box::pin(self.list_resources(*whose)).await,
            Step::ClearContext(scope) => Box::pin(self.clear_context(*scope)).await,
            Step::DisableAutosave => {
                self.process.disable_autosave();
                Ok(())
            }
            Step::Refresh => self.refresh().await,
            Step::Metadata(request) => {
                let request = Arc::clone(request);
                let question = |session| Question::Metadata(request, session);
                self.exchange.ask(question).await
            }
        }
    }

    async fn work_for(&mut self, kind: StepKind) {
        let first = kind == StepKind::Connect && self.process.begin_connect();
        let work = if first {
            Work::FirstConnect
        } else {
            Work::Step(kind)
        };
        self.work(work).await;
    }

    /// Keeps a core busy for what this costs.
    pub(super) async fn work(&mut self, work: Work) {
        let Some(cost) = self.costs.of(work) else {
            return;
        };
        let length = cost.draw(self.chances.work());
        if !length.is_zero() {
            let question = move |session| Question::Work(work, length, session);
            self.exchange.ask(question).await;
        }
    }

    async fn pause(&self, length: Duration) -> Done {
        self.exchange.wait(length, WaitFor::Script).await;
        Ok(())
    }

    /// A new token, and until when half of its life lasts.
    pub(super) async fn token(
        &mut self,
        request: &Arc<TokenRequest>,
    ) -> Result<(Bearer, Duration), String> {
        if !self.process.begin_token() {
            self.work(Work::FurtherToken).await;
        }
        let Acquired { life, bearer } = self.acquire_token(request).await?;
        let now = self.exchange.now();
        self.token_at = Some(now);
        let half_life = now.saturating_add(life / 2);
        self.held_token = Some(HeldToken {
            request: Arc::clone(request),
            half_life,
        });
        Ok((bearer, half_life))
    }

    /// A token from IMDS; in the oldest releases a client id that got none is tried as an object id, too.
    async fn acquire_token(&self, request: &Arc<TokenRequest>) -> Result<Acquired, String> {
        let asked = Arc::clone(request);
        let found = self
            .exchange
            .ask(|session| Question::Token(asked, session))
            .await;
        match (&found, self.by_object_id(request)) {
            (Err(kind), Some(asked)) if kind != UNANSWERED => {
                let question = |session| Question::Token(asked, session);
                self.exchange.ask(question).await
            }
            _ => found,
        }
    }

    /// The request with its client id as an object id, if the release tries that.
    fn by_object_id(&self, request: &TokenRequest) -> Option<Arc<TokenRequest>> {
        let generation = &self.azure_context.as_ref()?.generation;
        let Identity::ClientId(id) = &request.identity else {
            return None;
        };
        let identity = Identity::ObjectId(id.clone());
        let resource = request.resource.clone();
        let asked = Arc::new(TokenRequest { identity, resource });
        generation.asks_by_object_id().then_some(asked)
    }

    /// Notes a token that the process already had; a token that the step requested itself is not replaced.
    pub(super) fn had_token(&mut self) {
        let now = self.exchange.now();
        self.token_at.get_or_insert(now);
    }

    /// A pause of its own, so that a refresh begins when it is due.
    async fn await_half_life(&mut self) {
        let now = self.exchange.now();
        let half_life = self
            .held_token
            .as_ref()
            .map_or(now, |held_token| held_token.half_life);
        let left = half_life.saturating_sub(now);
        if !left.is_zero() {
            let (min, max) = (left, left);
            self.execute(&Step::Think(Pause { min, max }), &Retry::NONE)
                .await;
        }
    }

    /// A script has a connect before each refresh; if that has failed there is nothing to refresh.
    async fn refresh(&mut self) -> Done {
        let held_token = self.held_token.as_ref();
        let request = held_token.map(|held_token| Arc::clone(&held_token.request));
        self.token(&request.ok_or(NO_TOKEN)?).await.map(drop)
    }
}

/// The kind of failure of a step that needs a token which the session does not have.
pub(super) const NO_TOKEN: &str = "no_token";

/// The kind of failure of a request that nothing has answered: it is not made again as another (measured).
const UNANSWERED: &str = "imds_timeout";
