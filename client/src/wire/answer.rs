//! An answer of IMDS, and its outcome for a policy.

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroize;

use super::imds_request::ImdsRequest;
use super::retry_after;
use super::unreadable::Unreadable;
use crate::outcome::{Outcome, RetryAfter};

/// What a transport received.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values; a name can occur more than once.
    pub headers: Vec<(String, String)>,
    /// The whole body, with the token in plain text; it is wiped from memory when this is dropped.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads it as the answer to a request: the attempt's outcome, and the body if it is a 200.
    pub fn read<R: ImdsRequest>(
        &self,
        request: &R,
    ) -> (Outcome, Option<Result<R::Reply, Unreadable>>) {
        if self.status != 200 {
            return (self.refusal(), None);
        }
        let read = request.read(&self.body);
        let outcome = match &read {
            Ok(_) => Outcome::Success,
            Err(_) => Outcome::Malformed,
        };
        (outcome, Some(read))
    }

    fn refusal(&self) -> Outcome {
        Outcome::Status {
            status: self.status,
            retry_after: self.retry_after(),
        }
    }

    /// When it asks for the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> RetryAfter {
        retry_after::read(|name| self.header(name))
    }

    /// The service's own error, if the body has that form.
    #[must_use]
    pub fn service_error(&self) -> Option<ServiceError> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The first value of a header, whose name is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Drop for Answer {
    /// Wipes the body, which may hold a token.
    fn drop(&mut self) {
        self.body.zeroize();
    }
}

impl fmt::Debug for Answer {
    /// Leaves the body out, since it may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}

/// The service's own error: the body of its error answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ServiceError {
    /// A code, such as `invalid_request`.
    pub error: String,
    /// A description, which the documentation says may change.
    #[serde(default)]
    pub error_description: String,
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.error))?;
        if !self.error_description.is_empty() {
            write!(f, ": {}", one_line(&self.error_description))?;
        }
        Ok(())
    }
}

/// Without control characters: text from the network must not end a line or control a terminal. Entra's
/// own descriptions contain line ends.
fn one_line(text: &str) -> String {
    let words = text
        .split(char::is_control)
        .filter(|words| !words.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::TenantRequest;
    use super::*;

    #[test]
    fn an_error_is_one_line_whatever_it_contains() {
        let error = ServiceError {
            error: "invalid_resource".to_owned(),
            error_description: "AADSTS500011: not found.\r\nTrace ID: 1\u{1b}[31m".to_owned(),
        };
        let expected = "invalid_resource: AADSTS500011: not found. Trace ID: 1 [31m";
        assert_eq!(error.to_string(), expected);
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    #[test]
    fn a_200_is_a_success_only_if_what_was_asked_for_is_in_it() {
        let read = |body| answer(200, body).read(&TenantRequest);
        let tenant = Some(Ok("t".to_owned()));
        assert_eq!(read(r#"{"tenantId":"t"}"#), (Outcome::Success, tenant));
        let damaged = Some(Err(Unreadable::NotJson));
        assert_eq!(read(r#"{"tenantId""#), (Outcome::Malformed, damaged));
    }

    #[test]
    fn any_other_status_is_no_success_whatever_its_body() {
        let expected = Outcome::Status {
            status: 429,
            retry_after: RetryAfter::default(),
        };
        let answer = answer(429, r#"{"tenantId":"t"}"#);
        assert_eq!(answer.read(&TenantRequest), (expected, None));
    }

    #[test]
    fn reads_the_services_error() {
        let read = |body| {
            answer(400, body)
                .service_error()
                .map(|error| error.to_string())
        };
        assert_eq!(
            read(r#"{"error":"invalid_request","error_description":"Identity not found"}"#),
            Some("invalid_request: Identity not found".to_owned())
        );
        assert_eq!(read(r#"{"error":"unknown"}"#), Some("unknown".to_owned()));
        assert_eq!(read("Service Unavailable"), None);
    }

    #[test]
    fn its_debug_form_hides_the_body() {
        let text = format!("{:?}", answer(200, r#"{"access_token":"secret"}"#));
        assert!(!text.contains("secret"), "{text}");
    }
}
