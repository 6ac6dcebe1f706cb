//! The journal: as JSON, as an HTTP archive, and emptied.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{Deserialize, IntoDeserializer};

use super::failure::Failure;
use super::pages::Pages;
use crate::observe::journal::reading::Reading;
use crate::observe::journal::{Entry, Fate, Filter, har};
use crate::serve::service::Service;

/// `next` is the number that the next request gets: what to ask for `since` to go on.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let reading = begin(&service, query.as_deref())?;
    let now_ms = service.now().as_secs_f64() * 1e3;
    let forgotten = service.observer().journal().forgotten();
    let start = format!(
        r#"{{"next":{},"now_ms":{now_ms},"forgotten":{forgotten},"entries":["#,
        reading.end()
    );
    let pages = Pages::new((start, "]}"), reading, of(service), json);
    Ok(pages.into_response())
}

pub(super) async fn archive(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let reading = begin(&service, query.as_deref())?;
    let base = format!("http://{}", service.addresses().imds);
    let written = move |entry: &Entry| har::one(entry, &base).to_string();
    let pages = Pages::new((har::start(), har::END), reading, of(service), written);
    Ok(pages.into_response())
}

fn of(service: Arc<Service>) -> impl Fn(&mut Reading) -> Option<Vec<Arc<Entry>>> {
    move |reading| reading.page(&service.observer().journal())
}

pub(super) fn json(entry: &impl Serialize) -> String {
    serde_json::to_string(entry).expect("an entry is always JSON")
}

fn begin(service: &Service, query: Option<&str>) -> Result<Reading, Failure> {
    let filter = filter(query)?;
    Ok(Reading::begin(&service.observer().journal(), filter))
}

/// What is forgotten is dropped on a thread that may block: a long journal takes its time.
pub(super) async fn clear(State(service): State<Arc<Service>>) -> StatusCode {
    let forgotten = service.forget();
    tokio::task::spawn_blocking(move || drop(forgotten));
    StatusCode::NO_CONTENT
}

/// Each parameter at most once, and none that is not known.
pub(super) fn filter(query: Option<&str>) -> Result<Filter, Failure> {
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
