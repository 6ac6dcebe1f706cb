//! Every error, byte for byte, in the shapes of both categories.

use super::*;
use crate::model::fault::Effect;

/// The two shapes: of identities, and of all else.
fn shapes(code: &str, words: &str) -> [String; 2] {
    let words = serde_json::Value::from(words);
    [
        format!(r#"{{"error":"{code}","error_description":{words}}}"#),
        format!(r#"{{ "error": {words} }}"#),
    ]
}

/// Flaws, each with its status, its code of identities, and its words.
const FLAWS: [(Flaw, u16, &str, &str); 12] = [
    (
        Flaw::Forwarded,
        400,
        "invalid_request",
        "Bad request. The header X-Forwarded-For is not allowed",
    ),
    (
        Flaw::ParameterRepeated,
        400,
        "invalid_request",
        "Bad request. A query parameter was given more than once",
    ),
    (
        Flaw::ResourceMissing,
        400,
        "invalid_request",
        "Required query variable 'resource' is missing",
    ),
    (
        Flaw::SelectorsMixed,
        400,
        "invalid_request",
        "Bad request. More than one identity was specified",
    ),
    (
        Flaw::IdentityNotFound,
        400,
        "invalid_request",
        "Identity not found",
    ),
    (
        Flaw::SeveralIdentities,
        400,
        "invalid_request",
        "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
    ),
    (Flaw::ElementUnknown, 404, "not_found", "Not found"),
    (
        Flaw::LeafAsJson,
        400,
        "invalid_request",
        "Bad request. A single value is to be had with format=text only",
    ),
    (
        Flaw::NonceInvalid,
        400,
        "invalid_request",
        "Bad request. nonce is not up to 32 letters and digits",
    ),
    (
        Flaw::BodyTooLong,
        400,
        "invalid_request",
        "Bad request. The body is too long",
    ),
    (
        Flaw::BodyInvalid,
        400,
        "invalid_request",
        "Bad request. The body is not what was expected",
    ),
    (
        Flaw::EventUnknown,
        400,
        "invalid_request",
        "Bad request. An EventId is not known",
    ),
];

#[test]
fn every_flaw_has_these_words() {
    for (flaw, status, code, words) in FLAWS {
        let [identity, other] = shapes(code, words);
        assert_eq!(body(Category::Identity, flaw), (status, identity));
        assert_eq!(body(Category::Other, flaw), (status, other));
    }
}

#[test]
fn what_takes_post_too_says_so() {
    let (status, headers, body) = read(flawed(&head(Category::Other), Flaw::NeitherGetNorPost));
    assert_eq!(
        (status, headers),
        (405, vec!["allow: GET, POST".to_owned()])
    );
    assert_eq!(
        body,
        r#"{ "error": "Http method isn't allowed: Path = \"/metadata/Other\", Method = \"GET\"" }"#
    );
}

#[test]
fn every_outage_has_these_words() {
    let outages = [
        (404, "not_found", "Not found"),
        (408, "timeout", "The request timed out"),
        (410, "gone", "The service is being updated. Retry later"),
        (
            429,
            "invalid_request",
            "Temporarily throttled, too many requests",
        ),
        (
            500,
            "unknown",
            "Failed to retrieve token from the Active directory",
        ),
        (502, "bad_gateway", "Bad gateway"),
        (
            503,
            "service_unavailable",
            "Internal service unavailable. Retry later",
        ),
        (504, "timeout", "Gateway timeout"),
    ];
    assert_eq!(outages.map(|(status, ..)| status), Effect::STATUSES);
    for (status, code, words) in outages {
        let [identity, other] = shapes(code, words);
        let answered = |category| read(outage(category, status));
        assert_eq!(answered(Category::Identity), (status, vec![], identity));
        assert_eq!(answered(Category::Other), (status, vec![], other));
    }
}
