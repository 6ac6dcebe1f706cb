//! A request that is forwarded to IMDS, and its answer as it is received.

use std::time::Duration;

use http::Method;
use rand::Rng;

use super::head::Head;
use super::recent::AnswerKey;
use crate::client::{Attempt, Observer};
use crate::wire::{Answer, EventsRequest, ImdsRequest, Request, Unreadable};

/// A request that is forwarded.
#[derive(Debug)]
pub(super) struct Relayed {
    request: Request,
    /// Beneath the identity endpoints a 404 is a sign of an update (documented); elsewhere it means that
    /// there is no such element.
    is_identity: bool,
    /// Whether it is for scheduled events, whose first answer may take two minutes.
    pub(super) is_events: bool,
    /// Whether it reads the description of the VM, or a part of it.
    is_instance: bool,
}

/// The client's headers that are forwarded. IMDS needs none of them.
const HEADERS: [&str; 4] = [
    "accept",
    "content-type",
    "user-agent",
    "x-ms-client-request-id",
];

/// Those that only say who asks; the answer does not depend on them.
const OF_SENDER: [&str; 2] = ["user-agent", "x-ms-client-request-id"];

impl Relayed {
    pub(super) fn of(head: &Head) -> Self {
        let sent = |name| Some((name, head.header(name)?.to_owned()));
        let mut headers = vec![("metadata", "true".to_owned())];
        headers.extend(HEADERS.into_iter().filter_map(sent));
        let is_post = head.method == Method::POST;
        let body = || String::from_utf8_lossy(&head.body).into_owned();
        Self {
            request: Request {
                target: head.target(),
                headers,
                body: is_post.then(body),
            },
            is_identity: head.is_beneath("/metadata/identity"),
            is_events: head.is_beneath("/metadata/scheduledevents"),
            is_instance: !is_post && head.is_beneath("/metadata/instance"),
        }
    }

    /// By what an answer to it may be handed out to others; `None` if it may not: events change, and an
    /// attested document has the nonce of its request.
    pub(super) fn key(&self) -> Option<AnswerKey> {
        let headers = self.request.headers.iter();
        let deciding = headers.filter(|(name, _)| !OF_SENDER.contains(name));
        self.is_instance.then(|| AnswerKey {
            target: self.request.target.clone(),
            headers: deciding.cloned().collect(),
        })
    }
}

impl ImdsRequest for Relayed {
    type Reply = ();
    const WANTED: &'static str = "answer";

    fn to_wire(&self, _rng: &mut dyn Rng) -> Request {
        self.request.clone()
    }

    /// Any body is valid: the broker does not read it.
    fn read(&self, _body: &[u8]) -> Result<(), Unreadable> {
        Ok(())
    }

    fn is_final(&self, status: u16) -> bool {
        status == 404 && !self.is_identity
    }
}

/// The same for scheduled events, with their longer time for an attempt.
#[derive(Debug)]
pub(super) struct RelayedEvents(pub(super) Relayed);

impl ImdsRequest for RelayedEvents {
    type Reply = ();
    const WANTED: &'static str = Relayed::WANTED;
    const MIN_ATTEMPT_TIMEOUT: Duration = EventsRequest::MIN_ATTEMPT_TIMEOUT;

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        self.0.to_wire(rng)
    }

    fn read(&self, body: &[u8]) -> Result<(), Unreadable> {
        self.0.read(body)
    }

    fn is_final(&self, status: u16) -> bool {
        self.0.is_final(status)
    }
}

/// The answer to the last attempt, if there was one.
#[derive(Debug, Default)]
pub(super) struct LastAnswer(pub(super) Option<Answer>);

impl Observer for LastAnswer {
    fn sending(&mut self, _attempt: u32) {}

    fn answered(&mut self, attempt: &Attempt<'_>) {
        self.0 = attempt.answer.cloned();
    }
}
