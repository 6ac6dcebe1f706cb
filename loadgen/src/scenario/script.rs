//! What a session is to do, step by step, as its author writes it.

mod retry;
mod scope;

use std::sync::Arc;
use std::time::Duration;

use imds_client::InstanceRequest;
use imds_client::wire::TokenRequest;
use rand::{Rng, RngExt};

pub(crate) use self::retry::Retry;
pub(crate) use self::scope::Scope;

/// What Azure's command-line tools ask for first.
pub(crate) const RESOURCE_MANAGER: &str = "https://management.azure.com/";

/// A part of a script.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Task {
    /// One step, and how often it is tried.
    Step(Step, Retry),
    /// A part that is done several times.
    Repeat {
        /// How often, at least once.
        times: u32,
        tasks: Arc<[Task]>,
    },
}

impl Task {
    /// The tasks as a group has them that has an Azure context, or has none: a connect signs in, or only gets
    /// a token.
    #[must_use]
    pub(crate) fn in_context(tasks: &[Self], context: bool) -> Arc<[Self]> {
        let task = |task: &Self| match task {
            Self::Step(step, retry) => Self::Step(step.in_context(context), *retry),
            Self::Repeat { times, tasks } => Self::Repeat {
                times: *times,
                tasks: Self::in_context(tasks, context),
            },
        };
        tasks.iter().map(task).collect()
    }

    /// The kinds of steps in the order in which they are first done.
    #[must_use]
    pub(crate) fn kinds(tasks: &[Self]) -> Vec<StepKind> {
        let kinds = |task: &Self| match task {
            Self::Step(step, _) => vec![step.kind()],
            Self::Repeat { tasks, .. } => Self::kinds(tasks),
        };
        tasks.iter().flat_map(kinds).collect()
    }

    /// The tasks with this retry around each step for a token that has none, or one of fewer tries.
    #[must_use]
    pub(crate) fn with_retry(tasks: &[Self], wanted: Retry) -> Arc<[Self]> {
        let task = |task: &Self| match task {
            Self::Step(step, retry) => {
                let more = step.kind().is_for_token() && wanted.attempts > retry.attempts;
                Self::Step(step.clone(), if more { wanted } else { *retry })
            }
            Self::Repeat { times, tasks } => Self::Repeat {
                times: *times,
                tasks: Self::with_retry(tasks, wanted),
            },
        };
        tasks.iter().map(task).collect()
    }

    /// What the tasks ask IMDS tokens for.
    #[must_use]
    pub(crate) fn token_requests(tasks: &[Self]) -> Vec<&TokenRequest> {
        let mut requests: Vec<&TokenRequest> = vec![];
        for task in tasks {
            match task {
                Self::Step(Step::Connect(request) | Step::SignIn(request, _), _) => {
                    requests.push(request);
                }
                Self::Step(..) => {}
                Self::Repeat { tasks, .. } => requests.extend(Self::token_requests(tasks)),
            }
        }
        requests
    }

    /// How long a session thinks in all the tasks at the most.
    #[must_use]
    pub(crate) fn pauses(tasks: &[Self]) -> Duration {
        let pause = |task: &Self| match task {
            Self::Step(Step::Think(pause), _) => pause.max,
            Self::Step(..) => Duration::ZERO,
            Self::Repeat { times, tasks } => Self::pauses(tasks).saturating_mul(*times),
        };
        tasks
            .iter()
            .map(pause)
            .fold(Duration::ZERO, Duration::saturating_add)
    }

    /// Whether one of the tasks can only be done with an Azure context.
    #[must_use]
    pub(crate) fn need_context(tasks: &[Self]) -> bool {
        tasks.iter().any(|task| match task {
            Self::Step(Step::SignIn(_, scope), _) => scope.is_some(),
            Self::Step(step, _) => step.is_cmdlet(),
            Self::Repeat { tasks, .. } => Self::need_context(tasks),
        })
    }
}

/// One step of a session's script.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// The interpreter starts, which takes that long; no script says so, the group does.
    Startup(Duration),
    /// Get a token from IMDS. Each connect is an operation of its own: no token is reused.
    Connect(Arc<TokenRequest>),
    /// Sign in with the Azure context: tokens, what there is to be read, and the profile.
    SignIn(Arc<TokenRequest>, Option<Scope>),
    /// Choose a subscription, by its id.
    SetContext(Arc<str>, Option<Scope>),
    /// List the resources of the subscription that was chosen.
    ListResources(Whose),
    /// Forget what is saved.
    ClearContext(Option<Scope>),
    /// Save no contexts from now on, as `Disable-AzContextAutosave -Scope Process` does.
    DisableAutosave,
    /// Wait until half of the life of the latest token is over, and get another one like it.
    Refresh,
    /// Ask IMDS what the VM is, or a part of it.
    Metadata(Arc<InstanceRequest>),
    /// Do something else for a while.
    Think(Pause),
}

/// The context that a command uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The process's, as commands do.
    Process,
    /// That which the session's own last connect or choice of a subscription returned (`-DefaultProfile`).
    Own,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StepKind {
    Startup,
    /// Get a token, or sign in.
    Connect,
    /// A subscription is chosen.
    SetContext,
    ListResources,
    ClearContext,
    /// Contexts are saved no more.
    DisableAutosave,
    /// Another one is got before the first has expired.
    Refresh,
    Metadata,
    Think,
}

impl Step {
    /// Whether it is a cmdlet of `Az.Accounts` or of a module that needs it, which only sessions with an
    /// Azure context have.
    #[must_use]
    pub(crate) fn is_cmdlet(&self) -> bool {
        match self {
            Self::SignIn(..)
            | Self::SetContext(..)
            | Self::ListResources(_)
            | Self::ClearContext(_)
            | Self::DisableAutosave => true,
            Self::Startup(_)
            | Self::Connect(_)
            | Self::Refresh
            | Self::Metadata(_)
            | Self::Think(_) => false,
        }
    }

    /// The step as a group has it that has an Azure context, or has none.
    #[must_use]
    fn in_context(&self, context: bool) -> Self {
        match self {
            Self::Connect(request) if context => Self::SignIn(Arc::clone(request), None),
            Self::SignIn(request, None) if !context => Self::Connect(Arc::clone(request)),
            other => other.clone(),
        }
    }

    #[must_use]
    pub(crate) fn kind(&self) -> StepKind {
        match self {
            Self::Startup(_) => StepKind::Startup,
            Self::Connect(_) | Self::SignIn(..) => StepKind::Connect,
            Self::SetContext(..) => StepKind::SetContext,
            Self::ListResources(_) => StepKind::ListResources,
            Self::ClearContext(_) => StepKind::ClearContext,
            Self::DisableAutosave => StepKind::DisableAutosave,
            Self::Refresh => StepKind::Refresh,
            Self::Metadata(_) => StepKind::Metadata,
            Self::Think(_) => StepKind::Think,
        }
    }
}

impl StepKind {
    /// Those that can fail, in the order of reports.
    pub(crate) const FALLIBLE: [Self; 6] = [
        Self::Connect,
        Self::SetContext,
        Self::ListResources,
        Self::ClearContext,
        Self::Refresh,
        Self::Metadata,
    ];

    /// Its name, as scenarios call it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Connect => "connect",
            Self::SetContext => "set_context",
            Self::ListResources => "list_resources",
            Self::ClearContext => "clear_context",
            Self::DisableAutosave => "disable_autosave",
            Self::Refresh => "refresh",
            Self::Metadata => "metadata",
            Self::Think => "think",
        }
    }

    /// Whether a step of this kind is there to get a token.
    #[must_use]
    pub(crate) fn is_for_token(self) -> bool {
        matches!(self, Self::Connect | Self::Refresh)
    }
}

/// How long a session thinks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pause {
    /// The shortest pause.
    pub min: Duration,
    /// The longest pause; a pause is drawn uniformly between both.
    pub max: Duration,
}

impl Pause {
    /// Draws one pause.
    pub(crate) fn draw(&self, rng: &mut dyn Rng) -> Duration {
        let range = self.max.saturating_sub(self.min);
        self.min + range.mul_f64(rng.random::<f64>())
    }
}
