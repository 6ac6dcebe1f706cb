//! The bodies of answers with a token.

use std::time::Duration;

use bytes::Bytes;

use super::Exchange;
use crate::credentials::token::{Issued, Validity};
use crate::model::vm::{Grant, Selector};

impl Exchange<'_> {
    /// The body with the token at `now`: the last one again, where the protocol repeats bodies. `asked` is
    /// how the request named the identity.
    pub(super) async fn token_body(
        &self,
        grant: &Grant,
        asked: Selector<'_>,
        now: Duration,
    ) -> Bytes {
        if !self.received.protocol.repeats_bodies(self.config) {
            return self.new_body(grant, asked, now).await;
        }
        let latest = &self.service.latest_token_body;
        let life = grant.life(now);
        let tokens = &self.config.tokens;
        if let Some(body) = latest.body(grant, life, tokens) {
            return body;
        }
        let body = self.new_body(grant, asked, now).await;
        latest.keep(grant, life, tokens, &body);
        body
    }

    async fn new_body(&self, grant: &Grant, asked: Selector<'_>, now: Duration) -> Bytes {
        let token_issuer = self.service.token_issuer();
        let tokens = &self.config.tokens;
        let access_token = token_issuer.token(grant, &tokens.claims).await;
        let Validity {
            not_before,
            expires_on,
        } = token_issuer.validity(grant);
        let issued = Issued {
            access_token: &access_token,
            identity: &grant.identity,
            resource: &grant.resource,
            life: grant.life(now),
            refresh_in: tokens.refresh_in.map(|after| grant.left_of(after, now)),
            expires_on,
            not_before,
        };
        let protocol = self.received.protocol;
        protocol.token(&issued, asked, self.config)
    }
}
