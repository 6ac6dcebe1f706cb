//! The body with a token that was answered last.
//!
//! What an answer says of its token changes once a second at most, and the requests of a herd are for the
//! same token: so nearly all answers share one body.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::config::Tokens;
use crate::model::vm::Grant;

/// The body that was answered last, if it repeats no selector.
#[derive(Debug, Default)]
pub(crate) struct LatestBody(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    grant: Grant,
    /// What was left of the token, in whole seconds.
    seconds: u64,
    /// What held when it was made; settings can be read again.
    tokens: Tokens,
    body: Bytes,
}

impl LatestBody {
    /// The body for a token of which so much is left, if it is that of the last answer.
    pub(crate) fn body(&self, grant: &Grant, life: Duration, tokens: &Tokens) -> Option<Bytes> {
        let kept = self.kept();
        let same = |kept: &&Kept| {
            kept.seconds == life.as_secs() && kept.grant == *grant && kept.tokens == *tokens
        };
        kept.as_ref().filter(same).map(|kept| kept.body.clone())
    }

    /// Keeps a body in place of the last.
    pub(crate) fn keep(&self, grant: &Grant, life: Duration, tokens: &Tokens, body: &Bytes) {
        *self.kept() = Some(Kept {
            grant: grant.clone(),
            seconds: life.as_secs(),
            tokens: tokens.clone(),
            body: body.clone(),
        });
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::VmSettings;
    use crate::credentials::token::a_grant;

    #[test]
    fn a_body_serves_again_for_the_same_token_in_the_same_second_only() {
        let latest = LatestBody::default();
        let tokens = VmSettings::default().tokens;
        let (grant, body) = (a_grant(), Bytes::from_static(b"{}"));
        let life = Duration::from_millis(7300);
        assert_eq!(latest.body(&grant, life, &tokens), None);
        latest.keep(&grant, life, &tokens, &body);
        assert_eq!(
            latest.body(&grant, Duration::from_secs(7), &tokens),
            Some(body)
        );
        assert_eq!(
            latest.body(&grant, Duration::from_millis(6999), &tokens),
            None
        );
        let set_anew = Tokens {
            refresh_in: Some(life),
            ..tokens.clone()
        };
        assert_eq!(latest.body(&grant, life, &set_anew), None);
        let other = Grant {
            resource: Arc::from("https://graph.microsoft.com/"),
            ..grant.clone()
        };
        let later = Grant {
            issued_at: grant.issued_at + Duration::from_secs(1),
            ..grant
        };
        for grant in [other, later] {
            assert_eq!(latest.body(&grant, life, &tokens), None);
        }
    }
}
