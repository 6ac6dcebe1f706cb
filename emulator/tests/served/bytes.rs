//! Whole answers that no other test shows byte for byte.

use crate::raw::{Answer, ask, imds, start};

/// All versions there were until 2025, oldest first (documented).
const VERSIONS: &str = r#"{"apiVersions":["2017-03-01","2017-04-02","2017-08-01","2017-10-01","2017-12-01","2018-02-01","2018-04-02","2018-10-01","2019-02-01","2019-03-11","2019-04-30","2019-06-01","2019-06-04","2019-08-01","2019-08-15","2019-11-01","2020-06-01","2020-07-15","2020-09-01","2020-10-01","2020-12-01","2021-01-01","2021-02-01","2021-03-01","2021-05-01","2021-08-01","2021-10-01","2021-11-01","2021-11-15","2021-12-13","2023-07-01","2023-11-15","2024-03-15","2024-07-17","2025-04-07"]}"#;

const NO_HEADER: &str =
    r#"{"error":"invalid_request","error_description":"Required metadata header not specified"}"#;

/// The value of a text in a JSON document, as it is written there.
fn text<'a>(answer: &'a Answer, key: &str) -> &'a str {
    let rest = answer.body.split_once(&format!(r#""{key}":""#)).unwrap().1;
    rest.split_once('"').unwrap().0
}

#[tokio::test]
async fn the_versions_are_these() {
    let emulator = start("").await;
    let answer = imds(&emulator, "/metadata/versions").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, VERSIONS));
}

#[tokio::test]
async fn an_attested_document_is_two_texts() {
    let emulator = start("").await;
    let answer = imds(
        &emulator,
        "/metadata/attested/document?api-version=2021-02-01",
    )
    .await;
    let signature = text(&answer, "signature");
    let whole = format!(r#"{{"encoding":"pkcs7","signature":"{signature}"}}"#);
    assert_eq!((answer.status, answer.body.as_str()), (200, whole.as_str()));
}

#[tokio::test]
async fn a_probe_without_the_header_finds_only_the_first_version_of_managed_identities() {
    let emulator = start("").await;
    let first = "/metadata/identity/oauth2/token?api-version=2018-02-01";
    let answer = ask(&emulator.imds_url(), "GET", first, &[], "").await;
    assert_eq!((answer.status, answer.body.as_str()), (400, NO_HEADER));
    let second = "/metadata/identity/getplatformmetadata?cred-api-version=2.0";
    let answer = ask(&emulator.imds_url(), "GET", second, &[], "").await;
    let words = r#"{"error":"Not Found"}"#;
    assert_eq!((answer.status, answer.body.as_str()), (404, words));
}

#[tokio::test]
async fn tokens_of_other_protocols_have_their_fields_in_this_order() {
    let emulator = start("").await;
    let ask = async |method: &str, target: &str, headers: &[&str], body: &str| {
        let answer = ask(&emulator.imds_url(), method, target, headers, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
    };
    let target = "/msi/token?api-version=2019-08-01&resource=r";
    let new = ask("GET", target, &["X-IDENTITY-HEADER: imds-emulator"], "").await;
    let (token, id, expires) = (
        text(&new, "access_token"),
        text(&new, "client_id"),
        text(&new, "expires_on"),
    );
    assert_eq!(
        new.body,
        format!(
            r#"{{"access_token":"{token}","client_id":"{id}","expires_on":"{expires}","resource":"r","token_type":"Bearer"}}"#
        )
    );
    let target = "/msi/token?api-version=2017-09-01&resource=r";
    let old = ask("GET", target, &["secret: imds-emulator"], "").await;
    let expires = text(&old, "expires_on");
    assert_eq!(
        old.body,
        format!(
            r#"{{"access_token":"{token}","expires_on":"{expires}","resource":"r","token_type":"Bearer"}}"#
        )
    );
    let shell = "/cloudshell/oauth2/token";
    let shell = ask("POST", shell, &["Metadata: true"], "resource=r").await;
    let (life, expires) = (text(&shell, "expires_in"), text(&shell, "expires_on"));
    let (id, not_before) = (text(&shell, "client_id"), text(&shell, "not_before"));
    assert_eq!(
        shell.body,
        format!(
            r#"{{"access_token":"{token}","client_id":"{id}","expires_in":"{life}","expires_on":"{expires}","ext_expires_in":"86399","not_before":"{not_before}","resource":"r","token_type":"Bearer"}}"#
        )
    );
}

#[tokio::test]
async fn a_fault_answers_in_the_words_of_the_protocol() {
    let emulator = start("[[faults]]\neffect = { status = 500 }").await;
    let target = "/msi/token?api-version=2019-08-01&resource=r";
    let app = ask(&emulator.imds_url(), "GET", target, &[], "").await;
    let id = text(&app, "correlationId");
    let documented = format!(
        r#"{{"statusCode":500,"message":"An unexpected error occured while fetching the AAD Token.","correlationId":"{id}"}}"#
    );
    assert_eq!((app.status, app.body.as_str()), (500, documented.as_str()));
    assert_eq!(app.header("server"), None);
    let arc = imds(&emulator, "/arc/metadata/identity/oauth2/token").await;
    let words = r#"{"error":"server_error","error_description":"The service is not available","error_codes":[500]}"#;
    assert_eq!((arc.status, arc.body.as_str()), (500, words));
    let shell = imds(&emulator, "/cloudshell/oauth2/token").await;
    let words = r#"{"error":{"code":"InternalServerError","message":"The token cannot be had"}}"#;
    assert_eq!((shell.status, shell.body.as_str()), (500, words));
}

#[tokio::test]
async fn a_document_that_was_kept_keeps_its_nonce() {
    for (setting, kept) in [("kept", true), ("fresh", false)] {
        let emulator = start(&format!("attested.nonce = '{setting}'")).await;
        let document = async |nonce: &str| {
            let query = format!("api-version=2021-02-01&nonce={nonce}");
            let target = format!("/metadata/attested/document?{query}");
            imds(&emulator, &target).await.body
        };
        let (first, second) = (document("1111111111").await, document("2222222222").await);
        assert_eq!(first == second, kept, "{setting}");
    }
}
