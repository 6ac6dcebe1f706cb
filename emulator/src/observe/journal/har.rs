//! The journal as an HTTP archive (HAR 1.2), which browsers' developer tools and others read.
//!
//! Of bodies it has the words of errors; the others may hold a token and are known by their lengths only.

use std::sync::Arc;

use serde_json::{Value, json};

use super::kept::{Kept, Shown, wall_clock};
use super::outcome::{Fate, Outcome};
use crate::model::limit::whole_seconds;
use crate::observe::version::VERSION;

/// What comes before the requests, which are separated by commas.
pub(crate) fn start() -> String {
    format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"imds-emulator","version":"{VERSION}"}},"entries":["#
    )
}

/// What comes after them.
pub(crate) const END: &str = "]}}";

/// A whole archive of these requests.
pub(crate) fn archive<E: Kept>(entries: &[Arc<E>], base: &str) -> String {
    let entries = entries
        .iter()
        .map(|entry| one(entry.as_ref(), base).to_string());
    let entries: Vec<String> = entries.collect();
    format!("{}{}{END}", start(), entries.join(","))
}

/// One request; `base` is the URL that it was sent to, without a slash at the end. The format requires
/// numbers where something is unknown: -1, and 0 for the status.
pub(crate) fn one(entry: &impl Kept, base: &str) -> Value {
    let (shown, outcome) = (entry.shown(), entry.outcome());
    let took = outcome.ended_at.map(|end| end.saturating_sub(shown.at));
    let took_ms = took.map_or(0.0, |took| took.as_secs_f64() * 1e3);
    json!({
        "startedDateTime": wall_clock(shown.time).to_string(),
        "time": took_ms,
        "request": request(&shown, base),
        "response": response(outcome),
        "cache": {},
        "timings": { "send": 0, "wait": took_ms, "receive": 0 },
        "connection": shown.connection.to_string(),
        "comment": comment(outcome),
        "_seq": entry.seq(),
        "_outcome": outcome,
    })
}

fn request(shown: &Shown<'_>, base: &str) -> Value {
    let query = shown.target.split_once('?').map_or("", |(_, query)| query);
    let pairs = form_urlencoded::parse(query.as_bytes());
    let query: Vec<Value> = pairs
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let headers = shown.headers.iter();
    let headers: Vec<Value> = headers.map(|(name, value)| header(name, value)).collect();
    // A client of a proxy sends the whole URI.
    let base = if shown.target.starts_with('/') {
        base
    } else {
        ""
    };
    let mut request = json!({
        "method": shown.method,
        "url": format!("{base}{}", shown.target),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "queryString": query,
        "headersSize": -1,
        "bodySize": -1,
    });
    if let Some(body) = shown.body {
        let mut types = shown.headers.iter();
        let kind = types.find(|(name, _)| *name == "content-type");
        let kind = kind.map_or("application/octet-stream", |(_, kind)| kind);
        request["postData"] = json!({ "mimeType": kind, "text": body });
    }
    request
}

fn response(outcome: &Outcome) -> Value {
    let wait = outcome.retry_after;
    let seconds = wait.map(|wait| ("Retry-After", u128::from(whole_seconds(wait).as_secs())));
    let exact = wait.filter(|wait| wait.subsec_nanos() != 0);
    let exact = exact.map(|wait| ("x-ms-retry-after-ms", wait.as_millis()));
    let told = seconds.into_iter().chain(exact);
    let headers: Vec<Value> = told
        .map(|(name, value)| header(name, &value.to_string()))
        .collect();
    let size = outcome.body_bytes.map_or(json!(-1), Value::from);
    json!({
        "status": outcome.status.unwrap_or(0),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "content": content(outcome),
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": size,
    })
}

/// Text or a comment that says why there is none.
fn content(outcome: &Outcome) -> Value {
    let mut content = json!({
        "size": outcome.body_bytes.unwrap_or(0),
        "mimeType": outcome.content_type.as_deref().unwrap_or_default(),
    });
    let (key, value) = match &outcome.error_body {
        Some(text) => ("text", text.as_str()),
        None => ("comment", "only the bodies of errors are kept"),
    };
    content[key] = value.into();
    content
}

/// What was decided, in words.
fn comment(outcome: &Outcome) -> String {
    let verdict = outcome.verdict.map_or("being served", Fate::name);
    let limiter = outcome
        .limiter
        .map(|limiter| format!("by {}", limiter.name()));
    let left = |many: Option<u32>, of: &str| many.map(|many| format!("{many} {of} left"));
    let limits = outcome.left.unwrap_or_default();
    let parts = [
        limiter,
        outcome.reason.clone(),
        left(limits.requests, "requests of the rate"),
        left(limits.slots, "slots"),
    ];
    let parts = std::iter::once(verdict.to_owned()).chain(parts.into_iter().flatten());
    parts.collect::<Vec<_>>().join(", ")
}

fn header(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}
