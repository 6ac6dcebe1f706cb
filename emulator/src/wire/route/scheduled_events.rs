//! `/metadata/scheduledevents`: what is going to happen to the VM (GET), and approval of it (POST).

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde::{Deserialize, Serialize};

use crate::model::api_version::EVENTS;
use crate::model::calendar::utc;
use crate::model::event::{Event, EventKind, EventSource, Events, State};
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/scheduledevents";

/// The versions that brought something (documented). That an older version leaves out events of later types
/// is assumed.
const NO_UNDERSCORE: &str = "2017-08-01";
const PREEMPT: &str = "2017-11-01";
const TERMINATE: &str = "2019-01-01";
const DESCRIPTION: &str = "2019-04-01";
const SOURCE: &str = "2019-08-01";
const DURATION: &str = "2020-07-01";

/// What is asked of the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action<'a> {
    /// What is going to happen.
    Read { version: &'a str },
    /// Its start.
    Approve { ids: Ids },
}

pub(super) fn read(head: &Head) -> Result<Action<'_>, Flaw> {
    let is_get = head.method == Method::GET;
    ensure(
        is_get || head.method == Method::POST,
        Flaw::NeitherGetNorPost,
    )?;
    let version = head.parameter("api-version");
    let version = version.filter(|version| !version.is_empty());
    let version = version.ok_or(Flaw::EventsVersionMissing)?;
    ensure(EVENTS.contains(&version), Flaw::EventsVersionUnknown)?;
    if is_get {
        return Ok(Action::Read { version });
    }
    let body = head.body.as_ref().ok_or(Flaw::BodyTooLong)?;
    let approval: Approval = serde_json::from_slice(body).map_err(|_| Flaw::BodyInvalid)?;
    let ids = approval
        .start_requests
        .into_iter()
        .map(|start| start.event_id);
    Ok(Action::Approve { ids: ids.collect() })
}

/// An approval may name only events that are announced. That anything else is a 400 is assumed.
pub(crate) fn check(events: &Events, now: Duration, action: &Action<'_>) -> Result<(), Flaw> {
    match action {
        Action::Approve { ids } => ensure(events.knows(now, ids), Flaw::EventUnknown),
        Action::Read { .. } => Ok(()),
    }
}

/// The body of a POST; what else is in it is ignored.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Approval {
    start_requests: Vec<StartRequest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StartRequest {
    event_id: String,
}

/// The answer to a GET. Unlike elsewhere in IMDS, numbers are numbers (documented).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    document_incarnation: u64,
    events: Vec<Entry<'a>>,
}

/// The order is observed (2018, and twice in 2021, the last time with all fields). The documents list the status
/// behind the resources.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    event_id: &'a str,
    event_status: State,
    event_type: EventKind,
    resource_type: &'static str,
    resources: Vec<String>,
    /// Empty once it has started.
    not_before: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_source: Option<EventSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_in_seconds: Option<i64>,
}

/// The document as that version has it. `epoch` is the time from 1970 to the run's start, from which
/// `now` counts.
pub(crate) fn document(
    events: &mut Events,
    version: &str,
    epoch: Duration,
    now: Duration,
) -> String {
    let (document_incarnation, told) = events.told(now);
    let told = told
        .into_iter()
        .filter(|(event, _)| knows(version, event.kind));
    let document = Document {
        document_incarnation,
        events: told
            .map(|(event, state)| entry(event, state, version, epoch))
            .collect(),
    };
    serde_json::to_string(&document).expect("text and numbers are always JSON")
}

fn knows(version: &str, kind: EventKind) -> bool {
    match kind {
        EventKind::Freeze | EventKind::Reboot | EventKind::Redeploy => true,
        EventKind::Preempt => version >= PREEMPT,
        EventKind::Terminate => version >= TERMINATE,
    }
}

fn entry<'a>(event: &'a Event, state: State, version: &str, epoch: Duration) -> Entry<'a> {
    let since = |first: &str| version >= first;
    let prefix = if since(NO_UNDERSCORE) { "" } else { "_" };
    let resource = |name: &String| format!("{prefix}{name}");
    Entry {
        event_id: &event.id,
        event_status: state,
        event_type: event.kind,
        resource_type: "VirtualMachine",
        resources: event.resources.iter().map(resource).collect(),
        not_before: match state {
            State::Scheduled => http_date(epoch + event.not_before()),
            State::Started => String::new(),
        },
        description: since(DESCRIPTION).then_some(&event.description),
        event_source: since(SOURCE).then_some(event.source),
        duration_in_seconds: since(DURATION).then(|| seconds(event.duration)),
    }
}

/// -1 if it is unknown (documented).
fn seconds(duration: Option<Duration>) -> i64 {
    duration.map_or(-1, |duration| {
        i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
    })
}

fn http_date(since_1970: Duration) -> String {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&utc(since_1970));
    date.expect("a year from 1970 to 9999")
}

/// Which events an approval is about.
pub(crate) type Ids = BTreeSet<String>;

#[cfg(test)]
mod tests;
