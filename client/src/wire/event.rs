//! `/metadata/scheduledevents`: the VM's scheduled events, and their approval.

use std::time::Duration;

use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::imds_request::ImdsRequest;
use super::request::Request;
use super::unreadable::Unreadable;

/// The newest version of this endpoint (documented).
const TARGET: &str = "/metadata/scheduledevents?api-version=2020-07-01";

/// A request for the VM's scheduled events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventsRequest;

impl ImdsRequest for EventsRequest {
    type Reply = EventDocument;
    const WANTED: &'static str = "scheduled events";

    /// The first call of a day may take up to two minutes, since it turns the service on for the VM
    /// (documented).
    const MIN_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(130);

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        Request::get(TARGET.to_owned(), rng)
    }

    fn read(&self, body: &[u8]) -> Result<EventDocument, Unreadable> {
        Unreadable::shaped(body)
    }
}

/// An approval: these events may start at once, before their time, on every VM among their resources
/// (documented). It is idempotent, so that it can be retried (documented).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveRequest {
    /// The events' ids.
    pub ids: Vec<String>,
}

impl ImdsRequest for ApproveRequest {
    type Reply = ();
    const WANTED: &'static str = "approval";

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        let ids = self.ids.iter();
        let starts: Vec<_> = ids.map(|id| json!({ "EventId": id })).collect();
        let body = json!({ "StartRequests": starts });
        Request::post(TARGET.to_owned(), body.to_string(), rng)
    }

    /// No body is documented.
    fn read(&self, _body: &[u8]) -> Result<(), Unreadable> {
        Ok(())
    }
}

/// The VM's scheduled events, under the service's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventDocument {
    /// It changes whenever the events change (documented).
    #[serde(rename = "DocumentIncarnation")]
    pub incarnation: u64,
    /// Without those that have ended (documented).
    pub events: Vec<ScheduledEvent>,
}

/// An event that is scheduled or has started. Kinds and states are text, since versions have added
/// some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduledEvent {
    /// A GUID, for its approval.
    #[serde(rename = "EventId")]
    pub id: String,
    /// `Freeze`, `Reboot`, `Redeploy`, `Preempt` or `Terminate` (documented).
    #[serde(rename = "EventType")]
    pub kind: String,
    /// `VirtualMachine` (documented).
    #[serde(default)]
    pub resource_type: String,
    /// The VMs that it affects.
    #[serde(default)]
    pub resources: Vec<String>,
    /// `Scheduled` or `Started` (documented).
    #[serde(rename = "EventStatus", default)]
    pub status: String,
    /// The earliest start, unless it is approved, such as `Mon, 11 Apr 2026 22:26:58 GMT`; empty once
    /// it has started (documented).
    #[serde(default)]
    pub not_before: String,
    /// The reason.
    #[serde(default)]
    pub description: String,
    /// `Platform` or `User` (documented).
    #[serde(rename = "EventSource", default)]
    pub source: String,
    /// How long the VM is interrupted, in seconds; -1 if unknown (documented).
    #[serde(default = "unknown")]
    pub duration_in_seconds: i64,
}

fn unknown() -> i64 {
    -1
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::super::request::tests::target;
    use super::*;

    #[test]
    fn asks_for_the_newest_version() {
        let expected = "/metadata/scheduledevents?api-version=2020-07-01";
        assert_eq!(target(&EventsRequest), expected);
    }

    #[test]
    fn approves_by_id_in_a_post() {
        let ids = vec!["a".to_owned(), "b".to_owned()];
        let wire = ApproveRequest { ids }.to_wire(&mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(
            wire.target,
            "/metadata/scheduledevents?api-version=2020-07-01"
        );
        let body = r#"{"StartRequests":[{"EventId":"a"},{"EventId":"b"}]}"#;
        assert_eq!(wire.body.as_deref(), Some(body));
        let json = ("content-type", "application/json".to_owned());
        assert!(wire.headers.contains(&json), "{:?}", wire.headers);
    }

    #[test]
    fn reads_the_documented_document() {
        let body = concat!(
            r#"{"DocumentIncarnation":2,"Events":[{"EventId":"e","EventType":"Freeze","ResourceType":"VirtualMachine","#,
            r#""Resources":["web-1"],"EventStatus":"Scheduled","NotBefore":"Mon, 11 Apr 2026 22:26:58 GMT","#,
            r#""Description":"d","EventSource":"Platform","DurationInSeconds":9}]}"#
        );
        let document = EventsRequest.read(body.as_bytes()).expect("a document");
        assert_eq!((document.incarnation, document.events.len()), (2, 1));
        assert_eq!(
            serde_json::to_string(&document).expect("JSON"),
            body,
            "it is written as it was read"
        );
    }

    #[test]
    fn takes_an_event_of_an_early_version_and_no_other_shape() {
        let read = |body: &str| EventsRequest.read(body.as_bytes());
        let early = r#"{"DocumentIncarnation":1,"Events":[{"EventId":"e","EventType":"Reboot"}]}"#;
        let event = &read(early).expect("a document").events[0];
        assert_eq!(
            (&*event.status, event.duration_in_seconds),
            ("", -1),
            "what is not said is not known"
        );
        assert_eq!(read("[]"), Err(Unreadable::OtherShape));
        assert_eq!(read("<html>"), Err(Unreadable::NotJson));
    }
}
