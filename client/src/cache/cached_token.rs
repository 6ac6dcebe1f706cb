//! A token as a cache hands it out.

use std::sync::Arc;
use std::time::Duration;

use crate::wire::Token;

/// A token from a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedToken<T = Arc<Token>> {
    /// As received, so that its `expires_in` counts from then.
    pub token: T,
    /// Its remaining life. If the service did not state it, this is `None` and the token is not kept.
    pub expires_in: Option<Duration>,
}
