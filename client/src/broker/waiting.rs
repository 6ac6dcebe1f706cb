//! What a client is kept waiting for, and how long.
#![expect(clippy::disallowed_methods, reason = "a driver: it bounds the wait")]

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::Broker;
use super::relay::{Events, Last, Relayed};
use crate::cache::{CachedToken, NoToken, TokenSource};
use crate::error::OperationError;
use crate::transport::Transport;
use crate::wire::{Answer, Ask, EventsRequest, TokenRequest};

/// Why a client gets nothing but an error.
#[derive(Debug)]
pub(super) enum Trouble {
    /// As many wait as may.
    Crowded,
    /// It has waited long enough; the request goes on.
    Unfinished,
    /// There is no token.
    NoToken(NoToken),
    /// There is no answer.
    NoAnswer(Box<OperationError>),
}

impl<S: TokenSource + 'static, T: Transport + 'static> Broker<S, T> {
    /// A token, which is waited for in a task of its own: it keeps its place until the request to IMDS
    /// has ended, also when the client has gone, so that no more requests than places are under way.
    pub(super) async fn token(
        self: &Arc<Self>,
        request: &TokenRequest,
    ) -> Result<CachedToken, Trouble> {
        let result = self.token_in_time(request).await;
        match &result {
            Ok(_) => self.counts.tokens(),
            Err(_) => self.counts.failures(),
        }
        result
    }

    async fn token_in_time(
        self: &Arc<Self>,
        request: &TokenRequest,
    ) -> Result<CachedToken, Trouble> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Trouble::Crowded)?;
        let (broker, request) = (Arc::clone(self), request.clone());
        let asking = tokio::spawn(async move {
            let _place = place;
            broker.tokens.token(&request).await
        });
        match timeout(self.settings.max_wait, asking).await {
            Err(_) | Ok(Err(_)) => Err(Trouble::Unfinished),
            Ok(Ok(result)) => result.map_err(Trouble::NoToken),
        }
    }

    /// What IMDS answers to a request that is passed on, be it an error. Nothing of it goes on when the
    /// client has gone.
    pub(super) async fn relayed(&self, relayed: Relayed) -> Result<Answer, Trouble> {
        let _place = self.places.try_acquire().map_err(|_| Trouble::Crowded)?;
        let most = self.settings.max_wait;
        let result = if relayed.is_events {
            let most = most.max(EventsRequest::PATIENCE);
            self.passed_on(&Events(relayed), most).await
        } else {
            self.passed_on(&relayed, most).await
        };
        if result.is_err() {
            self.counts.failures();
        }
        result
    }

    async fn passed_on(
        &self,
        ask: &impl Ask<Reply = ()>,
        most: Duration,
    ) -> Result<Answer, Trouble> {
        let mut last = Last::default();
        let asked = timeout(most, self.relay.ask_observed(ask, &mut last)).await;
        match (asked, last.0) {
            (Ok(_), Some(answer)) => Ok(answer),
            (Ok(Err(error)), None) => Err(Trouble::NoAnswer(Box::new(error))),
            (Err(_) | Ok(Ok(())), _) => Err(Trouble::Unfinished),
        }
    }
}
