//! Bytes on the wire: what every client of IMDS relies on.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use imds_tests::raw::{self, Answer};
use imds_tests::{emulator, raw::exchange};
use serde_json::{Value, json};

const TOKEN_PATH: &str = "/metadata/identity/oauth2/token";
const METADATA: &str = "Metadata: true\r\n";
const QUICK: &str = r#"latency = { token_cold = "0s", token_warm = "0s", other = "0s" }"#;

async fn ask(config: &str, query: &str) -> Answer {
    raw::token(&emulator(&format!("{QUICK}\n{config}")).await, query).await
}

async fn ask_at(target: &str, headers: &str) -> Answer {
    raw::get(&emulator(QUICK).await, target, headers).await
}

fn assert_error(answer: &Answer, status: u16, body: &str) {
    assert_eq!((answer.status(), answer.body.as_str()), (status, body));
    assert_eq!(answer.headers["content-length"], body.len().to_string());
    assert_eq!(
        answer.headers["content-type"],
        "application/json; charset=utf-8"
    );
    assert!(answer.headers["server"].starts_with("IMDS/"));
}

fn claims(answer: &Answer) -> Value {
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let token = body["access_token"].as_str().expect("a token");
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "a signed JWT has three parts");
    let payload = BASE64_URL_SAFE_NO_PAD.decode(parts[1]).expect("base64url");
    serde_json::from_slice(&payload).expect("JSON")
}

#[tokio::test]
async fn a_token_answer_has_these_bytes() {
    let answer = ask("", "resource=https%3A%2F%2Fvault.azure.net").await;
    assert_eq!(answer.status_line, "HTTP/1.1 200 OK");
    let names: Vec<&str> = answer.headers.keys().map(String::as_str).collect();
    let expected = [
        "connection",
        "content-length",
        "content-type",
        "date",
        "server",
        "x-ms-request-id",
    ];
    assert_eq!(names, expected);
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let field = |name: &str| {
        body[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name} is a string"))
    };
    let compact = format!(
        concat!(
            r#"{{"access_token":"{}","client_id":"{}","expires_in":"{}","expires_on":"{}","#,
            r#""ext_expires_in":"86399","not_before":"{}","resource":"https://vault.azure.net","token_type":"Bearer"}}"#
        ),
        field("access_token"),
        field("client_id"),
        field("expires_in"),
        field("expires_on"),
        field("not_before"),
    );
    assert_eq!(answer.body, compact);
    assert_eq!(answer.headers["content-length"], compact.len().to_string());
}

#[tokio::test]
async fn the_window_of_a_token_is_86700_seconds_wide() {
    let answer = ask("", "resource=r").await;
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let number = |name: &str| {
        body[name]
            .as_str()
            .and_then(|text| text.parse::<u64>().ok())
            .expect("digits in a string")
    };
    assert_eq!(number("expires_on") - number("not_before"), 86_700);
    assert!(
        (86_390..=86_400).contains(&number("expires_in")),
        "fresh: {}",
        number("expires_in")
    );
    let claims = claims(&answer);
    assert_eq!(claims["exp"], json!(number("expires_on")));
    assert_eq!(
        (&claims["nbf"], &claims["iat"]),
        (&json!(number("not_before")), &json!(number("not_before")))
    );
}

#[tokio::test]
async fn the_claims_name_tenant_audience_and_an_issuer_of_our_own() {
    let config = r#"tenant_id = "11111111-2222-4333-8444-555555555555""#;
    let claims = claims(&ask(config, "resource=https://x.example/").await);
    assert_eq!(claims["aud"], "https://x.example/");
    assert_eq!(claims["tid"], "11111111-2222-4333-8444-555555555555");
    let issuer = claims["iss"].as_str().expect("an issuer");
    assert!(issuer.starts_with("http://127.0.0.1:"), "{issuer}");
    assert!(issuer.ends_with("/11111111-2222-4333-8444-555555555555/"));
    assert_eq!(claims["xms_emulator"], "imds-emulator");
}

#[tokio::test]
async fn a_refusal_has_90_bytes_no_reason_and_no_retry_after() {
    let emulator = emulator(&format!(
        "{QUICK}\nlimits = {{ identity = {{ rate = {{ requests = 1, window = \"1h\" }} }} }}"
    ))
    .await;
    assert_eq!(raw::token(&emulator, "resource=r").await.status(), 200);
    let answer = raw::token(&emulator, "resource=r").await;
    assert_eq!(answer.status_line, "HTTP/1.1 429 ");
    let names: Vec<&str> = answer.headers.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "connection",
            "content-length",
            "content-type",
            "date",
            "server"
        ]
    );
    let body = r#"{"error":"invalid_request","error_description":"Temporarily throttled, too many requests"}"#;
    assert_eq!(body.len(), 90);
    assert_error(&answer, 429, body);
}

#[tokio::test]
async fn a_request_without_the_metadata_header_is_told_so() {
    let body = r#"{"error":"invalid_request","error_description":"Required metadata header not specified"}"#;
    assert_eq!(body.len(), 88);
    let with_query = format!("{TOKEN_PATH}?api-version=2018-02-01&resource=r");
    assert_error(&ask_at(&with_query, "").await, 400, body);
    // As the JavaScript probe asks.
    assert_error(&ask_at(TOKEN_PATH, "").await, 400, body);
    assert_error(&ask_at(&with_query, "Metadata: false\r\n").await, 400, body);
    let elsewhere = r#"{ "error": "Bad request: . Required metadata header not specified" }"#;
    assert_error(&ask_at("/metadata/versions", "").await, 400, elsewhere);
}

#[tokio::test]
async fn the_metadata_header_is_compared_without_case() {
    for header in [
        "Metadata: true\r\n",
        "metadata: True\r\n",
        "METADATA: TRUE\r\n",
    ] {
        let answer = ask_at(
            &format!("{TOKEN_PATH}?api-version=2018-02-01&resource=r"),
            header,
        )
        .await;
        assert_eq!(answer.status(), 200, "{header}");
    }
}

#[tokio::test]
async fn forwarded_and_ambiguous_requests_are_refused() {
    let target = format!("{TOKEN_PATH}?api-version=2018-02-01&resource=r");
    let forwarded = ask_at(&target, "Metadata: true\r\nX-Forwarded-For: 10.0.0.1\r\n").await;
    assert_eq!(forwarded.status(), 400);
    assert_eq!(ask("", "resource=r&resource=s").await.status(), 400);
}

#[tokio::test]
async fn a_missing_resource_or_version_is_named() {
    let body = r#"{"error":"invalid_request","error_description":"Required query variable 'resource' is missing"}"#;
    assert_error(&ask("", "").await, 400, body);
    let no_version = ask_at(&format!("{TOKEN_PATH}?resource=r"), METADATA).await;
    assert_eq!(no_version.status(), 400);
    assert!(
        no_version.body.contains("api-version"),
        "{}",
        no_version.body
    );
}

#[tokio::test]
async fn every_version_that_clients_send_is_served() {
    for version in [
        "2018-02-01",
        "2019-08-01",
        "2019-08-15",
        "2021-02-01",
        "2023-07-01",
    ] {
        let target = format!("{TOKEN_PATH}?api-version={version}&resource=r");
        assert_eq!(ask_at(&target, METADATA).await.status(), 200, "{version}");
    }
}

const TWO_IDENTITIES: &str = r#"
    system_assigned = false
    identities = [
        { name = "a", client_id = "aaaaaaaa-0000-4000-8000-000000000001", object_id = "aaaaaaaa-0000-4000-8000-000000000002", resource_id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a" },
        { name = "b", client_id = "bbbbbbbb-0000-4000-8000-000000000001" },
    ]
"#;

#[tokio::test]
async fn an_identity_is_found_by_every_selector_that_clients_send() {
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a";
    let encoded = id.replace('/', "%2F");
    for selector in [
        "client_id=aaaaaaaa-0000-4000-8000-000000000001".to_owned(),
        "client_id=AAAAAAAA-0000-4000-8000-000000000001".to_owned(),
        "object_id=aaaaaaaa-0000-4000-8000-000000000002".to_owned(),
        format!("msi_res_id={id}"),
        format!("msi_res_id={encoded}"),
        format!("mi_res_id={encoded}"),
        format!("resource_id={id}"),
    ] {
        let answer = ask(TWO_IDENTITIES, &format!("resource=r&{selector}")).await;
        assert_eq!(answer.status(), 200, "{selector}: {}", answer.body);
        assert_eq!(
            claims(&answer)["appid"],
            "aaaaaaaa-0000-4000-8000-000000000001"
        );
    }
}

#[tokio::test]
async fn an_unknown_identity_is_not_found() {
    let body = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
    assert_eq!(body.len(), 68);
    let unknown = "resource=r&client_id=cccccccc-0000-4000-8000-000000000001";
    assert_error(&ask(TWO_IDENTITIES, unknown).await, 400, body);
    assert_error(
        &ask("system_assigned = false", "resource=r").await,
        400,
        body,
    );
}

#[tokio::test]
async fn several_identities_must_be_told_apart() {
    let body = concat!(
        r#"{"error":"invalid_request","error_description":"Multiple user assigned identities exist, "#,
        r#"please specify the clientId / resourceId of the identity in the token request"}"#
    );
    assert_error(&ask(TWO_IDENTITIES, "resource=r").await, 400, body);
}

#[tokio::test]
async fn the_only_user_assigned_identity_is_the_default() {
    let config = r#"
        system_assigned = false
        identities = [{ name = "only", client_id = "aaaaaaaa-0000-4000-8000-000000000001" }]
    "#;
    let answer = ask(config, "resource=r").await;
    assert_eq!(
        claims(&answer)["appid"],
        "aaaaaaaa-0000-4000-8000-000000000001"
    );
}

#[tokio::test]
async fn paths_are_taken_as_clients_write_them() {
    let query = "?api-version=2018-02-01&resource=r";
    for path in [
        "/metadata/identity/oauth2/token/",
        "//metadata/identity/oauth2/token",
        "//metadata/identity/oauth2/token/",
        "/Metadata/Identity/OAuth2/Token",
        "http://169.254.169.254/metadata/identity/oauth2/token",
    ] {
        assert_eq!(
            ask_at(&format!("{path}{query}"), METADATA).await.status(),
            200,
            "{path}"
        );
    }
}

#[tokio::test]
async fn errors_below_identity_have_the_identity_shape_but_for_paths_that_it_has_not() {
    let emulator = emulator(QUICK).await;
    let post = "POST /metadata/identity/oauth2/token HTTP/1.1\r\nHost: imds\r\nConnection: close\r\nMetadata: true\r\nContent-Length: 0\r\n\r\n";
    exchange(&emulator, post).await.assert_is(
        405,
        r#"{"error":"method_not_allowed","error_description":"Http method isn't allowed: Path = \"/metadata/identity/oauth2/token\", Method = \"POST\""}"#,
    );
    let nothing = "/metadata/identity/nothing?api-version=2018-02-01";
    let unknown = raw::get(&emulator, nothing, METADATA).await;
    unknown.assert_is(404, r#"{"error":"Not Found"}"#);
}

#[tokio::test]
async fn a_held_token_is_answered_again_with_the_time_that_is_left() {
    let emulator = emulator(QUICK).await;
    let token = |answer: &Answer| {
        serde_json::from_str::<Value>(&answer.body).expect("JSON")["access_token"].clone()
    };
    let first = raw::token(&emulator, "resource=r").await;
    let again = raw::token(&emulator, "resource=r").await;
    let other = raw::token(&emulator, "resource=s").await;
    assert_eq!(token(&first), token(&again));
    assert_ne!(token(&first), token(&other));
}

#[tokio::test]
async fn requests_that_fail_validation_are_not_charged() {
    let emulator = emulator(&format!(
        "{QUICK}\nlimits = {{ identity = {{ rate = {{ requests = 1, window = \"1h\" }} }} }}"
    ))
    .await;
    for _ in 0..5 {
        assert_eq!(raw::token(&emulator, "").await.status(), 400);
        assert_eq!(
            raw::token(&emulator, "resource=r&client_id=none")
                .await
                .status(),
            400
        );
    }
    assert_eq!(raw::token(&emulator, "resource=r").await.status(), 200);
}

#[tokio::test]
async fn whole_seconds_can_be_told_when_asked() {
    let config = r#"limits = { retry_after = "whole-seconds", identity = { rate = { requests = 1, window = "90s" } } }"#;
    let emulator = emulator(&format!("{QUICK}\n{config}")).await;
    raw::token(&emulator, "resource=r").await;
    let refused = raw::token(&emulator, "resource=r").await;
    let seconds: u64 = refused.headers["retry-after"]
        .parse()
        .expect("whole seconds");
    assert!((60..=90).contains(&seconds), "{seconds}");
}
