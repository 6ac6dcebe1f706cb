//! The journal: as JSON, as an HTTP archive, and emptied.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{Deserialize, IntoDeserializer};
use serde_json::Value;

use super::failure::Failure;
use crate::journal::{Entry, Fate, Filter, har};
use crate::service::Service;

/// A part of the journal.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    /// The number that the next request gets: what to ask for `since` to go on.
    next: u64,
    /// The time since the run's start.
    now_ms: f64,
    entries: Vec<Entry>,
}

pub(super) async fn list(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Page>, Failure> {
    let filter = filter(query.as_deref())?;
    let journal = service.observer().journal();
    Ok(Json(Page {
        next: journal.next(),
        now_ms: service.now().as_secs_f64() * 1e3,
        entries: journal.select(&filter),
    }))
}

/// Made on a thread that may block: a long journal takes its time.
pub(super) async fn archive(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Failure> {
    let filter = filter(query.as_deref())?;
    let making = tokio::task::spawn_blocking(move || {
        let entries = service.observer().journal().select(&filter);
        let base = format!("http://{}", service.config().listen);
        har(&entries, &base)
    });
    Ok(Json(making.await.expect("writing does not panic")))
}

pub(super) async fn clear(State(service): State<Arc<Service>>) -> StatusCode {
    service.observer().journal().clear();
    StatusCode::NO_CONTENT
}

/// Each parameter at most once, and none that is not known.
fn filter(query: Option<&str>) -> Result<Filter, Failure> {
    let mut filter = Filter::ALL;
    let mut seen = Vec::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "since" => filter.since = number(&name, &value)?,
            "limit" => filter.limit = number(&name, &value)?,
            "status" => filter.status = Some(number(&name, &value)?),
            "verdict" => filter.verdict = Some(verdict(&value)?),
            _ => return Err(unknown(&name)),
        }
        if seen.contains(&name) {
            return Err(Failure::bad_request(format!("{name}: given twice")));
        }
        seen.push(name);
    }
    Ok(filter)
}

/// Digits only: `parse` would take a plus sign, too.
fn number<T: FromStr>(name: &str, value: &str) -> Result<T, Failure> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| digits);
    number.ok_or_else(|| Failure::bad_request(format!("{name}: expected a whole number")))
}

fn verdict(value: &str) -> Result<Fate, Failure> {
    let value: StrDeserializer<'_, Error> = value.into_deserializer();
    Fate::deserialize(value).map_err(|error| Failure::bad_request(format!("verdict: {error}")))
}

fn unknown(name: &str) -> Failure {
    let known = "limit, since, status, verdict";
    Failure::bad_request(format!("{name}: unknown, expected one of {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_what_the_query_says() {
        let read = filter(Some("since=7&status=429&verdict=refused&limit=3")).unwrap();
        let expected = Filter {
            since: 7,
            status: Some(429),
            verdict: Some(Fate::Refused),
            limit: 3,
        };
        assert_eq!(read, expected);
        assert_eq!(filter(None).unwrap(), Filter::ALL);
    }

    #[test]
    fn a_wrong_query_is_told() {
        for query in [
            "since=x",
            "since=-1",
            "since=%2B1",
            "status=99999",
            "verdict=maybe",
            "sicne=1",
            "limit=1&limit=2",
        ] {
            assert!(filter(Some(query)).is_err(), "{query}");
        }
    }
}
