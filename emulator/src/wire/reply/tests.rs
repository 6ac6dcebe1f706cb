mod words;

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::ext::ReasonPhrase;

use super::shape::JSON;
use super::*;
use crate::model::limit::{Left, Limiter};
use crate::wire::head::get;

/// Status, sorted headers without the content type (which is always the same), and body.
fn read(answer: Answer) -> (u16, Vec<String>, String) {
    let (mut parts, body) = answer.into_parts();
    assert_eq!(parts.headers.remove(CONTENT_TYPE).as_ref(), Some(&JSON));
    let header =
        |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
    let mut headers: Vec<String> = parts.headers.iter().map(header).collect();
    headers.sort();
    let body = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(body.collect())
        .unwrap();
    (
        parts.status.as_u16(),
        headers,
        String::from_utf8(body.to_bytes().to_vec()).unwrap(),
    )
}

/// Requests of both categories, with words that JSON must escape.
fn head(category: Category) -> Head {
    get(match category {
        Category::Identity => "/metadata/identity/X/%22",
        Category::Other => "/metadata/Other?format=a%22b",
    })
}

fn body(category: Category, flaw: Flaw) -> (u16, String) {
    let (status, _, body) = read(flawed(&head(category), flaw));
    (status, body)
}

const RATE: Refusal = Refusal {
    limiter: Limiter::Rate,
    left: Left {
        requests: Some(0),
        slots: Some(5),
    },
    retry_after: None,
    retry_after_ms: None,
};

#[test]
fn what_an_endpoint_says_is_compact_json_and_may_bear_an_id() {
    let said = || json(&serde_json::json!({ "a": [1, "b"] }));
    let body = r#"{"a":[1,"b"]}"#.to_owned();
    assert_eq!(read(said()), (200, vec![], body.clone()));
    let headers = vec!["x-ms-request-id: 1".to_owned()];
    assert_eq!(read(identified(said(), "1")), (200, headers, body));
}

#[test]
fn text_is_said_to_be_text() {
    let answer = text("a\nb".to_owned());
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[CONTENT_TYPE], TEXT);
}

#[test]
fn a_throttled_identity_request_gets_the_captured_ninety_bytes() {
    let answer = throttled(Category::Identity, RATE, false);
    let phrase = answer
        .extensions()
        .get::<ReasonPhrase>()
        .map(ReasonPhrase::as_bytes);
    assert_eq!(phrase, Some(b"".as_slice()));
    let (status, headers, body) = read(answer);
    assert_eq!((status, headers, body.len()), (429, vec![], 90));
    assert_eq!(
        body,
        r#"{"error":"invalid_request","error_description":"Temporarily throttled, too many requests"}"#
    );
}

#[test]
fn another_throttled_request_gets_its_category_s_shape() {
    let (_, _, body) = read(throttled(Category::Other, RATE, false));
    assert_eq!(
        body,
        r#"{ "error": "Temporarily throttled, too many requests" }"#
    );
}

#[test]
fn a_refusal_names_limiter_and_time_only_if_set_so() {
    let retry_after = Some(Duration::from_secs(3));
    let refusal = Refusal {
        limiter: Limiter::Concurrency,
        retry_after,
        retry_after_ms: Some(Duration::from_millis(2001)),
        ..RATE
    };
    let (_, headers, _) = read(throttled(Category::Identity, refusal, true));
    assert_eq!(
        headers,
        [
            "retry-after: 3",
            "x-imds-emulator-limiter: concurrency",
            "x-ms-retry-after-ms: 2001"
        ]
    );
}

#[test]
fn a_missing_metadata_header_is_answered_in_each_category_s_captured_words() {
    let (status, identity) = body(Category::Identity, Flaw::MetadataHeaderMissing);
    assert_eq!((status, identity.len()), (400, 88));
    assert_eq!(
        identity,
        r#"{"error":"invalid_request","error_description":"Required metadata header not specified"}"#
    );
    let other = r#"{ "error": "Bad request: . Required metadata header not specified" }"#;
    assert_eq!(
        body(Category::Other, Flaw::MetadataHeaderMissing),
        (400, other.to_owned())
    );
}

#[test]
fn an_unknown_identity_gets_the_captured_sixty_eight_bytes() {
    let (status, body) = body(Category::Identity, Flaw::IdentityNotFound);
    assert_eq!((status, body.len()), (400, 68));
    assert_eq!(
        body,
        r#"{"error":"invalid_request","error_description":"Identity not found"}"#
    );
}

#[test]
fn what_is_not_there_and_what_is_not_allowed_name_path_and_method() {
    assert_eq!(
        body(Category::Other, Flaw::PathUnknown),
        (
            404,
            r#"{ "error": "API isn't found: Path = \"/metadata/Other\", Method = \"GET\"" }"#
                .to_owned()
        )
    );
    let (status, headers, body) = read(flawed(&head(Category::Identity), Flaw::MethodNotAllowed));
    assert_eq!((status, headers), (405, vec!["allow: GET".to_owned()]));
    assert_eq!(
        body,
        r#"{"error":"method_not_allowed","error_description":"Http method isn't allowed: Path = \"/metadata/identity/X/%22\", Method = \"GET\""}"#
    );
}

#[test]
fn a_request_without_a_valid_version_gets_the_newest_listed() {
    let text = "Bad request. api-version is invalid or was not specified in the request. \
                For more information refer to aka.ms/azureimds";
    let newest = r#"["2025-04-07","2024-07-17","2024-03-15"]"#;
    assert_eq!(
        body(Category::Other, Flaw::VersionInvalid),
        (
            400,
            format!(r#"{{"error":"{text}","newest-versions":{newest}}}"#)
        )
    );
    assert_eq!(
        body(Category::Identity, Flaw::VersionInvalid),
        (
            400,
            format!(r#"{{"error":"invalid_request","error_description":"{text}"}}"#)
        )
    );
}

#[test]
fn scheduled_events_without_a_version_get_the_newest_of_their_own() {
    let (status, body) = body(Category::Other, Flaw::EventsVersionMissing);
    assert_eq!(status, 400);
    let newest = r#""newest-versions":["2020-07-01","2019-08-01","2019-04-01"]}"#;
    assert!(body.ends_with(newest), "{body}");
}

#[test]
fn what_was_captured_bare_is_bare() {
    assert_eq!(
        body(Category::Identity, Flaw::PathUnknown),
        (404, r#"{"error":"Not Found"}"#.to_owned())
    );
    assert_eq!(
        body(Category::Other, Flaw::EventsVersionUnknown),
        (404, r#"{"error":"Not found"}"#.to_owned())
    );
}

#[test]
fn a_value_that_is_not_allowed_is_named() {
    assert_eq!(
        body(Category::Other, Flaw::ValueNotAllowed("format")),
        (
            400,
            r#"{ "error": "Parameter value \"a\"b\" isn't allowed for parameter \"format\". Fix the request and retry." }"#.to_owned()
        )
    );
}

#[test]
fn a_vm_without_a_load_balancer_says_so() {
    let (status, body) = body(Category::Other, Flaw::LoadBalancerMissing);
    assert_eq!(status, 404);
    assert_eq!(
        body,
        r#"{ "error": "No load balancer metadata is found. Please check if your VM is using any non-basic SKU load balancer and retry later." }"#
    );
}

#[test]
fn a_429_of_a_fault_is_that_of_the_limiter() {
    let fault = read(outage(Category::Identity, 429));
    assert_eq!(fault, read(throttled(Category::Identity, RATE, false)));
}
