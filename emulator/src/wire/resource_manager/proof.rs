//! What the `Authorization` header of a request proves.

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::credentials::token::{Opened, SharedKey};
use crate::model::resource_manager::{Bearer, Claims};

/// As a [`Bearer`], with what its token says.
pub(crate) enum Proof {
    Missing,
    Malformed,
    Forged,
    Signed(Opened, Duration),
}

impl Proof {
    /// Opens the token with the key that signs those of all VMs, once that is made. `epoch` is the time
    /// from 1970 to the run's start.
    pub(crate) async fn of(headers: &HeaderMap, key: &SharedKey, epoch: Duration) -> Proof {
        let Some(header) = headers.get(AUTHORIZATION) else {
            return Proof::Missing;
        };
        let Some(token) = header.to_str().ok().and_then(token) else {
            return Proof::Malformed;
        };
        match key.open(token).await {
            None => Proof::Forged,
            Some(opened) => {
                let expires_on = Duration::from_secs(opened.expires_on);
                Proof::Signed(opened, expires_on.saturating_sub(epoch))
            }
        }
    }

    /// The client id that its token names, if it is one of the emulator's.
    pub(crate) fn client_id(&self) -> Option<&str> {
        match self {
            Proof::Signed(opened, _) => Some(&opened.client_id),
            Proof::Missing | Proof::Malformed | Proof::Forged => None,
        }
    }

    pub(crate) fn bearer(&self) -> Bearer<'_> {
        match self {
            Proof::Missing => Bearer::Missing,
            Proof::Malformed => Bearer::Malformed,
            Proof::Forged => Bearer::Forged,
            Proof::Signed(opened, expires_at) => Bearer::Signed(Claims {
                tenant_id: &opened.tenant_id,
                audience: &opened.audience,
                client_id: &opened.client_id,
                object_id: &opened.object_id,
                principal: &opened.object_id,
                expires_at: *expires_at,
            }),
        }
    }
}

/// The token of a header such as `Bearer eyJ0…`; the first word in any case.
fn token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
    (is_bearer && !token.contains(' ')).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_s_token_is_one_word_after_another() {
        assert_eq!(token("bearer a.b.c"), Some("a.b.c"));
        for header in ["a.b.c", "Bearer", "Bearer ", "Bearer a b", "Basic a"] {
            assert_eq!(token(header), None, "{header}");
        }
    }
}
