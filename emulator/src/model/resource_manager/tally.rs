//! Counts of requests by client, operation, subscription and outcome. It holds no token.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bearer::Bearer;
use super::estate::Estate;
use super::refusal::Refusal;
use super::request::{Action, Request};
use super::subscription::Subscription;
use super::verdict::Content;

/// The counts since the start or the last reset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<Key, u64>);

/// Grows with identities and subscriptions, not with requests: unknown ids are left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    client_id: Option<String>,
    action: Option<Action>,
    subscription_id: Option<String>,
    status: u16,
    code: Option<&'static str>,
}

/// One count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Usage<'a> {
    /// The client id of its token; `None` without a token of the emulator's.
    pub client_id: Option<&'a str>,
    /// What was asked for; `None` if that could not be made out.
    pub operation: Option<&'static str>,
    /// In which subscription; `None` if in none, or in one that is not there.
    pub subscription_id: Option<&'a str>,
    /// The status of the answers.
    pub status: u16,
    /// Azure's code, of errors.
    pub code: Option<&'static str>,
    /// How many.
    pub count: u64,
}

impl Tally {
    /// All counts, by client id.
    pub fn iter(&self) -> impl Iterator<Item = Usage<'_>> {
        self.0.iter().map(|(key, count)| Usage {
            client_id: key.client_id.as_deref(),
            operation: key.action.map(Action::name),
            subscription_id: key.subscription_id.as_deref(),
            status: key.status,
            code: key.code,
            count: *count,
        })
    }

    pub(super) fn count(
        &mut self,
        estate: &Estate,
        request: &Request<'_>,
        outcome: &Result<Content, Refusal>,
    ) {
        let asked = request.operation.subscription();
        let known = asked.and_then(|id| estate.subscription(id).ok());
        let key = Key {
            client_id: client_id(&request.bearer),
            action: Some(request.operation.action()),
            subscription_id: known.map(|subscription| subscription.id.clone()),
            status: outcome.as_ref().err().map_or(200, Refusal::status),
            code: outcome.as_ref().err().map(Refusal::code),
        };
        *self.0.entry(key).or_default() += 1;
    }

    /// Counts a request that an answer of the user's own was for, with its status and Azure's code.
    pub(super) fn count_custom(
        &mut self,
        subscription: Option<&Subscription>,
        bearer: &Bearer<'_>,
        (status, code): (u16, Option<&'static str>),
    ) {
        let key = Key {
            client_id: client_id(bearer),
            action: Some(Action::Custom),
            subscription_id: subscription.map(|subscription| subscription.id.clone()),
            status,
            code,
        };
        *self.0.entry(key).or_default() += 1;
    }

    pub(super) fn reject(&mut self, status: u16, code: &'static str) {
        let key = Key {
            client_id: None,
            action: None,
            subscription_id: None,
            status,
            code: Some(code),
        };
        *self.0.entry(key).or_default() += 1;
    }
}

fn client_id(bearer: &Bearer<'_>) -> Option<String> {
    match bearer {
        Bearer::Signed(claims) => Some(claims.client_id.to_owned()),
        Bearer::Missing | Bearer::Malformed | Bearer::Forged => None,
    }
}
