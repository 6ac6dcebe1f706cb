//! A failure, and what a client shows of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a client shows of a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Message {
    /// What is shown; null: nothing is, or it is not known what.
    pub text: Option<String>,
    /// What the text rests on.
    pub known: Knowledge,
}

impl Message {
    pub(super) fn new(text: &str, known: Knowledge) -> Self {
        let text = (!text.is_empty()).then(|| text.to_owned());
        Self { text, known }
    }
}

/// What a text rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Knowledge {
    /// The words are those that this release showed when it was run.
    Measured,
    /// The words are those that another release showed when it was run.
    OtherRelease,
    /// The words are the client's: read in its source, or seen when it was run.
    Words,
    /// What it says is known, its words are not.
    Gist,
    /// The words are the service's; those that the client puts around them are not known.
    Service,
    /// Nothing is shown: the command ends as if all was well.
    Silent,
    /// It is not known what is shown.
    #[default]
    Unknown,
}

impl Knowledge {
    /// A few words for a report.
    #[must_use]
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Measured => "measured: this release's words",
            Self::OtherRelease => "measured: another release's words",
            Self::Words => "the client's words",
            Self::Gist => "the gist; its words are not known",
            Self::Service => "the service's words; those of the client are not known",
            Self::Silent => "nothing is shown",
            Self::Unknown => "not known",
        }
    }
}

/// A failure, as far as what it shows depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failing<'a> {
    /// The kind of the step, or where else it happened.
    pub step: &'a str,
    /// The kind of failure.
    pub kind: &'a str,
    /// The policy that models what asks IMDS.
    pub client: &'a str,
    /// What the session's commands of Azure PowerShell are called in scenarios; none: it has none of them.
    pub version: Option<&'a str>,
}
