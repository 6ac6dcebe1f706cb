//! The remedies, and where each of them changes something.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A remedy.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The scenario as it is.
    Nothing,
    /// A queue with places: a job keeps its place until it ends.
    FewerAtOnce,
    /// Starts evenly apart.
    EvenSpacing,
    /// Starts spread at random.
    RandomSpread,
    /// A retry in the script, around the call for a token.
    Retry,
    /// Another client, or its newest release.
    OtherClient,
    /// A queue with places that spaces starts, too.
    Gate,
    /// A queue that only spaces starts: no job keeps a place.
    SpacedStarts,
    /// Tokens that processes share through files, and their pace.
    SharedCache,
    /// A broker that asks for all.
    Broker,
}

/// Where something has to be changed, the least change first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// Nowhere.
    Nothing,
    /// In the command that starts a job.
    Command,
    /// Beside the jobs: a service, and a variable that names it.
    Service,
    /// In the times at which jobs start.
    Schedule,
    /// In the jobs themselves.
    Script,
}

impl Kind {
    pub(crate) const ALL: [Self; 10] = [
        Self::Nothing,
        Self::FewerAtOnce,
        Self::EvenSpacing,
        Self::RandomSpread,
        Self::Retry,
        Self::OtherClient,
        Self::Gate,
        Self::SpacedStarts,
        Self::SharedCache,
        Self::Broker,
    ];

    /// Its name in a table.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::FewerAtOnce => "fewer at once",
            Self::EvenSpacing => "even spacing",
            Self::RandomSpread => "random spread",
            Self::Retry => "a retry around the call",
            Self::OtherClient => "another client",
            Self::Gate => "gate",
            Self::SpacedStarts => "gate that spaces starts",
            Self::SharedCache => "shared cache",
            Self::Broker => "broker",
        }
    }

    #[must_use]
    pub(crate) fn change(self) -> Change {
        match self {
            Self::Nothing => Change::Nothing,
            Self::FewerAtOnce | Self::Gate | Self::SpacedStarts => Change::Command,
            Self::Broker => Change::Service,
            Self::EvenSpacing | Self::RandomSpread => Change::Schedule,
            Self::Retry | Self::OtherClient | Self::SharedCache => Change::Script,
        }
    }

    /// What has to be changed.
    #[must_use]
    pub(crate) fn to_change(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::FewerAtOnce | Self::Gate | Self::SpacedStarts => "the command that starts a job",
            Self::EvenSpacing | Self::RandomSpread => "the times at which jobs start",
            Self::Retry => "the scripts: a loop around the call",
            Self::OtherClient => "the scripts: their client",
            Self::SharedCache => "the scripts: they take the token of a command",
            Self::Broker => "a service beside the jobs, and a variable of theirs",
        }
    }
}
