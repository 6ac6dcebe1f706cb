//! What the broker answers from memory, and what not.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{GRANTED, METADATA, THROTTLED, TOKEN, answered, broker, plain, settings, status};

const INSTANCE: &str = "/metadata/instance?api-version=2021-02-01";

/// A token for each request to IMDS.
fn numbered(number: usize) -> String {
    GRANTED.replace("a.b.c", &format!("token-{number}"))
}

#[tokio::test]
async fn clients_that_differ_in_one_parameter_get_a_token_each_and_imds_is_sent_what_they_sent() {
    for (one, other) in [
        ("", "&client_id=i"),
        ("&client_id=i", "&client_id=j"),
        ("&client_id=i", "&object_id=i"),
        ("&object_id=i", "&msi_res_id=i"),
        ("&msi_res_id=/a%2fB", "&mi_res_id=/a%2fB"),
        ("&mi_res_id=i", "&mi_res_id=j"),
        ("&authority=https://a/t", "&authority=https://a/u"),
        ("&authority=https://a/t", ""),
        ("&bypass_cache=false", ""),
        ("&unknown=1", "&unknown=2"),
        ("&client_id=", ""),
    ] {
        let served = plain(|number, _| answered(200, &numbered(number))).await;
        let targets = [one, other].map(|more| format!("{TOKEN}{more}"));
        for _ in 0..2 {
            for (number, target) in (1..).zip(&targets) {
                let (head, body) = served.get(target, METADATA).await;
                assert_eq!(status(&head), "200", "{target}");
                let token = format!("\"token-{number}\"");
                assert!(body.contains(&token), "{target}: {body}");
            }
        }
        assert_eq!(served.targets(), targets);
    }
}

#[tokio::test]
async fn another_version_of_the_api_is_another_request() {
    let served = plain(|number, _| answered(200, &numbered(number))).await;
    let newer = TOKEN.replace("2018-02-01", "2021-02-01");
    for target in [TOKEN, &newer, TOKEN, &newer] {
        served.get(target, METADATA).await;
    }
    assert_eq!(served.targets(), [TOKEN, &newer]);
}

#[tokio::test]
async fn a_request_for_a_new_token_is_never_answered_from_memory() {
    let served = plain(|number, _| answered(200, &numbered(number))).await;
    let fresh = ["bypass_cache=true", "claims=%7B%7D"].map(|more| format!("{TOKEN}&{more}"));
    for target in fresh.iter().chain(&fresh) {
        served.get(target, METADATA).await;
    }
    assert_eq!(served.targets(), [&fresh[..], &fresh].concat());
}

#[tokio::test]
async fn fifty_readers_of_the_instance_cost_one_request() {
    let served = Arc::new(plain(|_, _| answered(200, "as it came")).await);
    let mut clients = JoinSet::new();
    for _ in 0..50 {
        let served = Arc::clone(&served);
        clients.spawn(async move { served.get(INSTANCE, METADATA).await });
    }
    for (head, body) in clients.join_all().await {
        assert_eq!((status(&head), &*body), ("200", "as it came"));
        assert!(head.contains("\r\nServer: IMDS/150.870.65.1325"), "{head}");
    }
    assert_eq!(served.targets(), [INSTANCE]);
}

#[tokio::test]
async fn a_reader_of_something_else_of_the_instance_has_an_answer_of_its_own() {
    let served = plain(|number, _| answered(200, &number.to_string())).await;
    let text = format!("{INSTANCE}&format=text");
    let compute = INSTANCE.replace("instance", "instance/compute");
    let accepting = format!("{METADATA}Accept: text/plain\r\n");
    let asking = format!("{METADATA}User-Agent: me\r\nx-ms-client-request-id: 1\r\n");
    for (target, headers, expected) in [
        (INSTANCE, METADATA, "1"),
        (&text, METADATA, "2"),
        (&compute, METADATA, "3"),
        (INSTANCE, &accepting, "4"),
        (INSTANCE, &asking, "1"),
    ] {
        let (_, body) = served.get(target, headers).await;
        assert_eq!(body, expected, "{target} {headers}");
    }
}

#[tokio::test]
async fn events_attested_documents_and_whatever_else_is_never_answered_from_memory() {
    let served = plain(|_, _| answered(200, "{}")).await;
    let targets = [
        "/metadata/scheduledevents?api-version=2020-07-01",
        "/metadata/attested/document?api-version=2020-09-01&nonce=1234567890",
        "/metadata/versions",
        "/metadata/identity/info?api-version=2018-02-01",
    ];
    for target in targets {
        for _ in 0..2 {
            served.get(target, METADATA).await;
        }
    }
    assert_eq!(served.targets(), targets.map(|target| [target; 2]).concat());
}

#[tokio::test]
async fn an_error_about_the_instance_is_not_kept() {
    for code in [429, 404, 500] {
        let answer = move |number, _: &_| match number {
            1 => answered(code, THROTTLED),
            _ => answered(200, "{}"),
        };
        let served = broker("no-retry", settings(), answer).await;
        let (first, _) = served.get(INSTANCE, METADATA).await;
        assert_eq!(status(&first), code.to_string());
        let (second, _) = served.get(INSTANCE, METADATA).await;
        assert_eq!(status(&second), "200");
    }
}
