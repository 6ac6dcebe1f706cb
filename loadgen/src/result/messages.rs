//! What the author of a script would have seen of a failure, as far as that is known.
//!
//! A text is only given with what it rests on ([`Knowledge`]). Texts of the real clients that no one has
//! run into here, or read, are not made up.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Knowledge {
    /// The words are the client's: read in its source, or seen when it was run.
    Words,
    /// What it says is known, its words are not.
    Gist,
    /// The words are the service's; those that the client puts around them are not known.
    Service,
    /// Nothing is shown: the command ends as if all was well.
    Silent,
    /// It is not known what is shown.
    Unknown,
}

impl Knowledge {
    /// A few words for a report.
    #[must_use]
    pub(crate) fn words(self) -> &'static str {
        match self {
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

/// Azure PowerShell's commands, by how the kind of failure begins. Read in source: the first two; the
/// others are reported.
const POWERSHELL: [Shown; 8] = [
    (
        "not_logged_in",
        "Run Connect-AzAccount to login.",
        Knowledge::Words,
    ),
    (
        "subscription_invalid",
        "Please provide a valid tenant or a valid subscription.",
        Knowledge::Words,
    ),
    (
        "file_lock_timeout",
        "no access to the file AzureRmContext.json, try again in a few minutes",
        Knowledge::Gist,
    ),
    (
        "no_subscription",
        "SubscriptionId cannot be null",
        Knowledge::Gist,
    ),
    (
        "import_degraded",
        "a warning: the saved contexts cannot be read, this session keeps its own in memory",
        Knowledge::Gist,
    ),
    ("file_damaged", "", Knowledge::Silent),
    ("wrong_identity", "", Knowledge::Silent),
    ("wrong_subscription", "", Knowledge::Silent),
];

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

/// What a failure of this kind shows; `powershell` says whether the session's commands are Azure
/// PowerShell's, `client` is the policy that models what asks IMDS.
#[must_use]
pub(crate) fn message(kind: &str, client: &str, powershell: bool) -> Message {
    let answered = kind.starts_with("wrong_") && kind.contains("_arm_");
    let of_command = |(begin, ..): &&Shown| kind.starts_with(begin);
    let of_manager = |(end, ..): &&Shown| kind.ends_with(end);
    let shown = if powershell && !answered {
        POWERSHELL.iter().find(of_command)
    } else {
        None
    };
    match shown.or_else(|| RESOURCE_MANAGER.iter().find(of_manager)) {
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

    fn shown(kind: &str, client: &str, powershell: bool) -> (Option<String>, Knowledge) {
        let message = message(kind, client, powershell);
        (message.text, message.known)
    }

    #[test]
    fn a_wrong_identity_shows_nothing_unless_resource_manager_refuses_it() {
        assert_eq!(
            shown("wrong_identity", "mine", true),
            (None, Knowledge::Silent)
        );
        let (text, known) = shown("wrong_identity_arm_403", "mine", true);
        assert!(text.is_some_and(|text| text.starts_with("AuthorizationFailed")));
        assert_eq!(known, Knowledge::Gist);
    }

    #[test]
    fn a_subscription_that_could_not_be_listed_is_called_invalid() {
        let (text, known) = shown("subscription_invalid_imds_429", "azure-powershell", true);
        assert_eq!(
            text.as_deref(),
            Some("Please provide a valid tenant or a valid subscription.")
        );
        assert_eq!(known, Knowledge::Words);
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_those_who_are_known() {
        let (text, known) = shown("imds_429", "azure-cli", false);
        assert_eq!(
            text.as_deref(),
            Some("ERROR: Temporarily throttled, too many requests")
        );
        assert_eq!(known, Knowledge::Words);
        assert_eq!(shown("imds_429", "mine", false).1, Knowledge::Service);
        assert_eq!(
            shown("imds_timeout", "azure-cli", false),
            (None, Knowledge::Unknown)
        );
    }
}
