//! A request as it was sent, as far as it may be written down.

use std::sync::Arc;

use serde::Serialize;

use crate::wire::head::Head;
use crate::wire::redact;
use crate::wire::route::scheduled_events;

/// Headers that decide about an answer. Those with a secret are named, and their values are hidden.
const DECISIVE: [(&str, bool); 6] = [
    ("metadata", true),
    ("x-forwarded-for", true),
    ("content-type", true),
    ("x-identity-header", false),
    ("secret", false),
    ("authorization", false),
];

/// A request as it was sent: its case, its slashes and its encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Path and query, or a whole URI. Values of parameters that are not IMDS's own are hidden.
    pub target: Arc<str>,
    /// The headers that decide about an answer. Secrets in them are hidden.
    pub headers: Vec<(&'static str, String)>,
    /// The body of a POST.
    pub body: Option<String>,
}

impl Sent {
    pub(super) fn of(head: &Head) -> Sent {
        Sent {
            target: Arc::clone(&head.target.shown_sent),
            headers: decisive(head),
            body: body(head),
        }
    }

    /// Of a request of which nothing else is known.
    pub(super) fn of_target(target: Arc<str>) -> Sent {
        Sent {
            target,
            ..Sent::default()
        }
    }
}

/// The headers that were there.
pub(super) fn given<'a>(headers: &[(&'static str, &'a Option<String>)]) -> Vec<(&'a str, &'a str)> {
    let given = headers.iter();
    given
        .filter_map(|(name, value)| Some((*name, value.as_deref()?)))
        .collect()
}

fn decisive(head: &Head) -> Vec<(&'static str, String)> {
    let found = DECISIVE.into_iter().filter_map(|(name, is_shown)| {
        let value = head.headers.get(name)?;
        let text = String::from_utf8_lossy(value.as_bytes());
        let shown = if is_shown {
            redact::word(&text)
        } else {
            redact::HIDDEN.to_owned()
        };
        Some((name, shown))
    });
    found.collect()
}

/// A form, or the JSON of an approval of events.
fn body(head: &Head) -> Option<String> {
    let bytes = head.body.as_ref().filter(|bytes| !bytes.is_empty())?;
    let text = String::from_utf8_lossy(bytes);
    Some(if head.path() == scheduled_events::PATH {
        redact::sent_json(&text)
    } else {
        redact::sent_parameters(&text)
    })
}
