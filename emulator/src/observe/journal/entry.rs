//! One request of the journal.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderName};
use serde::Serialize;

use super::kept::{Kept, Shown, timestamp};
use super::outcome::Outcome;
use super::sent::{self, Sent};
use crate::document::milliseconds;
use crate::model::limit::Category;
use crate::wire::head::Head;
use crate::wire::redact;
use crate::wire::remains::Remains;

const CLIENT_SKU: HeaderName = HeaderName::from_static("x-client-sku");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const SESSION: HeaderName = HeaderName::from_static("x-imds-emulator-session");

/// A request, and what became of it. It never holds a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its place in the order of arrival, from 1.
    pub seq: u64,
    /// When it came, since the run's start.
    #[serde(rename = "at_ms", serialize_with = "milliseconds")]
    pub at: Duration,
    /// When it came, since 1970.
    #[serde(serialize_with = "timestamp")]
    pub time: Duration,
    /// Which connection it came on, from 1 in the order of their acceptance.
    pub connection: u64,
    /// The method.
    pub method: String,
    /// The request as it was sent.
    pub sent: Sent,
    /// The path in its one spelling, by which it is served: lower case, single slashes.
    pub path: Arc<str>,
    /// The query, encoded; values of parameters that are not IMDS's own are hidden.
    pub query: Arc<str>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The `x-client-SKU` header, which MSAL sends.
    pub client_sku: Option<String>,
    /// The `x-ms-client-request-id` header.
    pub client_request_id: Option<String>,
    /// The `x-imds-emulator-session` header, which only a load generator sends.
    pub session: Option<String>,
    /// Which limits it met.
    pub category: Category,
    /// Its outcome so far.
    pub outcome: Outcome,
}

impl Entry {
    /// A request as it comes; the journal numbers it.
    pub(crate) fn arriving(connection: u64, head: &Head) -> Entry {
        let mut entry = Entry {
            seq: 0,
            at: Duration::ZERO,
            time: Duration::ZERO,
            connection,
            method: redact::method(head.method.as_str()),
            sent: Sent::of(head),
            path: Arc::clone(&head.target.shown_path),
            query: Arc::clone(&head.target.shown_query),
            user_agent: None,
            client_sku: None,
            client_request_id: None,
            session: None,
            category: head.category(),
            outcome: Outcome::default(),
        };
        entry.read(&head.headers);
        entry
    }

    /// What can be made out of a request that is no HTTP, or whose head is too long.
    pub(crate) fn unreadable(connection: u64, remains: &Remains, session: Option<&str>) -> Entry {
        Entry {
            seq: 0,
            at: Duration::ZERO,
            time: Duration::ZERO,
            connection,
            method: redact::method(remains.method),
            sent: Sent::of_target(Arc::clone(&remains.target.shown_sent)),
            path: Arc::clone(&remains.target.shown_path),
            query: Arc::clone(&remains.target.shown_query),
            user_agent: remains.user_agent.map(redact::text),
            client_sku: None,
            client_request_id: None,
            session: session.map(redact::word),
            category: remains.target.category(),
            outcome: Outcome::default(),
        }
    }

    /// Of a header that comes twice the first counts.
    fn read(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            let (told, redacted): (_, fn(&str) -> String) = match name {
                name if name == USER_AGENT => (&mut self.user_agent, redact::text),
                name if name == CLIENT_SKU => (&mut self.client_sku, redact::word),
                name if name == CLIENT_REQUEST_ID => (&mut self.client_request_id, redact::word),
                name if name == SESSION => (&mut self.session, redact::word),
                _ => continue,
            };
            told.get_or_insert_with(|| redacted(&String::from_utf8_lossy(value.as_bytes())));
        }
    }

    /// A parameter of the query that is not hidden.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

impl Kept for Entry {
    fn number(&mut self, seq: u64, at: Duration, time: Duration) {
        (self.seq, self.at, self.time) = (seq, at, time);
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    fn shown(&self) -> Shown<'_> {
        let headers = [
            ("User-Agent", &self.user_agent),
            ("x-client-SKU", &self.client_sku),
            ("x-ms-client-request-id", &self.client_request_id),
            ("x-imds-emulator-session", &self.session),
        ];
        let mut headers = sent::given(&headers);
        headers.extend(
            self.sent
                .headers
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        Shown {
            at: self.at,
            time: self.time,
            connection: self.connection,
            method: &self.method,
            target: Cow::Borrowed(&self.sent.target),
            headers,
            body: self.sent.body.as_deref(),
        }
    }
}
