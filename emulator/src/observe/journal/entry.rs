//! One request of the journal.

use std::sync::Arc;
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::document::{milliseconds, milliseconds_if_any};
use crate::model::limit::{Category, Left, Limiter};
use crate::wire::head::Head;
use crate::wire::redact;

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
    /// The path in its one spelling: lower case, single slashes.
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

/// The outcome of a request; all is unknown at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What was decided.
    pub verdict: Option<Fate>,
    /// Which limiter refused it.
    pub limiter: Option<Limiter>,
    /// What its limits still allowed right after the decision, if they decided about it.
    pub left: Option<Left>,
    /// What was wrong with it, if it was rejected, or which fault it met.
    pub reason: Option<String>,
    /// How long serving it was to take, if it was admitted.
    #[serde(rename = "service_time_ms", serialize_with = "milliseconds_if_any")]
    pub service_time: Option<Duration>,
    /// The status of its answer; none while it is served, and if the client did not wait.
    pub status: Option<u16>,
    /// The retry advice of the answer: in milliseconds, if it has that header.
    #[serde(rename = "retry_after_ms", serialize_with = "milliseconds_if_any")]
    pub retry_after: Option<Duration>,
    /// The length of the answer's body in bytes.
    pub body_bytes: Option<u64>,
    /// The answer's body if its status is 400 or more, cut to 512 bytes. Other answers may hold a token,
    /// so nothing of them is kept.
    pub error_body: Option<String>,
    /// How long the token in the answer was still good for; none if a fault kept it from the client.
    #[serde(rename = "token_expires_in_ms", serialize_with = "milliseconds_if_any")]
    pub token_expires_in: Option<Duration>,
    /// When it was answered, or its connection was found closed, since the run's start.
    #[serde(rename = "ended_at_ms", serialize_with = "milliseconds_if_any")]
    pub ended_at: Option<Duration>,
    /// Whether the connection was closed before there was an answer.
    pub client_gone: bool,
}

/// What was decided about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It was served.
    Admitted,
    /// It was throttled.
    Refused,
    /// It was faulty.
    Rejected,
    /// A fault took the place of the service.
    Faulted,
}

impl Fate {
    /// The name used in journal, metrics and filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Fate::Admitted => "admitted",
            Fate::Refused => "refused",
            Fate::Rejected => "rejected",
            Fate::Faulted => "faulted",
        }
    }
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
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

fn timestamp<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&wall_clock(*time))
}

/// To the microsecond, in UTC.
pub(super) fn wall_clock(since_1970: Duration) -> Timestamp {
    let micros = i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}
