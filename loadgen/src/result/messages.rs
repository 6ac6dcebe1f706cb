//! What the author of a script would have seen of a failure, as far as that is known.
//!
//! A text is only given with what it rests on ([`Knowledge`]). Texts of the real clients that no one has
//! run into here, or read, are not made up.

mod powershell;

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

/// What is shown: part of the kind of failure, the text, and what it rests on.
type Shown = (&'static str, &'static str, Knowledge);

/// Resource Manager's errors, by how the kind of failure ends (reported).
const RESOURCE_MANAGER: [Shown; 4] = [
    (
        "arm_401",
        "AuthenticationFailed: the token is missing, invalid or expired",
        Knowledge::Gist,
    ),
    (
        "arm_403",
        "AuthorizationFailed: the client has no authorization to read the resources of the subscription",
        Knowledge::Gist,
    ),
    (
        "arm_404",
        "SubscriptionNotFound: the subscription could not be found",
        Knowledge::Gist,
    ),
    (
        "arm_429",
        "too many requests, try again after some seconds",
        Knowledge::Gist,
    ),
];

/// What IMDS says of a refusal (observed).
const THROTTLED: &str = "Temporarily throttled, too many requests";

/// Clients that are known to print the description, each with what is before it (measured).
const PRINTERS: [(&str, &str, Knowledge); 4] = [
    ("azure-cli", "ERROR: ", Knowledge::Words),
    (
        "py-azure-identity",
        "ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint: ",
        Knowledge::Gist,
    ),
    (
        "js-azure-identity",
        "CredentialUnavailableError: Authentication failed: ",
        Knowledge::Gist,
    ),
    (
        "msal-node",
        "ServerError: invalid_request: ",
        Knowledge::Gist,
    ),
];

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

/// What the failure shows.
#[must_use]
pub(crate) fn message(failing: &Failing) -> Message {
    let Failing { kind, client, .. } = *failing;
    if let Some((text, known)) = powershell::shown(failing) {
        return Message::new(&text, known);
    }
    let of_manager = |(end, ..): &&Shown| kind.ends_with(end);
    match RESOURCE_MANAGER.iter().find(of_manager) {
        Some((_, text, known)) => Message::new(text, *known),
        None if kind.ends_with("imds_429") => throttled(client),
        None => Message::new("", Knowledge::Unknown),
    }
}

fn throttled(client: &str) -> Message {
    match PRINTERS.iter().find(|(name, ..)| *name == client) {
        Some((_, before, known)) => Message::new(&format!("{before}{THROTTLED}"), *known),
        None => Message::new(THROTTLED, Knowledge::Service),
    }
}

impl Message {
    fn new(text: &str, known: Knowledge) -> Self {
        let text = (!text.is_empty()).then(|| text.to_owned());
        Self { text, known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: &str, client: &str) -> (Option<String>, Knowledge) {
        let message = message(&Failing {
            step: "connect",
            kind,
            client,
            version: None,
        });
        (message.text, message.known)
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_those_who_are_known() {
        let (text, known) = shown("imds_429", "azure-cli");
        assert_eq!(
            text.as_deref(),
            Some("ERROR: Temporarily throttled, too many requests")
        );
        assert_eq!(known, Knowledge::Words);
        assert_eq!(shown("imds_429", "mine").1, Knowledge::Service);
        assert_eq!(
            shown("imds_timeout", "azure-cli"),
            (None, Knowledge::Unknown)
        );
    }
}
