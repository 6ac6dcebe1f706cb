//! The answer of a fault: a status, and what it has of its own.

use std::sync::Arc;
use std::time::Duration;

use super::length::length;
use crate::config::resource_manager::answers::{body, headers, status};
use crate::document::Section;
use crate::model::fault::{Comeback, Effect, FaultAnswer, Later};
use crate::model::resource_manager::{BodyKind, CustomAnswer, CustomBody};

/// What goes with a status only.
pub(super) const OWN: [&str; 5] = ["reason", "headers", "body", "retry_after", "retry_after_as"];

pub(super) fn read(table: &mut Section) -> Option<Effect> {
    let is_plain = !["reason", "headers", "body"]
        .into_iter()
        .any(|key| table.offers(key));
    let reason = reason(table);
    let headers = headers(table);
    let has_body = table.offers("body");
    let body = has_body.then(|| body::written(table));
    let comeback = comeback(table);
    let status = status(table);
    let lacks_body = status.is_some_and(|status| CustomAnswer::WITHOUT_BODY.contains(&status));
    let is_filled = |body: &CustomBody| body.kind != BodyKind::Nothing;
    if lacks_body
        && body
            .as_ref()
            .and_then(Option::as_ref)
            .is_some_and(is_filled)
    {
        table.refuse("status", "expected no body with 204 and 304");
    }
    let (status, body) = (status?, body.map_or(Some(None), |body| body.map(Some))?);
    Some(match comeback {
        None if is_plain && status >= 300 => Effect::Status(status),
        Some(Comeback::Seconds(retry_after)) if is_plain && status >= 300 => Effect::Later(Later {
            status,
            retry_after,
        }),
        comeback => Effect::Answer(Arc::new(FaultAnswer {
            status,
            reason,
            headers,
            body,
            comeback,
        })),
    })
}

fn reason(table: &mut Section) -> Option<String> {
    let reason: Option<String> = table.optional("reason");
    let is_phrase = |reason: &String| {
        let mut bytes = reason.bytes();
        bytes.all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
    };
    if reason.as_ref().is_some_and(|reason| !is_phrase(reason)) {
        table.refuse("reason", "expected visible ASCII characters and spaces");
    }
    reason
}

fn comeback(table: &mut Section) -> Option<Comeback> {
    if !table.offers("retry_after") {
        if table.offers("retry_after_as") {
            table.forbid("retry_after_as", "expected only with retry_after");
        }
        return None;
    }
    let has_form = table.offers("retry_after_as");
    let form = has_form.then(|| table.optional::<String>("retry_after_as"));
    let form = form.map_or(Some("seconds".to_owned()), |form| form);
    let wait = length(table, "retry_after")?;
    let form: fn(Duration) -> Comeback = match form.as_deref() {
        Some("seconds") => Comeback::Seconds,
        Some("date") => Comeback::Date,
        Some("milliseconds") => Comeback::Milliseconds,
        Some(_) => {
            let expected = "expected \"seconds\", \"date\" or \"milliseconds\"";
            table.refuse("retry_after_as", expected);
            return None;
        }
        None => return None,
    };
    let comeback = form(wait);
    let is_exact = matches!(comeback, Comeback::Milliseconds(_));
    if !is_exact && wait.subsec_nanos() != 0 {
        table.refuse("retry_after", "expected whole seconds, such as \"2s\"");
    }
    if is_exact && wait.subsec_nanos() % 1_000_000 != 0 {
        table.refuse(
            "retry_after",
            "expected whole milliseconds, such as \"250ms\"",
        );
    }
    Some(comeback)
}
