//! One request of Resource Manager's journal.

use std::time::Duration;

use http::header::USER_AGENT;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Uri};
use serde::Serialize;

use super::kept::{Kept, Shown, timestamp};
use super::outcome::Outcome;
use super::sent;
use crate::document::milliseconds;
use crate::wire::redact;
use crate::wire::remains::Remains;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const SESSION: HeaderName = HeaderName::from_static("x-imds-emulator-session");
/// Both are sent by every cmdlet of Azure PowerShell (measured: Az.Accounts 2.8.0 to 5.5.0, 2026-11-30).
const COMMAND_NAME: HeaderName = HeaderName::from_static("commandname");
const PARAMETER_SET_NAME: HeaderName = HeaderName::from_static("parametersetname");

/// A request to Resource Manager, and what became of it. It never holds a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StubEntry {
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
    /// The path as it was sent, cut to 384 bytes.
    pub path: String,
    /// The query as it was sent, cut to 384 bytes.
    pub query: String,
    /// The `User-Agent` header, cut to 384 bytes.
    pub user_agent: Option<String>,
    /// The `x-ms-client-request-id` header.
    pub client_request_id: Option<String>,
    /// The `x-imds-emulator-session` header, which only a load generator sends.
    pub session: Option<String>,
    /// The cmdlet: the `CommandName` header, of which the first is kept where it names several.
    pub command: Option<String>,
    /// The cmdlet's parameter set: the `ParameterSetName` header, likewise.
    pub parameter_set: Option<String>,
    /// What was asked for, by the names that counts use; `None` if the stub does not serve it.
    pub operation: Option<&'static str>,
    /// The id of the subscription that its path names.
    pub subscription_id: Option<String>,
    /// The client id that its token names; `None` without a token of the emulator's.
    pub client_id: Option<String>,
    /// Its outcome so far. `limiter` is `rate` for a spent budget, and `left.requests` is what is left of
    /// the principal's own; `token_expires_in` is always `None`.
    pub outcome: Outcome,
}

impl StubEntry {
    /// A request as it comes; the journal numbers it.
    pub(crate) fn arriving(connection: u64, parts: &Parts) -> StubEntry {
        let mut entry = StubEntry::of(connection, parts.method.as_str(), &parts.uri);
        entry.read(&parts.headers);
        entry
    }

    /// What can be made out of a request that is no HTTP, or whose head is too long.
    pub(crate) fn unreadable(
        connection: u64,
        remains: &Remains,
        session: Option<&str>,
    ) -> StubEntry {
        StubEntry {
            user_agent: remains.user_agent.map(redact::agent),
            session: session.map(redact::word),
            ..StubEntry::of(connection, remains.method, &remains.uri)
        }
    }

    fn of(connection: u64, method: &str, uri: &Uri) -> StubEntry {
        StubEntry {
            seq: 0,
            at: Duration::ZERO,
            time: Duration::ZERO,
            connection,
            method: redact::method(method),
            path: redact::sent_path(uri.path()),
            query: redact::sent_query(uri.query().unwrap_or_default()),
            user_agent: None,
            client_request_id: None,
            session: None,
            command: None,
            parameter_set: None,
            operation: None,
            subscription_id: None,
            client_id: None,
            outcome: Outcome::default(),
        }
    }

    /// Of a header that comes twice the first counts.
    fn read(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            let (told, redacted): (_, fn(&str) -> String) = match name {
                name if name == USER_AGENT => (&mut self.user_agent, redact::agent),
                name if name == CLIENT_REQUEST_ID => (&mut self.client_request_id, redact::word),
                name if name == SESSION => (&mut self.session, redact::word),
                name if name == COMMAND_NAME => (&mut self.command, first),
                name if name == PARAMETER_SET_NAME => (&mut self.parameter_set, first),
                _ => continue,
            };
            told.get_or_insert_with(|| redacted(&String::from_utf8_lossy(value.as_bytes())));
        }
    }
}

/// A cmdlet that calls another one repeats the header, which arrives as `A, A`.
fn first(list: &str) -> String {
    redact::word(list.split(',').next().unwrap_or_default().trim())
}

impl Kept for StubEntry {
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
        let mark = if self.query.is_empty() { "" } else { "?" };
        let headers = [
            ("User-Agent", &self.user_agent),
            ("x-ms-client-request-id", &self.client_request_id),
            ("x-imds-emulator-session", &self.session),
            ("CommandName", &self.command),
            ("ParameterSetName", &self.parameter_set),
        ];
        Shown {
            at: self.at,
            time: self.time,
            connection: self.connection,
            method: &self.method,
            target: format!("{}{mark}{}", self.path, self.query).into(),
            headers: sent::given(&headers),
            body: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::wire::redact::error_body;

    fn entry(target: &str, headers: &[(&str, &str)]) -> StubEntry {
        let mut request = Request::get(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        StubEntry::arriving(1, &request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn the_first_of_several_commands_is_kept_and_the_target_as_it_was_sent() {
        let target = "/Subscriptions/S/resources?api-version=2021-04-01&$filter=name%20eq%20'a'";
        let headers = [
            ("CommandName", "Connect-AzAccount, Connect-AzAccount"),
            (
                "ParameterSetName",
                "ManagedServiceLogin, ManagedServiceLogin",
            ),
            ("Authorization", "Bearer eyJhbGciOi.x.y"),
        ];
        let entry = entry(target, &headers);
        assert_eq!(entry.command.as_deref(), Some("Connect-AzAccount"));
        assert_eq!(entry.parameter_set.as_deref(), Some("ManagedServiceLogin"));
        assert_eq!(format!("{}?{}", entry.path, entry.query), target);
        assert!(!format!("{entry:?}").contains("eyJ"));
    }

    #[test]
    fn an_entry_is_less_than_3_kib_whatever_clients_send() {
        let long = "x".repeat(10_000);
        let names = [
            "User-Agent",
            "x-ms-client-request-id",
            "x-imds-emulator-session",
            "CommandName",
            "ParameterSetName",
        ];
        let headers = names.map(|name| (name, long.as_str()));
        let entry = entry(&format!("/{long}?api-version={long}&b={long}"), &headers);
        let texts = [
            &entry.user_agent,
            &entry.client_request_id,
            &entry.session,
            &entry.command,
            &entry.parameter_set,
        ];
        let texts = texts.into_iter().flatten();
        let texts = texts.chain([&entry.method, &entry.path, &entry.query]);
        let held: usize = texts.map(String::capacity).sum();
        assert!(held > 1000, "{held}: they are long");
        // A subscription's id and a client id are words, or GUIDs.
        let later = 2 * 96 + 128 + error_body(&long).capacity();
        let whole = size_of::<StubEntry>() + held + later;
        assert!(whole < 3072, "{whole}");
    }
}
