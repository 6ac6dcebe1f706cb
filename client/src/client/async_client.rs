//! The client itself: one method for each operation.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::observer::Observer;
use super::operation::Operation;
use super::replays::Replays;
use crate::error::OperationError;
use crate::policy::Policy;
use crate::transport::{HttpTransport, Transport};
use crate::wire::{
    ApproveRequest, AttestedDocument, AttestedRequest, EventDocument, EventsRequest, ImdsRequest,
    Instance, InstanceRequest, Nonce, TenantRequest, Token, TokenQuery, TokenRequest,
};

/// Gets tokens and metadata through a transport, with the retries of a policy.
///
/// It keeps no token. Between operations it keeps its random generator, the transport's connections
/// and, if its policy has a `replay`, failures that it answers again. An operation can be dropped at
/// any time and leaves nothing behind. Every operation can fail with an [`OperationError`], after all
/// attempts that the policy allows.
#[derive(Debug)]
pub struct Client<T = HttpTransport> {
    transport: T,
    policy: Arc<Policy>,
    rng: Mutex<ChaCha8Rng>,
    replays: Replays,
}

impl<T: Transport> Client<T> {
    /// A client; it sends nothing yet. Jitter and request ids are drawn from `rng`.
    #[must_use]
    pub fn new(transport: T, policy: Arc<Policy>, rng: ChaCha8Rng) -> Self {
        let rng = Mutex::new(rng);
        Self {
            transport,
            policy,
            rng,
            replays: Replays::default(),
        }
    }

    /// Gets one token.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn token(&self, request: &TokenRequest) -> Result<Token, OperationError> {
        self.token_observed(request, &mut ()).await
    }

    /// Gets one token, and reports each attempt and wait to the observer.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn token_observed(
        &self,
        request: &TokenRequest,
        observer: &mut impl Observer,
    ) -> Result<Token, OperationError> {
        self.token_late(request, Duration::ZERO, observer).await
    }

    /// As [`Client::token_observed`], for a caller that has already `spent` some of the time until the
    /// policy's deadline.
    pub(crate) async fn token_late(
        &self,
        request: &impl TokenQuery,
        spent: Duration,
        observer: &mut impl Observer,
    ) -> Result<Token, OperationError> {
        if let Some(error) = self.replays.of(request) {
            return Err(error);
        }
        let answered = self.ask_late(request, spent, observer).await;
        answered.inspect_err(|error| self.replays.keep(&self.policy, request, error))
    }

    /// Gets the description of the VM, or a part of it.
    ///
    /// # Errors
    /// Why there is none. A 404 means that there is no such part, and is not retried.
    pub async fn instance(&self, request: &InstanceRequest) -> Result<Instance, OperationError> {
        self.ask(request).await
    }

    /// Gets a statement about the VM that Azure has signed, with the nonce in it.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn attested(&self, nonce: Option<Nonce>) -> Result<AttestedDocument, OperationError> {
        self.ask(&AttestedRequest { nonce }).await
    }

    /// Gets the VM's scheduled events. The first call of a day may take two minutes (documented),
    /// whatever the policy's `attempt_timeout`.
    ///
    /// # Errors
    /// Why there is no document.
    pub async fn events(&self) -> Result<EventDocument, OperationError> {
        self.ask(&EventsRequest).await
    }

    /// Approves events, so that they may start at once, on every VM among their resources (documented).
    ///
    /// # Errors
    /// Why the approval was not received.
    pub async fn approve(&self, ids: Vec<String>) -> Result<(), OperationError> {
        self.ask(&ApproveRequest { ids }).await
    }

    /// Gets the id of the tenant of the VM's identities.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn tenant(&self) -> Result<String, OperationError> {
        self.ask(&TenantRequest).await
    }

    /// Sends a request of any kind.
    ///
    /// # Errors
    /// Why there is no reply.
    pub async fn ask<R: ImdsRequest>(&self, request: &R) -> Result<R::Reply, OperationError> {
        self.ask_observed(request, &mut ()).await
    }

    /// Sends a request of any kind, and reports each attempt and wait to the observer.
    ///
    /// # Errors
    /// Why there is no reply.
    pub async fn ask_observed<R: ImdsRequest>(
        &self,
        request: &R,
        observer: &mut impl Observer,
    ) -> Result<R::Reply, OperationError> {
        self.ask_late(request, Duration::ZERO, observer).await
    }

    /// As [`Client::ask_observed`], for a caller that has already `spent` some of the time until the
    /// policy's deadline.
    async fn ask_late<R: ImdsRequest>(
        &self,
        request: &R,
        spent: Duration,
        observer: &mut impl Observer,
    ) -> Result<R::Reply, OperationError> {
        let policy = Arc::clone(&self.policy);
        Operation::begin(&self.transport, policy, request, spent, self.fork_rng())
            .run(observer)
            .await
    }

    /// The policy that it retries by.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// A generator for one operation, so that concurrent operations draw independently.
    fn fork_rng(&self) -> ChaCha8Rng {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        ChaCha8Rng::from_rng(&mut *rng)
    }
}
