//! What the journal says of answers with retry advice, or that a fault has damaged.

use std::time::Duration;

use serde_json::Value;

use crate::raw::{Answer, admin, ask, imds, start};

const TOKEN: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r";

#[tokio::test]
async fn a_wait_is_known_to_the_millisecond_where_the_answer_says_so() {
    let rate = "{ algorithm = 'fixed-window', requests = 1, window = '1h' }";
    let limits = format!("limits = {{ retry_after = 'exact', other.rate = {rate} }}");
    let emulator = start(&limits).await;
    imds(&emulator, "/metadata/versions").await;
    let refused = imds(&emulator, "/metadata/versions").await;
    let exact = refused.header("x-ms-retry-after-ms").unwrap();
    let told = emulator.journal()[1].outcome.retry_after;
    assert_eq!(told, Some(Duration::from_millis(exact.parse().unwrap())));
    let archive = admin(&emulator, "/journal.har").await.json();
    let entry = &archive["log"]["entries"][1]["response"];
    let seconds = refused.header("Retry-After").unwrap();
    assert_eq!(entry["headers"][0]["value"], seconds);
}

#[tokio::test]
async fn a_fault_that_spoils_an_answer_is_named_and_no_token_is_said_to_be_held() {
    for (effect, held) in [
        ("'truncated'", false),
        ("'malformed'", false),
        ("'content-type'", false),
        ("{ latency = '1ms' }", true),
    ] {
        let emulator = start(&format!("faults = [{{ effect = {effect} }}]")).await;
        imds(&emulator, TOKEN).await;
        let outcome = emulator.journal().pop().unwrap().outcome;
        assert!(effect.contains(&outcome.reason.unwrap()), "{effect}");
        assert_eq!(outcome.token_expires_in.is_some(), held, "{effect}");
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_a_body_is_told_as_json() {
    let emulator = start("").await;
    let put = async |body: &str| -> Answer {
        ask(&emulator.admin_url(), "PUT", "/limits", &[], body).await
    };
    let long = put(&" ".repeat(65 * 1024)).await;
    assert_eq!(long.status, 413);
    assert_eq!(long.json()["error"], "expected at most 64 KiB");
    let no_object = put("[]").await;
    let told = no_object.json()["error"].to_string();
    assert!(told.contains("expected a JSON object"), "{told}");
    assert_eq!(no_object.json()["problems"], Value::Array(Vec::new()));
    let wrong = put(r#"{"check_first":"penalty"}"#).await;
    let problem = &wrong.json()["problems"][0]["message"];
    assert_eq!(problem, "expected \"concurrency\" or \"rate\"");
}

#[tokio::test]
async fn a_journal_of_many_pages_is_one_document() {
    let emulator = start("").await;
    for _ in 0..600 {
        imds(&emulator, "/metadata/versions").await;
    }
    let seen = |document: Value, key: &str| -> Vec<u64> {
        let entries = document.as_array().unwrap().iter();
        entries.map(|entry| entry[key].as_u64().unwrap()).collect()
    };
    let all: Vec<u64> = (1..=600).collect();
    let page = admin(&emulator, "/journal").await.json();
    assert_eq!(page["next"], 601);
    assert_eq!(seen(page["entries"].clone(), "seq"), all);
    let archive = admin(&emulator, "/journal.har").await.json();
    assert_eq!(seen(archive["log"]["entries"].clone(), "_seq"), all);
    let none = admin(&emulator, "/journal?verdict=refused").await.json();
    assert_eq!(none["entries"], Value::Array(Vec::new()));
    let few = admin(&emulator, "/journal?status=200&limit=3&since=300").await;
    assert_eq!(seen(few.json()["entries"].clone(), "seq"), [300, 301, 302]);
}
