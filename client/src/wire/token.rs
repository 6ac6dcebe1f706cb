//! A token, read leniently: services and mocks differ in what else they send, and in which form.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroize;

use super::claims;
use super::token_fields::TokenFields;
use super::unreadable::Unreadable;

/// A token as the service returned it.
///
/// The access token is wiped from memory when this is dropped. Only the access token is certain. The other fields are there if the service sent them in a readable
/// form.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The secret to present to the resource; never empty.
    pub access_token: String,
    /// How it is presented; `Bearer` if the service did not state it.
    pub token_type: String,
    /// The service that it is for.
    pub resource: Option<String>,
    /// The client id of its identity.
    pub client_id: Option<String>,
    /// When it expires, in seconds since 1970.
    pub expires_on: Option<u64>,
    /// Its remaining life in the answer, in seconds.
    pub expires_in: Option<u64>,
    /// From when it is valid, in seconds since 1970.
    pub not_before: Option<u64>,
}

impl Token {
    /// The tenant in its claims, unverified: verification is the task of the service that accepts the
    /// token.
    #[must_use]
    pub fn tenant(&self) -> Option<String> {
        claims::text(&self.access_token, "tid")
    }

    /// The token in the body of a 200, which must contain an access token.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let Some(fields) = TokenFields::of(body) else {
            Unreadable::json(body)?;
            return Err(Unreadable::Lacks("access_token"));
        };
        let token = Self {
            access_token: fields.access_token.into_text().unwrap_or_default(),
            token_type: fields
                .token_type
                .into_text()
                .unwrap_or_else(|| "Bearer".to_owned()),
            resource: fields.resource.into_text(),
            client_id: fields.client_id.into_text(),
            expires_on: fields.expires_on.seconds(),
            expires_in: fields.expires_in.seconds(),
            not_before: fields.not_before.seconds(),
        };
        let is_usable = is_printable(&token.access_token);
        is_usable
            .then_some(token)
            .ok_or(Unreadable::Lacks("access_token"))
    }

    /// Its remaining life, if it has just been received: as it states, or else until its expiry by the
    /// clock, which is at `now` since 1970. `None` if it states neither.
    #[must_use]
    pub fn remaining(&self, now: Duration) -> Option<Duration> {
        let stated = self.expires_in.map(Duration::from_secs);
        let until = self.expires_on.map(Duration::from_secs);
        stated.or_else(|| Some(until?.saturating_sub(now)))
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.access_token.zeroize();
    }
}

impl fmt::Debug for Token {
    /// Leaves the secret out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("access_token", &"[redacted]")
            .field("resource", &self.resource)
            .field("client_id", &self.client_id)
            .field("expires_on", &self.expires_on)
            .finish_non_exhaustive()
    }
}

/// Printable ASCII, of which every token is (RFC 6749, appendix A.12): it goes into headers, and to terminals.
fn is_printable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
impl Token {
    /// A token with nothing but its access token.
    pub(crate) fn bare(access_token: &str) -> Self {
        Self {
            access_token: access_token.to_owned(),
            token_type: "Bearer".to_owned(),
            resource: None,
            client_id: None,
            expires_on: None,
            expires_in: None,
            not_before: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPTURED: &str = r#"{"access_token":"a.b.c","client_id":"5a1f","expires_in":"86317","expires_on":"1709895997","ext_expires_in":"86399","not_before":"1709809297","resource":"https://vault.azure.net","token_type":"Bearer"}"#;

    fn read(body: &str) -> Result<Token, Unreadable> {
        Token::read(body.as_bytes())
    }

    #[test]
    fn reads_what_the_service_sends() {
        let expected = Token {
            access_token: "a.b.c".to_owned(),
            token_type: "Bearer".to_owned(),
            resource: Some("https://vault.azure.net".to_owned()),
            client_id: Some("5a1f".to_owned()),
            expires_on: Some(1_709_895_997),
            expires_in: Some(86_317),
            not_before: Some(1_709_809_297),
        };
        assert_eq!(read(CAPTURED), Ok(expected));
    }

    #[test]
    fn takes_numbers_for_strings_of_digits() {
        let body = CAPTURED
            .replace("\"86317\"", "86317")
            .replace("\"1709895997\"", "1709895997");
        assert_eq!(read(&body), read(CAPTURED));
    }

    #[test]
    fn needs_nothing_but_the_access_token() {
        let token = read(r#"{"access_token":"a","expires_on":"tomorrow"}"#).expect("a token");
        assert_eq!((&*token.token_type, token.expires_on), ("Bearer", None));
        let lacks = Err(Unreadable::Lacks("access_token"));
        for body in [
            r#"{"token_type":"Bearer"}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":7}"#,
            r#"{"access_token":"a\u001b[2Jb"}"#,
            r#"{"access_token":"a\nb"}"#,
            "[]",
        ] {
            assert_eq!(read(body), lacks, "{body}");
        }
        assert_eq!(read("<html>"), Err(Unreadable::NotJson));
    }

    #[test]
    fn its_debug_form_hides_the_secret() {
        let text = format!("{:?}", read(CAPTURED));
        assert!(!text.contains("a.b.c") && text.contains("vault"), "{text}");
    }
}
