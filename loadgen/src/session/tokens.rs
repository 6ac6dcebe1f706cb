//! Tokens that are kept, by a process or, as the article has it, in the user's profile.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use imds_client::wire::TokenRequest;
use imds_emulator::vm::Grant;

/// A token, as the driver of a session knows it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// In virtual time: what it would say.
    Grant(Grant),
    /// In real time: its text.
    Secret(Arc<str>),
}

/// A token is nothing to be printed.
impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token")
    }
}

/// Tokens by what was asked for. All clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens(Arc<Mutex<Vec<Kept>>>);

#[derive(Debug)]
struct Kept {
    request: Arc<TokenRequest>,
    /// Until then it is used again.
    until: Duration,
    bearer: Bearer,
}

impl Tokens {
    /// Keeps a token in place of an earlier one.
    pub(crate) fn keep(&self, request: &Arc<TokenRequest>, until: Duration, bearer: Bearer) {
        let mut kept = self.lock();
        kept.retain(|kept| kept.request != *request);
        kept.push(Kept {
            request: Arc::clone(request),
            until,
            bearer,
        });
    }

    /// The one for this request, if it is good to be used again.
    #[must_use]
    pub(crate) fn find(&self, request: &TokenRequest, now: Duration) -> Option<Bearer> {
        let kept = self.lock();
        let mut good = kept.iter().filter(|kept| kept.until > now);
        let found = good.find(|kept| *kept.request == *request)?;
        Some(found.bearer.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        let kept = self.0.lock();
        kept.expect("nobody panics with the tokens in hand")
    }
}

#[cfg(test)]
mod tests {
    use imds_client::wire::Identity;

    use super::*;

    fn request(resource: &str) -> Arc<TokenRequest> {
        let (identity, resource) = (Identity::SystemAssigned, resource.to_owned());
        Arc::new(TokenRequest { identity, resource })
    }

    fn secret(text: &str) -> Bearer {
        Bearer::Secret(text.into())
    }

    #[test]
    fn a_token_is_found_until_its_time_and_by_whoever_shares_it() {
        let (one, second) = (Tokens::default(), Duration::from_secs(1));
        let other = one.clone();
        one.keep(&request("a"), second * 2, secret("first"));
        one.keep(&request("a"), second * 3, secret("second"));
        assert_eq!(
            other.find(&request("a"), second * 2),
            Some(secret("second"))
        );
        assert_eq!(other.find(&request("a"), second * 3), None);
        assert_eq!(other.find(&request("b"), second), None);
    }

    #[test]
    fn a_token_is_not_printed() {
        assert!(!format!("{:?}", secret("hidden")).contains("hidden"));
    }
}
