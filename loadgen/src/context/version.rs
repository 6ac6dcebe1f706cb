//! What the versions of Azure PowerShell do differently.

use serde::Deserialize;

/// A range of versions that behave alike, as far as contexts go (read in source and change logs).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Version {
    /// `AzureRM` 6 before August 2018.
    #[serde(rename = "azurerm-6")]
    AzureRm6,
    /// `Az.Accounts` 1.0 to 1.9.0.
    #[serde(rename = "az-1.0")]
    Az1_0,
    /// `Az.Accounts` 1.9.1 to 2.x.
    #[serde(rename = "az-1.9.1")]
    Az1_9_1,
    /// What is current. That it is the first to cache tokens is inferred; which release was, is not
    /// known.
    #[default]
    #[serde(rename = "current")]
    Current,
}

/// What tells saved contexts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The subscription alone: of two accounts in one subscription the second is dropped.
    Subscription,
    /// The account and the subscription.
    Account,
}

impl Version {
    /// Its name, as scenarios call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AzureRm6 => "azurerm-6",
            Self::Az1_0 => "az-1.0",
            Self::Az1_9_1 => "az-1.9.1",
            Self::Current => "current",
        }
    }

    /// What tells saved contexts apart.
    #[must_use]
    pub fn naming(self) -> Naming {
        match self {
            Self::AzureRm6 => Naming::Subscription,
            Self::Az1_0 | Self::Az1_9_1 | Self::Current => Naming::Account,
        }
    }

    /// Whether processes queue for the file without a limit before they poll for it.
    #[must_use]
    pub fn has_mutex(self) -> bool {
        matches!(self, Self::Az1_9_1 | Self::Current)
    }

    /// Whether a token is used again by later requests of the process.
    #[must_use]
    pub fn caches_tokens(self) -> bool {
        self == Self::Current
    }
}
