//! The answer of a fault as bytes: the protocol's, with what the user gives it of its own.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use hyper::ext::ReasonPhrase;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::model::fault::{Comeback, FaultAnswer};
use crate::wire::reply::{Answer, RETRY_AFTER_MS, with_retry_after};
use crate::wire::resource_manager::reply::{Echo, own_body, with_headers};

/// The answer, of which `written` is the protocol's with that status; `since_1970` is the time now.
pub(crate) fn answer(
    written: Answer,
    own: &FaultAnswer,
    echo: &Echo<'_>,
    since_1970: Duration,
) -> Answer {
    let answer = told(with_body(written, own, echo), own.comeback, since_1970);
    with_headers(with_reason(answer, own), &own.headers, echo)
}

/// An error without a body of its own has the protocol's.
fn with_body(written: Answer, own: &FaultAnswer, echo: &Echo<'_>) -> Answer {
    let body = match &own.body {
        Some(body) => own_body(body, echo),
        None if own.status < 400 => Answer::default(),
        None => return written,
    };
    let mut answer = body;
    *answer.status_mut() = StatusCode::from_u16(own.status).expect("200 to 599");
    for (name, value) in written.headers() {
        if name != http::header::CONTENT_TYPE {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

fn with_reason(mut answer: Answer, own: &FaultAnswer) -> Answer {
    let reason = own.reason.as_ref();
    let reason = reason.and_then(|reason| ReasonPhrase::try_from(reason.as_bytes()).ok());
    if let Some(reason) = reason {
        answer.extensions_mut().insert(reason);
    }
    answer
}

fn told(mut answer: Answer, comeback: Option<Comeback>, since_1970: Duration) -> Answer {
    match comeback {
        None => answer,
        Some(Comeback::Seconds(wait)) => with_retry_after(answer, Some(wait)),
        Some(Comeback::Date(wait)) => {
            let date = HeaderValue::from_str(&http_date(since_1970 + wait));
            let date = date.expect("a date is a header value");
            answer.headers_mut().insert(RETRY_AFTER, date);
            answer
        }
        Some(Comeback::Milliseconds(wait)) => {
            let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            let value = HeaderValue::from(milliseconds);
            answer.headers_mut().insert(RETRY_AFTER_MS, value);
            answer
        }
    }
}

fn http_date(since_1970: Duration) -> String {
    let seconds = i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX);
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&time);
    date.expect("a year from 1970 to 9999")
}
