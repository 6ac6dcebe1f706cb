//! The async client: asks for tokens in real time, as its policy says.

mod observer;
mod operation;

use std::sync::{Arc, Mutex, PoisonError};

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

pub use observer::{Attempt, Observer};
pub use operation::DEFAULT_ATTEMPT_TIMEOUT;
use operation::Operation;

use crate::error::TokenError;
use crate::policy::Policy;
use crate::transport::{HttpTransport, Transport};
use crate::wire::{Token, TokenRequest};

/// Gets tokens through a transport, with the retries of a policy.
///
/// It keeps no token, and between operations no state but its random generator and the transport's
/// connections. An operation can be dropped at any time: nothing of it stays behind.
#[derive(Debug)]
pub struct Client<T = HttpTransport> {
    transport: T,
    policy: Arc<Policy>,
    rng: Mutex<ChaCha8Rng>,
}

impl<T: Transport> Client<T> {
    /// A client; nothing is sent yet. Jitter and request ids are drawn from `rng`.
    #[must_use]
    pub fn new(transport: T, policy: Arc<Policy>, rng: ChaCha8Rng) -> Self {
        let rng = Mutex::new(rng);
        Self {
            transport,
            policy,
            rng,
        }
    }

    /// Gets one token.
    ///
    /// # Errors
    /// Why there is none, after every attempt the policy allows.
    pub async fn token(&self, request: &TokenRequest) -> Result<Token, TokenError> {
        self.token_observed(request, &mut ()).await
    }

    /// Gets one token and tells the observer of each attempt and wait.
    ///
    /// # Errors
    /// As [`Client::token`].
    pub async fn token_observed(
        &self,
        request: &TokenRequest,
        observer: &mut impl Observer,
    ) -> Result<Token, TokenError> {
        let policy = Arc::clone(&self.policy);
        Operation::begin(&self.transport, policy, request, self.fork_rng())
            .run(observer)
            .await
    }

    /// A generator for one operation, so that concurrent ones do not draw from each other's.
    fn fork_rng(&self) -> ChaCha8Rng {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        ChaCha8Rng::from_rng(&mut *rng)
    }
}

#[cfg(test)]
mod tests;
