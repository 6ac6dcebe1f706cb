//! What sessions get, and how their steps and they themselves end.

use std::borrow::Cow;
use std::time::Duration;

use super::tokens::Bearer;
use crate::scenario::script::StepKind;

/// The kind of failure of a command that needs an account that is signed in.
pub(crate) const NOT_LOGGED_IN: &str = "not_logged_in";

/// The kind of failure of an import that did not get the file of the module's settings.
pub(crate) const IMPORT_FAILED: &str = "import_failed";

/// The kind of failure of a command whose module was not imported.
pub(crate) const NO_CMDLET: &str = "no_cmdlet";

/// The kind of a failure, such as `imds_429`. The usual ones take no memory.
pub(crate) type Kind = Cow<'static, str>;

/// A token that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acquired {
    /// The life that it has left.
    pub life: Duration,
    pub bearer: Bearer,
}

/// Why Resource Manager gave nothing of what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManagerFailure {
    /// The kind of failure: `arm_403`, `arm_timeout`.
    pub kind: String,
    /// `Retry-After`, if the answer has it.
    pub retry_after: Option<Duration>,
}

/// How a step has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    pub kind: StepKind,
    /// When it was to begin.
    pub began: Duration,
    /// How often it was tried.
    pub tries: u32,
    /// When it had the last token that it asked for; none: it asked for none.
    pub token_at: Option<Duration>,
    /// The kind of its failure; none: it succeeded.
    pub failure: Option<Kind>,
}

impl Finished {
    /// From its begin to its token, which its process may have had before; `end` is its own end.
    #[must_use]
    pub(crate) fn time_to_token(&self, end: Duration) -> Duration {
        self.token_at.unwrap_or(end).saturating_sub(self.began)
    }
}

/// How a session has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The kind of the first failure of a step; none: every step succeeded.
    pub failure: Option<Kind>,
    /// Whether it ever worked as another, or in another subscription, than its script says.
    pub wrong_context: bool,
}
