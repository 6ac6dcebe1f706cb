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
    ApproveRequest, Ask, AttestedDocument, AttestedRequest, EventDocument, EventsRequest, Instance,
    InstanceRequest, Nonce, TenantRequest, Token, TokenRequest,
};

/// Gets tokens and metadata through a transport, with the retries of a policy.
///
/// It keeps no token, and between operations no state but its random generator, the transport's
/// connections and, where its policy says so, failures that it answers again. An operation can be
/// dropped at any time: nothing of it stays behind. Every operation may fail with an
/// [`OperationError`], after every attempt that the policy allows.
#[derive(Debug)]
pub struct Client<T = HttpTransport> {
    transport: T,
    policy: Arc<Policy>,
    rng: Mutex<ChaCha8Rng>,
    replays: Replays,
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

    /// Gets one token and tells the observer of each attempt and wait.
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

    /// As [`Client::token_observed`] for one who has already `spent` some of the time until the
    /// policy's deadline.
    pub(crate) async fn token_late(
        &self,
        request: &TokenRequest,
        spent: Duration,
        observer: &mut impl Observer,
    ) -> Result<Token, OperationError> {
        if let Some(error) = self.replays.of(request) {
            return Err(error);
        }
        let answered = self.ask_late(request, spent, observer).await;
        answered.inspect_err(|error| self.replays.keep(&self.policy, request, error))
    }

    /// Gets what the VM is, or a part of it.
    ///
    /// # Errors
    /// Why it is not to be had. A 404, which says that there is no such part, is not retried.
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

    /// Gets what is going to happen to the VM. The first call in a day may take two minutes
    /// (documented), whatever the policy's `attempt_timeout`.
    ///
    /// # Errors
    /// Why it is not to be had.
    pub async fn events(&self) -> Result<EventDocument, OperationError> {
        self.ask(&EventsRequest).await
    }

    /// Says that these events may start at once, on every VM among their resources (documented).
    ///
    /// # Errors
    /// Why it could not be said.
    pub async fn approve(&self, ids: Vec<String>) -> Result<(), OperationError> {
        self.ask(&ApproveRequest { ids }).await
    }

    /// Gets the id of the tenant of the VM's identities.
    ///
    /// # Errors
    /// Why it is not to be had.
    pub async fn tenant(&self) -> Result<String, OperationError> {
        self.ask(&TenantRequest).await
    }

    /// Asks whatever can be asked.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask<A: Ask>(&self, ask: &A) -> Result<A::Reply, OperationError> {
        self.ask_observed(ask, &mut ()).await
    }

    /// Asks whatever can be asked and tells the observer of each attempt and wait.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask_observed<A: Ask>(
        &self,
        ask: &A,
        observer: &mut impl Observer,
    ) -> Result<A::Reply, OperationError> {
        self.ask_late(ask, Duration::ZERO, observer).await
    }

    /// As [`Client::ask_observed`] for one who has already `spent` some of the time until the policy's
    /// deadline.
    async fn ask_late<A: Ask>(
        &self,
        ask: &A,
        spent: Duration,
        observer: &mut impl Observer,
    ) -> Result<A::Reply, OperationError> {
        let policy = Arc::clone(&self.policy);
        Operation::begin(&self.transport, policy, ask, spent, self.fork_rng())
            .run(observer)
            .await
    }

    /// How it retries.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// A generator for one operation, so that concurrent ones do not draw from each other's.
    fn fork_rng(&self) -> ChaCha8Rng {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        ChaCha8Rng::from_rng(&mut *rng)
    }
}
