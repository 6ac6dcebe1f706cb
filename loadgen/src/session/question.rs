//! What a session asks, and how its driver answers, in the type that the question demands.

use std::any::Any;
use std::future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use imds_client::InstanceRequest;
use imds_client::wire::TokenRequest;

use super::fact::Fact;
use super::lock::Access;
use super::outcome::{Acquired, Ending, Finished, Kind, ManagerFailure};
use super::tokens::Bearer;
use crate::scenario::context::{Contexts, Domain};
use crate::scenario::processor::Work;
use crate::scenario::script::Step;

/// What a session asks its driver, with the session that waits for the answer.
pub(crate) enum Question {
    /// Note that a step begins.
    Begin(Step, Suspended<()>),
    /// Note that the step has ended.
    Finish(Finished, Suspended<()>),
    /// Get this token from IMDS, with the client's own retries; or the kind of its failure.
    Token(Arc<TokenRequest>, Suspended<Result<Acquired, String>>),
    /// Get this from IMDS, with the client's own retries; or the kind of its failure.
    Metadata(Arc<InstanceRequest>, Suspended<Result<(), String>>),
    /// Ask Resource Manager, once, with this token.
    Manage(Bearer, ManagerQuery),
    /// Queue for the mutex of the context file, until it is held.
    Enter(Domain, Suspended<()>),
    /// Give the mutex back.
    Leave(Domain, Suspended<()>),
    /// Open the context file and read its text; none: another process has it open.
    Open(Access, Suspended<Option<String>>),
    /// Close it, with what is to be written if anything is.
    Close(Option<Contexts>, Suspended<()>),
    /// Open the file of the module's settings for this session alone; whether it could be opened.
    OpenSettings(Suspended<bool>),
    /// Close it.
    CloseSettings(Suspended<()>),
    /// Note what has happened to the session on its way.
    Note(Fact, Suspended<()>),
    Wait(Duration, WaitFor, Suspended<()>),
    /// Keep one core busy for so long, for this, beside all others that do so.
    Work(Work, Duration, Suspended<()>),
    /// Nothing more: the session has ended.
    End(Ending),
}

/// What a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitFor {
    /// A pause of its script, or the start of its interpreter.
    Script,
    /// The next try of a step or a request.
    Retry,
    /// The context file, or the work on it.
    Lock,
}

/// What Resource Manager is asked for, with the session that waits for it.
pub(crate) enum ManagerQuery {
    /// Whether there are tenants of the account.
    Tenants(Suspended<Result<(), ManagerFailure>>),
    /// The ids of those subscriptions that it may read and that are enabled.
    Subscriptions(Suspended<Result<Vec<String>, ManagerFailure>>),
    /// Whether it may read the subscription of this id.
    Subscription(Arc<str>, Suspended<Result<(), ManagerFailure>>),
    /// The resources of a subscription, from the page on that the one before it names; which page is
    /// next, if any.
    Resources(
        Arc<str>,
        Option<String>,
        Suspended<Result<Option<String>, ManagerFailure>>,
    ),
}

impl ManagerQuery {
    /// What is asked for, in a word.
    #[must_use]
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Tenants(_) => "tenants",
            Self::Subscriptions(_) => "subscriptions",
            Self::Subscription(..) => "subscription",
            Self::Resources(..) => "resources",
        }
    }
}

/// A session that waits for an `A`. It is the only way to resume the session, and resuming consumes it:
/// so a question gets one answer, of its own type, and no other session gets it.
pub(crate) struct Suspended<A> {
    /// None while its script is still about to ask.
    running: Option<Running>,
    answer: PhantomData<fn(A)>,
}

impl<A: Send + 'static> Suspended<A> {
    /// Resumes the session at `now` with the answer; returns its next question.
    ///
    /// # Panics
    /// Never: a driver gets no question before its script has stopped at it.
    #[must_use]
    pub(crate) fn resume(self, now: Duration, answer: A) -> Question {
        let running = self.running.expect("the script has stopped");
        running.run(now, Some(Box::new(answer)))
    }
}

impl<A> Suspended<A> {
    /// The place of a session that is about to ask.
    fn about_to_ask() -> Self {
        Self {
            running: None,
            answer: PhantomData,
        }
    }
}

impl Suspended<()> {
    /// A session that has not begun. Its script uses this exchange.
    pub(super) fn new(
        exchange: Exchange,
        script: impl Future<Output = Ending> + Send + 'static,
    ) -> Self {
        let script = Box::pin(script);
        Self {
            running: Some(Running { exchange, script }),
            answer: PhantomData,
        }
    }
}

/// The state of a session's script, before its end and after it.
pub(crate) struct Progress(Exchange);

impl Progress {
    /// Of the session whose script uses this exchange.
    pub(super) fn new(exchange: Exchange) -> Self {
        Self(exchange)
    }

    /// How the session would have ended if it ended now.
    #[must_use]
    pub(crate) fn so_far(&self) -> Ending {
        self.0.so_far()
    }
}

/// A script, and what it shares with its driver.
struct Running {
    exchange: Exchange,
    script: Pin<Box<dyn Future<Output = Ending> + Send>>,
}

impl Running {
    fn run(mut self, now: Duration, answer: Option<Answer>) -> Question {
        {
            let mut place = self.exchange.lock();
            (place.now, place.answer) = (now, answer);
        }
        let mut context = Context::from_waker(Waker::noop());
        match self.script.as_mut().poll(&mut context) {
            Poll::Ready(ending) => Question::End(ending),
            Poll::Pending => {
                let question = self.exchange.lock().question.take();
                let mut question = question.expect("a script waits for nothing but answers");
                let running = question.running();
                *running.expect("a script that has ended asks nothing") = Some(self);
                question
            }
        }
    }
}

impl Question {
    /// The place of the session that asks it; none once the session has ended.
    fn running(&mut self) -> Option<&mut Option<Running>> {
        Some(match self {
            Self::Begin(_, session)
            | Self::Finish(_, session)
            | Self::Enter(_, session)
            | Self::Leave(_, session)
            | Self::Close(_, session)
            | Self::CloseSettings(session)
            | Self::Note(_, session)
            | Self::Wait(_, _, session)
            | Self::Work(_, _, session) => &mut session.running,
            Self::Token(_, session) => &mut session.running,
            Self::Metadata(_, session) => &mut session.running,
            Self::Open(_, session) => &mut session.running,
            Self::OpenSettings(session) => &mut session.running,
            Self::Manage(_, query) => query.running(),
            Self::End(_) => return None,
        })
    }
}

impl ManagerQuery {
    fn running(&mut self) -> &mut Option<Running> {
        match self {
            Self::Tenants(session) | Self::Subscription(_, session) => &mut session.running,
            Self::Subscriptions(session) => &mut session.running,
            Self::Resources(_, _, session) => &mut session.running,
        }
    }
}

/// What a script and its driver share: the time, the question, its answer and the state of the session.
#[derive(Clone, Default)]
pub(super) struct Exchange(Arc<Mutex<Place>>);

/// An answer of the type that the question demands. One without content takes no memory.
type Answer = Box<dyn Any + Send>;

#[derive(Default)]
struct Place {
    now: Duration,
    question: Option<Question>,
    answer: Option<Answer>,
    so_far: Ending,
}

/// The script's side, but for `so_far`.
impl Exchange {
    pub(super) fn now(&self) -> Duration {
        self.lock().now
    }

    /// The state of the session.
    pub(super) fn so_far(&self) -> Ending {
        self.lock().so_far.clone()
    }

    /// Notes that the session works as another account, or elsewhere, than it should.
    pub(super) fn note_wrong_context(&self) {
        self.lock().so_far.wrong_context = true;
    }

    /// Notes the failure of a step.
    pub(super) fn note_failure(&self, kind: Kind) {
        let mut place = self.lock();
        place.so_far.failure.get_or_insert(kind);
    }

    /// Asks the question that is made for the suspended session, and waits for the answer.
    pub(super) async fn ask<A: Send + 'static>(
        &self,
        question: impl FnOnce(Suspended<A>) -> Question + Send,
    ) -> A {
        self.lock().question = Some(question(Suspended::about_to_ask()));
        let mut asked = false;
        let answer = future::poll_fn(|_| {
            if mem::replace(&mut asked, true) {
                self.poll_answer()
            } else {
                Poll::Pending
            }
        });
        let answer = answer.await;
        *answer
            .downcast()
            .expect("the answer is of the question's type")
    }

    fn poll_answer(&self) -> Poll<Answer> {
        let answer = self.lock().answer.take();
        answer.map_or(Poll::Pending, Poll::Ready)
    }

    /// Waits for a length of time.
    pub(super) async fn wait(&self, length: Duration, reason: WaitFor) {
        self.ask(move |session| Question::Wait(length, reason, session))
            .await;
    }

    fn lock(&self) -> MutexGuard<'_, Place> {
        self.0.lock().expect(UNHARMED)
    }
}

const UNHARMED: &str = "neither side panics while it holds the lock";
