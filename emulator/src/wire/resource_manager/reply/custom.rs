//! An answer of the user's own as bytes.
//!
//! `{{base}}` in a header or in a body that is text stands for the URL by which the client addresses the
//! stub, `{{path}}` for the path that it asked for, `{{1}}` for that path's first segment, and so on.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};

use super::shape::with_left;
use crate::model::resource_manager::{BodyKind, CustomAnswer, CustomBody, Left};
use crate::wire::reply::Answer;

/// What an answer may repeat of its request.
pub(crate) struct Echo<'a> {
    /// The URL by which the client addresses the stub, without a slash at the end.
    pub(crate) base: &'a str,
    /// The path as it was sent.
    pub(crate) path: &'a str,
}

/// Its status and body; its headers come last, by [`with_headers`].
pub(crate) fn custom(answer: &CustomAnswer, left: Option<Left>, echo: &Echo<'_>) -> Answer {
    let mut written = with_left(own_body(&answer.body, echo), left);
    *written.status_mut() = StatusCode::from_u16(answer.status).expect("200 to 599");
    written
}

/// 200 with that body.
pub(crate) fn own_body(body: &CustomBody, echo: &Echo<'_>) -> Answer {
    match body.kind {
        BodyKind::Nothing => Answer::default(),
        BodyKind::Json => typed("application/json; charset=utf-8", echo.json(&body.bytes)),
        BodyKind::Text => typed("text/plain; charset=utf-8", echo.text(&body.bytes)),
        BodyKind::Bytes => typed("application/octet-stream", body.bytes.clone()),
    }
}

/// With the headers of its own, in place of those of the same name.
pub(crate) fn with_headers(
    mut written: Answer,
    headers: &BTreeMap<String, String>,
    echo: &Echo<'_>,
) -> Answer {
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_str(&echo.filled(value, Cow::Borrowed));
        if let (Ok(name), Ok(value)) = (name, value) {
            written.headers_mut().insert(name, value);
        }
    }
    written
}

fn typed(kind: &'static str, body: Vec<u8>) -> Answer {
    let mut answer = Answer::new(body.into());
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

impl Echo<'_> {
    fn text(&self, body: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(body);
        self.filled(&text, Cow::Borrowed).into_bytes()
    }

    /// What is repeated stands within a string of JSON, as a rule.
    fn json(&self, body: &[u8]) -> Vec<u8> {
        let escaped = |text| {
            let quoted = serde_json::Value::from(text).to_string();
            Cow::Owned(quoted[1..quoted.len() - 1].to_owned())
        };
        let text = String::from_utf8_lossy(body);
        self.filled(&text, escaped).into_bytes()
    }

    /// What is in double braces and unknown stays as it is.
    fn filled<'t>(&'t self, text: &str, escaped: fn(&'t str) -> Cow<'t, str>) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            filled += before;
            let known = after.split_once("}}");
            let known = known.and_then(|(name, after)| Some((self.named(name.trim())?, after)));
            rest = if let Some((value, after)) = known {
                filled += &escaped(value);
                after
            } else {
                filled += "{{";
                after
            };
        }
        filled + rest
    }

    fn named(&self, name: &str) -> Option<&str> {
        match name {
            "base" => Some(self.base),
            "path" => Some(self.path),
            number => {
                let index = number.parse::<usize>().ok()?.checked_sub(1)?;
                let mut segments = self.path.split('/').filter(|segment| !segment.is_empty());
                segments.nth(index)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_braces_is_repeated_and_escaped_in_json_alone() {
        let echo = Echo {
            base: "http://a:1",
            path: "/subscriptions/s\"/x",
        };
        let filled = |text: &str| String::from_utf8(echo.text(text.as_bytes())).unwrap();
        assert_eq!(
            filled("{{base}}{{ path }}"),
            "http://a:1/subscriptions/s\"/x"
        );
        assert_eq!(
            filled("{{2}} {{9}} {{0}} {{x}} {{"),
            "s\" {{9}} {{0}} {{x}} {{"
        );
        let json = echo.json(br#"{"id":"{{path}}","a":{"b":{}}}"#);
        let expected = br#"{"id":"/subscriptions/s\"/x","a":{"b":{}}}"#;
        assert_eq!(json, expected);
    }
}
