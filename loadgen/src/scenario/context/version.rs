//! What the versions of Azure PowerShell do differently, and what the article says that it does.

use clap::ValueEnum;
use serde::Deserialize;

/// A range of versions that behave alike, as far as contexts go (read in source and change logs); or the
/// explanation that the article gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
pub(crate) enum Version {
    /// `AzureRM` 6 before August 2018.
    #[serde(rename = "azurerm-6")]
    #[value(name = "azurerm-6")]
    AzureRm6,
    /// `Az.Accounts` 1.0 to 1.9.0.
    #[serde(rename = "az-1.0")]
    #[value(name = "az-1.0")]
    Az1_0,
    /// `Az.Accounts` 1.9.1 to 2.x.
    #[serde(rename = "az-1.9.1")]
    #[value(name = "az-1.9.1")]
    Az1_9_1,
    /// What is current. That it is the first to cache tokens is inferred; which release was, is not
    /// known.
    #[default]
    #[serde(rename = "current")]
    Current,
    /// No version: the article's own explanation. Sessions share the current context and its token
    /// through the profile, so a command works as whoever was written there last. (The author's; source
    /// excludes it for managed identities.)
    #[serde(rename = "article")]
    Article,
}

/// What distinguishes saved contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// The subscription alone: of two accounts in one subscription the second is dropped.
    Subscription,
    /// The account and the subscription.
    Account,
}

impl Version {
    /// Its name, as scenarios call it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AzureRm6 => "azurerm-6",
            Self::Az1_0 => "az-1.0",
            Self::Az1_9_1 => "az-1.9.1",
            Self::Current => "current",
            Self::Article => "article",
        }
    }

    /// What distinguishes saved contexts.
    #[must_use]
    pub(crate) fn naming(self) -> Naming {
        match self {
            Self::AzureRm6 => Naming::Subscription,
            Self::Az1_0 | Self::Az1_9_1 | Self::Current | Self::Article => Naming::Account,
        }
    }

    /// Whether processes queue for the file without a limit before they poll for it.
    #[must_use]
    pub(crate) fn has_mutex(self) -> bool {
        matches!(self, Self::Az1_9_1 | Self::Current)
    }

    /// Whether a token is used again by later requests of the process.
    #[must_use]
    pub(crate) fn caches_tokens(self) -> bool {
        matches!(self, Self::Current | Self::Article)
    }

    /// Whether a process that saves contexts looks into the profile at each command, and so follows what
    /// others write there.
    #[must_use]
    pub(crate) fn follows_file(self) -> bool {
        self == Self::Article
    }
}
