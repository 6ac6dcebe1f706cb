//! What the author of a script would have seen of a failure, as far as that is known.
//!
//! A text is only given with what it rests on ([`Knowledge`]). Texts of the real clients that no one has
//! run into here, or read, are not made up.

mod failing;
mod powershell;

pub(crate) use failing::{Failing, Knowledge, Message};

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
