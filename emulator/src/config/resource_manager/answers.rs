//! The `answers` tables.

pub(in crate::config) mod body;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::config::latency;
use crate::document::Section;
use crate::model::resource_manager::{BodyKind, CustomAnswer, Pattern};

/// How many there may be: each request is held against all of them.
pub(crate) const MOST: usize = 1000;

/// Headers that the server writes itself, for they say how the body is sent, and when.
const OF_THE_SERVER: [&str; 8] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// All answers that can be made out. `folder` is that of the configuration's file; without one, no answer
/// may name a file.
pub(crate) fn read(section: &mut Section, folder: Option<&Path>) -> Vec<Arc<CustomAnswer>> {
    let tables = section.sections("answers");
    if tables.len() > MOST {
        section.refuse("answers", format!("expected {MOST} at most"));
    }
    let mut answers: Vec<Arc<CustomAnswer>> = Vec::new();
    for mut table in tables {
        let Some(answer) = one(&mut table, folder) else {
            continue;
        };
        if let Some(earlier) = answers.iter().find(|earlier| earlier.hides(&answer)) {
            let name = &earlier.name;
            let message = format!(
                "this answer has no effect: `{name}`, which has no `times`, answers every such request \
                 before it"
            );
            table.refuse("path", message);
        }
        answers.push(Arc::new(answer));
    }
    answers
}

fn one(table: &mut Section, folder: Option<&Path>) -> Option<CustomAnswer> {
    let name: Option<String> = table.optional("name");
    if name.as_ref().is_some_and(String::is_empty) {
        table.refuse("name", "expected a name, by which it can be removed");
    }
    let pattern = pattern(table);
    let status = status(table);
    let headers = headers(table);
    let body = body::read(table, folder);
    let times = table.optional("times");
    if times == Some(0) {
        table.refuse("times", "expected a whole number from 1");
    }
    let has_latency = table.offers("latency");
    let latency = has_latency.then(|| latency::service_time(table, "latency"));
    let token = table.optional("token").unwrap_or(true);
    let has_body = body
        .as_ref()
        .is_some_and(|body| body.kind != BodyKind::Nothing);
    let lacks_body = status.is_some_and(|status| CustomAnswer::WITHOUT_BODY.contains(&status));
    if has_body && lacks_body {
        table.refuse("status", "expected no body with 204 and 304");
    }
    let pattern = pattern?;
    let method = pattern.method.as_deref().unwrap_or("ANY");
    Some(CustomAnswer {
        name: name.unwrap_or_else(|| format!("{method} {}", pattern.path)),
        status: status?,
        headers,
        body: body?,
        times,
        latency: latency.flatten(),
        token,
        pattern,
    })
}

fn pattern(table: &mut Section) -> Option<Pattern> {
    let method: Option<String> = table.optional("method");
    let is_method = |method: &String| {
        (1..=16).contains(&method.len()) && method.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    if method.as_ref().is_some_and(|method| !is_method(method)) {
        table.refuse("method", "expected a method in capitals, such as \"PUT\"");
    }
    let query: BTreeMap<String, String> = table.optional("query").unwrap_or_default();
    let path: String = table.required("path")?;
    let pattern = Pattern::new(method, path, query);
    pattern
        .map_err(|expected| table.refuse("path", expected))
        .ok()
}

/// The status of an answer, 200 by default.
pub(in crate::config) fn status(table: &mut Section) -> Option<u16> {
    if !table.offers("status") {
        return Some(CustomAnswer::DEFAULT_STATUS);
    }
    let status = table.optional("status")?;
    let is_final = CustomAnswer::STATUSES.contains(&status);
    if !is_final {
        let (from, to) = (CustomAnswer::STATUSES.start(), CustomAnswer::STATUSES.end());
        table.refuse(
            "status",
            format!("expected {from} to {to}: an answer with 1xx is none yet"),
        );
    }
    is_final.then_some(status)
}

/// The headers of an answer.
pub(in crate::config) fn headers(table: &mut Section) -> BTreeMap<String, String> {
    let headers: BTreeMap<String, String> = table.optional("headers").unwrap_or_default();
    for (name, value) in &headers {
        let own = OF_THE_SERVER.contains(&name.to_ascii_lowercase().as_str());
        if own {
            table.refuse("headers", format!("`{name}`: the server writes it itself"));
        } else if !is_token(name) {
            table.refuse("headers", format!("`{name}` is no name of a header"));
        }
        if !value
            .bytes()
            .all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
        {
            let expected = "expected visible ASCII characters and spaces";
            table.refuse("headers", format!("`{name}`: {expected}"));
        }
    }
    headers
}

/// Whether that can be the name of a header (RFC 9110, 5.6.2).
fn is_token(name: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_token)
}

#[cfg(test)]
mod tests;
