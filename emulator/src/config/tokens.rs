//! The `tokens` table.

mod claims;

use std::time::Duration;

use http::Uri;
use serde::Serialize;

use crate::document::{FriendlyDuration, Section};
use crate::model::audience::Audience;
use crate::model::identity::Identities;

pub use claims::CustomClaims;

/// The settings of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tokens {
    /// From issue to expiry, 1 second to 365 days.
    #[serde(serialize_with = "crate::document::friendly")]
    pub lifetime: Duration,
    /// Resources that the tenant does not have.
    pub unknown_resources: Vec<Audience>,
    /// The issuer of tokens, an absolute URL; the administration port if `None`.
    pub issuer: Option<String>,
    /// From issue to the time at which clients should ask again, 1 second to the lifetime; answers say
    /// nothing of it if `None`.
    #[serde(serialize_with = "crate::document::friendly_if_any")]
    pub refresh_in: Option<Duration>,
    /// Claims beside the emulator's own, or in their place. Later ones lie over earlier ones.
    pub claims: Vec<CustomClaims>,
}

const LONGEST: Duration = Duration::from_hours(365 * 24);

/// What only Entra's own issuers have in their names. A token of the emulator must not name
/// one of them, even where the signature is not checked.
const ENTRA: [&str; 2] = ["microsoft", "sts.windows.net"];

/// `identities` are those that claims may name.
pub(super) fn read(section: &mut Section, identities: &Identities) -> Option<Tokens> {
    let lifetime = lifetime(section);
    let refresh_in = refresh_in(section, lifetime);
    let unknown_resources = section.required("unknown_resources");
    let claims = claims::read(section, identities);
    let issuer: Option<String> = section.optional("issuer");
    if let Some(why) = issuer.as_deref().and_then(objection) {
        section.refuse("issuer", why);
        return None;
    }
    Some(Tokens {
        lifetime: lifetime?,
        unknown_resources: unknown_resources?,
        issuer,
        refresh_in,
        claims,
    })
}

/// It is read in any case, for it not to be an unknown key where the lifetime is wrong.
fn refresh_in(section: &mut Section, lifetime: Option<Duration>) -> Option<Duration> {
    let FriendlyDuration(refresh_in) = section.optional("refresh_in")?;
    let longest = lifetime.unwrap_or(LONGEST);
    if refresh_in < Duration::from_secs(1) || refresh_in > longest {
        section.refuse("refresh_in", "expected 1 second to the lifetime");
        return None;
    }
    Some(refresh_in)
}

fn lifetime(section: &mut Section) -> Option<Duration> {
    let FriendlyDuration(lifetime) = section.required("lifetime")?;
    if lifetime < Duration::from_secs(1) || lifetime > LONGEST {
        section.refuse("lifetime", "expected 1 second to 365 days");
        return None;
    }
    Some(lifetime)
}

fn objection(issuer: &str) -> Option<&'static str> {
    let lower = issuer.to_ascii_lowercase();
    let uri: Option<Uri> = lower.parse().ok();
    let scheme = uri.as_ref().and_then(Uri::scheme_str);
    if !matches!(scheme, Some("http" | "https")) {
        return Some("expected a URL such as \"https://issuer.test/\"");
    }
    ENTRA
        .iter()
        .any(|name| lower.contains(name))
        .then_some("expected an issuer that nobody can take for Entra")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_url_that_is_not_entra_s() {
        for issuer in ["https://issuer.test/", "http://127.0.0.1:1/t/"] {
            assert_eq!(objection(issuer), None, "{issuer}");
        }
        for issuer in [
            "",
            "issuer",
            "/issuer/",
            "ftp://issuer.test/",
            "https://sts.windows.net/t/",
            "https://login.MicrosoftOnline.com/t/v2.0",
        ] {
            assert!(objection(issuer).is_some(), "{issuer}");
        }
    }
}
