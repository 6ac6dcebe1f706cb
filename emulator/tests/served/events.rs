//! Scheduled events from announcement to end, over both ports.

use imds_emulator::Emulator;

use crate::raw::{Answer, ask, imds, start};

const PATH: &str = "/metadata/scheduledevents?api-version=2020-07-01";

async fn approve(emulator: &Emulator, body: &str) -> Answer {
    ask(
        &emulator.imds_url(),
        "POST",
        PATH,
        &["Metadata: true"],
        body,
    )
    .await
}

async fn announce(emulator: &Emulator, body: &str) -> Answer {
    ask(&emulator.admin_url(), "POST", "/scheduledevents", &[], body).await
}

#[tokio::test]
async fn an_event_is_announced_approved_and_gone() {
    let emulator = start("").await;
    let idle = imds(&emulator, PATH).await;
    assert_eq!(idle.body, r#"{"DocumentIncarnation":0,"Events":[]}"#);
    let announced = announce(&emulator, r#"{"type":"Redeploy","lasts":"0s"}"#).await;
    assert_eq!(announced.status, 201, "{announced:?}");

    let told = imds(&emulator, PATH).await.json();
    assert_eq!(told["DocumentIncarnation"], 1);
    assert_eq!(told["Events"][0]["EventStatus"], "Scheduled");
    let id = told["Events"][0]["EventId"].as_str().unwrap();
    assert_eq!(announced.json()["id"], id);

    let body = format!(r#"{{"StartRequests":[{{"EventId":"{id}"}}]}}"#);
    let approved = approve(&emulator, &body).await;
    assert_eq!((approved.status, approved.body.as_str()), (200, ""));
    let gone = imds(&emulator, PATH).await;
    assert_eq!(gone.body, r#"{"DocumentIncarnation":3,"Events":[]}"#);
}

#[tokio::test]
async fn what_cannot_be_approved_is_a_400() {
    let emulator = start("").await;
    for (body, expected) in [
        (
            r#"{"StartRequests":[{"EventId":"x"}]}"#.to_owned(),
            "An EventId is not known",
        ),
        ("{".to_owned(), "The body is not what was expected"),
        (" ".repeat(65 * 1024), "The body is too long"),
    ] {
        let answer = approve(&emulator, &body).await;
        assert_eq!(answer.status, 400);
        assert_eq!(
            answer.body,
            format!(r#"{{ "error": "Bad request. {expected}" }}"#)
        );
    }
    let other = ask(&emulator.imds_url(), "PUT", PATH, &["Metadata: true"], "").await;
    assert_eq!(
        (other.status, other.header("allow")),
        (405, Some("GET, POST"))
    );
    assert_eq!(emulator.tally().other.rejected, 4);
}

#[tokio::test]
async fn the_administration_port_says_what_is_wrong_with_an_event() {
    let emulator = start("").await;
    for body in [
        "",
        "{}",
        r#"{"type":"Reboot","when":"1s"}"#,
        r#"{"type":"Reboot","id":"x"}"#,
    ] {
        assert_eq!(announce(&emulator, body).await.status, 400, "{body}");
    }
    let twice = r#"{"type":"Freeze","id":"602d9444-d2cd-49c7-8624-8643e7171297"}"#;
    assert_eq!(announce(&emulator, twice).await.status, 201);
    assert_eq!(announce(&emulator, twice).await.status, 409);
    let list = ask(&emulator.admin_url(), "GET", "/scheduledevents", &[], "")
        .await
        .json();
    assert_eq!(list["events"][0]["state"], "Scheduled");
    assert_eq!(list["events"][0]["event"]["notice"], "15m");
}
