//! What the files contain. A file that cannot be read counts as absent.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use super::token_life::TokenLife;
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

/// The room for a file's content: more than that of a token takes, so that it does not leave a part of one behind by growing.
const USUAL_FILE: usize = 16 * 1024;

/// The content of a file for this key.
pub(super) fn written<R: Serialize>(key: &str, record: &R) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(USUAL_FILE));
    let envelope = Envelope {
        schema: SCHEMA,
        key: key.to_owned(),
        record,
    };
    serde_json::to_writer(&mut *text, &envelope).expect("records are plain data");
    text
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
    #[serde(flatten)]
    pub(super) life: TokenLife,
}

impl TokenRecord {
    /// A token of this life.
    pub(super) fn of(token: &Token, life: TokenLife) -> Self {
        Self {
            access_token: token.access_token.clone(),
            token_type: token.token_type.clone(),
            resource: token.resource.clone(),
            client_id: token.client_id.clone(),
            not_before: token.not_before,
            life,
        }
    }

    /// The same token, when its refresh has failed at `now`.
    pub(super) fn refreshed_later(mut self, now: Duration) -> Self {
        self.life = self.life.refreshed_later(now);
        self
    }

    /// Whether there is something to hand out: a damaged file has nothing.
    pub(super) fn has_secret(&self) -> bool {
        !self.access_token.is_empty()
    }

    /// The same token, with this life.
    pub(super) fn with_life(mut self, life: TokenLife) -> Self {
        self.life = life;
        self
    }

    /// The token as it would be received at `now`.
    pub(super) fn token(&self, now: Duration) -> Token {
        Token {
            access_token: self.access_token.clone(),
            token_type: self.token_type.clone(),
            resource: self.resource.clone(),
            client_id: self.client_id.clone(),
            expires_on: Some(self.life.expires_on()),
            expires_in: Some(self.life.left(now).as_secs()),
            not_before: self.not_before,
        }
    }
}

impl Drop for TokenRecord {
    fn drop(&mut self) {
        self.access_token.zeroize();
    }
}

impl fmt::Debug for TokenRecord {
    /// Leaves the secret out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRecord")
            .field("access_token", &"[redacted]")
            .field("life", &self.life)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cache::Life;

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
        TokenRecord::of(&token, TokenLife::new(life, now))
    }

    #[test]
    fn a_token_without_its_secret_counts_as_absent() {
        let whole = obtained(1000, 100);
        let mut without_secret = whole.clone();
        without_secret.access_token.clear();
        assert!(whole.has_secret() && !without_secret.has_secret());
    }

    #[test]
    fn a_newer_token_outlives_an_older_one_while_it_can_be_handed_out() {
        let (old, new) = (obtained(1000, 100), obtained(1060, 100));
        let now = Duration::from_secs(1070);
        let [old, new] = [old.life, new.life];
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
