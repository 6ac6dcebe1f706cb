//! What a broker's answers come from: the cache for tokens, IMDS for all else.
#![expect(clippy::disallowed_methods, reason = "a driver: it bounds the wait")]

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::asked_token::AskedToken;
use super::counts::Counts;
use super::relay::{LastAnswer, Relayed, RelayedEvents};
use super::settings::BrokerSettings;
use super::shared_answers::{Ended, SharedAnswers};
use super::unanswered::Unanswered;
use super::upstream::Upstream;
use crate::cache::{CachedToken, CachingClient, TokenSource};
use crate::client::Client;
use crate::transport::Transport;
use crate::wire::{Answer, EventsRequest, ImdsRequest};

/// Gets tokens and answers, and bounds how many requests wait, and for how long.
#[derive(Debug)]
pub(super) struct Backend<S, T> {
    tokens: CachingClient<S, AskedToken>,
    relay: Client<Upstream<T>>,
    answers: SharedAnswers,
    /// One permit for each request that waits for IMDS.
    permits: Arc<Semaphore>,
    max_wait: Duration,
    counts: Arc<Counts>,
}

impl<S: TokenSource<AskedToken> + 'static, T: Transport + 'static> Backend<S, T> {
    /// Tokens come from the source, through a cache; all other requests go through `relay`.
    pub(super) fn new(
        source: S,
        rng: ChaCha8Rng,
        relay: Client<Upstream<T>>,
        settings: &BrokerSettings,
        counts: Arc<Counts>,
    ) -> Self {
        Self {
            tokens: CachingClient::new(source, rng),
            relay,
            answers: SharedAnswers::new(),
            permits: Arc::new(Semaphore::new(settings.max_clients.max(1))),
            max_wait: settings.max_wait,
            counts,
        }
    }

    /// Gets a token: from memory, however many wait; else in a task of its own that keeps its permit until the request to
    /// IMDS has ended, also when the client has disconnected. So the requests in progress never exceed the permits, but for
    /// refreshes of tokens that are still valid.
    pub(super) async fn token(
        self: &Arc<Self>,
        request: &AskedToken,
    ) -> Result<CachedToken, Unanswered> {
        let result = self.token_in_time(request).await;
        match &result {
            Ok(_) => self.counts.tokens(),
            Err(_) => self.counts.failures(),
        }
        result
    }

    async fn token_in_time(
        self: &Arc<Self>,
        request: &AskedToken,
    ) -> Result<CachedToken, Unanswered> {
        if let Some(known) = self.tokens.at_once(request) {
            return known.map_err(Unanswered::NoToken);
        }
        let permit = Arc::clone(&self.permits).try_acquire_owned();
        let permit = permit.map_err(|_| Unanswered::TooManyWaiting)?;
        let (backend, request) = (Arc::clone(self), request.clone());
        let task = tokio::spawn(async move {
            let _permit = permit;
            backend.tokens.token(&request).await
        });
        match timeout(self.max_wait, task).await {
            Err(_) | Ok(Err(_)) => Err(Unanswered::TimedOut),
            Ok(Ok(result)) => result.map_err(Unanswered::NoToken),
        }
    }

    /// Gets what IMDS answers to a request, which may be an error; a description of the VM may be one that another
    /// client has got within a second. It ends when the client disconnects and no other waits for it.
    pub(super) async fn relay(self: &Arc<Self>, relayed: Relayed) -> Result<Answer, Unanswered> {
        let permit = self.permits.try_acquire();
        let _permit = permit.map_err(|_| Unanswered::TooManyWaiting)?;
        let result = self.answer(relayed).await;
        if result.is_err() {
            self.counts.failures();
        }
        result
    }

    async fn answer(self: &Arc<Self>, relayed: Relayed) -> Result<Answer, Unanswered> {
        if relayed.is_events {
            let max_wait = self.max_wait.max(EventsRequest::MIN_ATTEMPT_TIMEOUT);
            return in_time(max_wait, self.forward(&RelayedEvents(relayed))).await;
        }
        let Some(key) = relayed.key() else {
            return in_time(self.max_wait, self.forward(&relayed)).await;
        };
        let backend = Arc::clone(self);
        let ask = || async move { backend.forward(&relayed).await };
        in_time(self.max_wait, self.answers.get(key, ask)).await
    }

    /// The last answer, or why there is none.
    async fn forward(&self, request: &impl ImdsRequest<Reply = ()>) -> Option<Ended> {
        let mut last = LastAnswer::default();
        let ended = self.relay.ask_observed(request, &mut last).await;
        let failed = || ended.err().map(|error| Err(Box::new(error)));
        last.0.map(Ok).or_else(failed)
    }
}

async fn in_time(
    max_wait: Duration,
    ended: impl Future<Output = Option<Ended>>,
) -> Result<Answer, Unanswered> {
    match timeout(max_wait, ended).await {
        Ok(Some(ended)) => ended.map_err(Unanswered::NoAnswer),
        Ok(None) | Err(_) => Err(Unanswered::TimedOut),
    }
}
