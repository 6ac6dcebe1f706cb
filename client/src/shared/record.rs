//! What the files contain. A file that cannot be read counts as absent.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::cache::Life;
use crate::wire::Token;

/// The version of the files' format.
const SCHEMA: u32 = 1;

/// The name of the files for a key, without their endings. Versions with another format have other
/// names, so that they do not overwrite each other's files.
pub(super) fn file_name(key: &str) -> String {
    let key = format!("{SCHEMA} {key}");
    Uuid::new_v5(&Uuid::NAMESPACE_URL, key.as_bytes()).to_string()
}

/// A file's content, with its key: the names of files are digests of keys.
#[derive(Serialize, Deserialize)]
struct Envelope<R> {
    schema: u32,
    key: String,
    record: R,
}

/// The content of a file for this key.
pub(super) fn written<R: Serialize>(key: &str, record: &R) -> Vec<u8> {
    let key = key.to_owned();
    let schema = SCHEMA;
    let text = serde_json::to_vec(&Envelope {
        schema,
        key,
        record,
    });
    text.expect("records are plain data")
}

/// The record in a file's content, if it is complete and for this key.
pub(super) fn read<R: DeserializeOwned>(key: &str, content: &[u8]) -> Option<R> {
    let envelope: Envelope<R> = serde_json::from_slice(content).ok()?;
    (envelope.schema == SCHEMA && envelope.key == key).then_some(envelope.record)
}

/// A token with the times of its life, in milliseconds since 1970.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TokenRecord {
    access_token: String,
    token_type: String,
    resource: Option<String>,
    client_id: Option<String>,
    not_before: Option<u64>,
    obtained_ms: u64,
    refresh_ms: u64,
    usable_ms: u64,
    expires_ms: u64,
}

impl TokenRecord {
    /// A token that was obtained at `now`.
    pub(super) fn of(token: &Token, life: Life, now: Duration) -> Self {
        Self {
            access_token: token.access_token.clone(),
            token_type: token.token_type.clone(),
            resource: token.resource.clone(),
            client_id: token.client_id.clone(),
            not_before: token.not_before,
            obtained_ms: milliseconds(now),
            refresh_ms: milliseconds(life.refresh_at),
            usable_ms: milliseconds(life.usable_until),
            expires_ms: milliseconds(life.expires_at),
        }
    }

    /// The token as it would be received at `now`.
    pub(super) fn token(&self, now: Duration) -> Token {
        Token {
            access_token: self.access_token.clone(),
            token_type: self.token_type.clone(),
            resource: self.resource.clone(),
            client_id: self.client_id.clone(),
            expires_on: Some(self.expires_ms / 1000),
            expires_in: Some(self.left(now).as_secs()),
            not_before: self.not_before,
        }
    }

    /// Whether it can be handed out: it has a secret, has not expired, and was not obtained in the future.
    pub(super) fn is_usable(&self, now: Duration) -> bool {
        let life = self.obtained_ms..self.usable_ms.min(self.expires_ms);
        life.contains(&milliseconds(now)) && !self.access_token.is_empty()
    }

    pub(super) fn is_fresh(&self, now: Duration) -> bool {
        milliseconds(now) < self.refresh_ms
    }

    /// Its remaining life.
    pub(super) fn left(&self, now: Duration) -> Duration {
        Duration::from_millis(self.expires_ms).saturating_sub(now)
    }

    /// Whether it can be handed out and lives longer than the other.
    pub(super) fn outlives(&self, other: &Self, now: Duration) -> bool {
        self.is_usable(now) && self.expires_ms > other.expires_ms
    }

    /// The same token, to be refreshed when the other is.
    pub(super) fn refreshed_with(&self, other: &Self) -> Self {
        let refresh_ms = other.refresh_ms;
        Self {
            refresh_ms,
            ..self.clone()
        }
    }

    /// The same token, to be refreshed at that time.
    pub(super) fn refreshed_at(&self, at: Duration) -> Self {
        Self {
            refresh_ms: milliseconds(at),
            ..self.clone()
        }
    }
}

impl fmt::Debug for TokenRecord {
    /// Leaves the secret out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRecord")
            .field("access_token", &"[redacted]")
            .field("refresh_ms", &self.refresh_ms)
            .field("expires_ms", &self.expires_ms)
            .finish_non_exhaustive()
    }
}

/// Milliseconds, as in the files.
pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A token obtained at so many seconds, with a life of so many.
    pub(in crate::shared) fn obtained(at: u64, life: u64) -> TokenRecord {
        let [now, left] = [at, life].map(Duration::from_secs);
        let life = Life {
            refresh_at: now + left / 2,
            usable_until: now + left,
            expires_at: now + left,
        };
        let token = Token {
            access_token: format!("of {at}"),
            token_type: "Bearer".to_owned(),
            resource: None,
            client_id: None,
            expires_on: None,
            expires_in: None,
            not_before: None,
        };
        TokenRecord::of(&token, life, now)
    }

    #[test]
    fn a_damaged_token_is_not_handed_out() {
        let (whole, now) = (obtained(1000, 100), Duration::from_secs(1050));
        let without_secret = TokenRecord {
            access_token: String::new(),
            ..whole.clone()
        };
        let expired = TokenRecord {
            expires_ms: 1_020_000,
            ..whole.clone()
        };
        assert!(whole.is_usable(now));
        assert!(!without_secret.is_usable(now) && !expired.is_usable(now));
    }

    #[test]
    fn a_newer_token_outlives_an_older_one_while_it_can_be_handed_out() {
        let (old, new) = (obtained(1000, 100), obtained(1060, 100));
        let now = Duration::from_secs(1070);
        assert!(new.outlives(&old, now));
        assert!(!old.outlives(&new, now) && !new.outlives(&new, now));
        assert!(
            !new.outlives(&old, Duration::from_secs(1160)),
            "it has expired"
        );
        assert!(
            !new.outlives(&old, Duration::from_secs(1059)),
            "it is from the future"
        );
    }
}
