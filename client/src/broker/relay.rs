//! A request that is passed on to IMDS, and its answer as it came.

use std::time::Duration;

use http::Method;
use rand::Rng;

use super::head::Head;
use crate::client::{Attempt, Observer};
use crate::wire::{Answer, Ask, EventsRequest, Request, Unreadable};

/// What is passed on.
#[derive(Debug)]
pub(super) struct Relayed {
    request: Request,
    /// Beneath the identity endpoints a 404 is a sign of an update (documented); elsewhere it says
    /// that there is no such thing.
    is_identity: bool,
    /// Whether it is about scheduled events, the first of which takes its time.
    pub(super) is_events: bool,
}

/// Of a client's headers these are passed on. IMDS needs none of them.
const HEADERS: [&str; 4] = [
    "accept",
    "content-type",
    "user-agent",
    "x-ms-client-request-id",
];

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
        }
    }
}

impl Ask for Relayed {
    type Reply = ();
    const WANTED: &'static str = "answer";

    fn to_wire(&self, _rng: &mut dyn Rng) -> Request {
        self.request.clone()
    }

    /// Any body is good: it is not for the broker to read.
    fn read(&self, _body: &[u8]) -> Result<(), Unreadable> {
        Ok(())
    }

    fn is_final(&self, status: u16) -> bool {
        status == 404 && !self.is_identity
    }
}

/// The same, for an endpoint that may take two minutes.
#[derive(Debug)]
pub(super) struct Events(pub(super) Relayed);

impl Ask for Events {
    type Reply = ();
    const WANTED: &'static str = Relayed::WANTED;
    const PATIENCE: Duration = EventsRequest::PATIENCE;

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

/// Keeps what came of the last attempt.
#[derive(Debug, Default)]
pub(super) struct Last(pub(super) Option<Answer>);

impl Observer for Last {
    fn sending(&mut self, _attempt: u32) {}

    fn answered(&mut self, attempt: &Attempt<'_>) {
        self.0 = attempt.answer.cloned();
    }
}
