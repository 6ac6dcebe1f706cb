//! What the commands of Azure PowerShell show, by release.
//!
//! Measured 2026-11-30 with the releases that are named here; an ellipsis stands for what was not noted. What
//! they show names no throttling: a token that IMDS refused after a connect that succeeded is shown as
//! credentials or a subscription that are not valid.

use imds_client::policy::{Version, resolve};

use super::failing::{Failing, Knowledge};
use crate::scenario::context::Generation;

/// The module whose releases show these words.
const MODULE: &str = "az-accounts";

/// The first release with the library whose words, MSAL's, 4.1.0 was seen to show.
const MSAL: Version = Version::new(4, 0, 2);

/// The oldest release whose connect shows the words of Azure.Identity.
const AZURE_IDENTITY: Version = Version::new(2, 8, 0);

/// Releases that were seen to fail after a connect that succeeded.
const AFTER_CONNECT: [Version; 3] = [
    Version::new(2, 12, 1),
    Version::new(2, 19, 0),
    Version::new(3, 0, 4),
];

/// Releases that were seen to have nobody signed in.
const NOBODY: [Version; 3] = [
    Version::new(2, 12, 1),
    Version::new(3, 0, 4),
    Version::new(5, 5, 0),
];

/// What a command shows where its words do not depend on the release: how the kind of failure begins, the
/// text, the releases that were seen to show it, and what it rests on for the others.
type Shown = (&'static str, &'static str, &'static [Version], Knowledge);

const SHOWN: [Shown; 10] = [
    (
        "not_logged_in",
        "Run Connect-AzAccount to login.",
        &NOBODY,
        Knowledge::Words,
    ),
    (
        "subscription_invalid",
        "Please provide a valid tenant or a valid subscription.",
        &AFTER_CONNECT,
        Knowledge::Words,
    ),
    (
        "import_failed",
        "…cannot access the file …/.Azure/PSConfig.json because it is being used by another process",
        &[Version::new(2, 8, 0)],
        Knowledge::OtherRelease,
    ),
    (
        "no_cmdlet",
        "there is no such cmdlet, since its module was not imported",
        &[],
        Knowledge::Gist,
    ),
    (
        "file_lock_timeout",
        "no access to the file AzureRmContext.json, try again in a few minutes",
        &[],
        Knowledge::Gist,
    ),
    (
        "no_subscription",
        "SubscriptionId cannot be null",
        &[],
        Knowledge::Gist,
    ),
    (
        "import_degraded",
        "a warning: the saved contexts cannot be read, this session keeps its own in memory",
        &[],
        Knowledge::Gist,
    ),
    ("file_damaged", "", &[], Knowledge::Silent),
    ("wrong_identity", "", &[], Knowledge::Silent),
    ("wrong_subscription", "", &[], Knowledge::Silent),
];

/// What the failure of a command of Azure PowerShell shows, as far as that is known; none: it is not, or it
/// is no such command.
pub(super) fn shown(failing: &Failing) -> Option<(String, Knowledge)> {
    let release = release(failing);
    if let Some((_, text, seen, otherwise)) = of_command(failing) {
        let seen = release.is_some_and(|release| seen.contains(&release));
        let known = if seen {
            Knowledge::Measured
        } else {
            *otherwise
        };
        return Some(((*text).to_owned(), known));
    }
    let status: u16 = failing.kind.strip_prefix("imds_")?.parse().ok()?;
    match failing.step {
        "connect" => connect(release?, status),
        "list_resources" => Some(list_resources(release, status)),
        _ => None,
    }
}

fn of_command(failing: &Failing) -> Option<&'static Shown> {
    let kind = failing.kind;
    let answered = kind.starts_with("wrong_") && kind.contains("_arm_");
    let of_kind = |(begin, ..): &&Shown| kind.starts_with(begin) && !answered;
    failing.version.and_then(|_| SHOWN.iter().find(of_kind))
}

/// The measured release whose words are shown.
fn release(failing: &Failing) -> Option<Version> {
    if let Some(version) = failing.version {
        return Generation::named(version).ok()?.measured;
    }
    let release = resolve(failing.client).ok()?.release?.release;
    (release.library == MODULE).then_some(release.version)
}

/// Connect shows what its library says of the token; only 429 was noted.
fn connect(release: Version, status: u16) -> Option<(String, Knowledge)> {
    let known = match status {
        429 => Knowledge::Measured,
        _ => Knowledge::Gist,
    };
    if release >= MSAL {
        Some(("[Managed Identity] Error Code: …".to_owned(), known))
    } else if release >= AZURE_IDENTITY {
        let text = format!("…authentication failed: Service request failed. Status: {status}");
        Some((text, known))
    } else {
        None
    }
}

/// Get-AzResource shows credentials that are not valid; only 429 was noted.
fn list_resources(release: Option<Version>, status: u16) -> (String, Knowledge) {
    let seen = release.is_some_and(|release| AFTER_CONNECT.contains(&release));
    let known = match status {
        429 if seen => Knowledge::Measured,
        429 => Knowledge::OtherRelease,
        _ => Knowledge::Gist,
    };
    let text = format!(
        "Your Azure credentials have not been set up or have expired, please run Connect-AzAccount … Status: {status}"
    );
    (text, known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(step: &str, kind: &str, version: &str) -> (String, Knowledge) {
        let failing = Failing {
            step,
            kind,
            client: "azure-powershell",
            version: Some(version),
        };
        super::shown(&failing).unwrap_or_default()
    }

    #[test]
    fn a_refused_token_is_shown_as_the_library_of_the_release_says_it() {
        let text = |version| shown("connect", "imds_429", version);
        let older = "…authentication failed: Service request failed. Status: 429";
        for version in ["az-accounts-2.8.0", "az-1.9.1", "az-accounts-4.0.1"] {
            assert_eq!(text(version), (older.to_owned(), Knowledge::Measured));
        }
        for version in ["az-accounts-4.1.0", "current"] {
            let (text, known) = text(version);
            assert!(text.starts_with("[Managed Identity]"), "{version}: {text}");
            assert_eq!(known, Knowledge::Measured);
        }
        assert_eq!(text("az-accounts-1.2.1").1, Knowledge::Unknown);
    }

    #[test]
    fn after_a_connect_it_is_shown_as_invalid_credentials_or_an_invalid_subscription() {
        let (text, known) = shown("list_resources", "imds_429", "az-accounts-2.12.1");
        assert!(text.starts_with("Your Azure credentials have not been set up"));
        assert_eq!(known, Knowledge::Measured);
        let other = shown("list_resources", "imds_429", "az-accounts-2.8.0");
        assert_eq!(other, (text, Knowledge::OtherRelease));
        let (text, known) = shown("set_context", "subscription_invalid_imds_429", "az-1.9.1");
        assert_eq!(
            text,
            "Please provide a valid tenant or a valid subscription."
        );
        assert_eq!(known, Knowledge::Measured);
    }

    #[test]
    fn a_connect_can_say_that_nobody_has_connected() {
        let (text, known) = shown("connect", "not_logged_in_imds_429", "az-accounts-2.12.1");
        assert_eq!(text, "Run Connect-AzAccount to login.");
        assert_eq!(known, Knowledge::Measured);
    }

    #[test]
    fn a_wrong_identity_shows_nothing_unless_resource_manager_refuses_it() {
        let silent = shown("list_resources", "wrong_identity", "current");
        assert_eq!(silent, (String::new(), Knowledge::Silent));
        let answered = shown("list_resources", "wrong_identity_arm_403", "current");
        assert_eq!(answered.1, Knowledge::Unknown, "Resource Manager's words");
    }
}
