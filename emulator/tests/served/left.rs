//! What the journal says of how much the limits left, and of faults that are taken back.

use serde_json::{Value, json};

use crate::raw::{admin, ask, imds, start};

const TOKEN: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r";

async fn outcomes(emulator: &imds_emulator::Emulator) -> Vec<Value> {
    let journal = admin(emulator, "/journal").await.json();
    let entries = journal["entries"].as_array().unwrap().iter();
    entries.map(|entry| entry["outcome"].clone()).collect()
}

#[tokio::test]
async fn each_decision_says_what_it_left() {
    let emulator =
        start("limits.identity = { concurrent = 3, rate = { requests = 2, window = '1h' } }").await;
    for target in [TOKEN, TOKEN, TOKEN, "/metadata/nothing"] {
        imds(&emulator, target).await;
    }
    let left: Vec<Value> = outcomes(&emulator)
        .await
        .iter()
        .map(|outcome| outcome["left"].clone())
        .collect();
    let of = |requests: u32, slots: u32| json!({ "requests": requests, "slots": slots });
    assert_eq!(left, [of(1, 2), of(0, 2), of(0, 3), Value::Null]);
    let tally = admin(&emulator, "/tally").await.json();
    let other = json!({ "requests": null, "slots": null });
    assert_eq!(
        tally["left"],
        json!({ "identity": of(0, 3), "other": other })
    );
    let metrics = admin(&emulator, "/metrics").await.body;
    assert!(metrics.contains("imds_emulator_slots_free{category=\"identity\"} 3\n"));
    assert!(metrics.contains("imds_emulator_rate_left{category=\"identity\"} 0\n"));
}

#[tokio::test]
async fn another_protocol_s_requests_are_decided_about_in_the_same_words() {
    let emulator = start("limits.identity.concurrent = 3").await;
    let target = "/msi/token?api-version=2019-08-01&resource=r";
    let secret = ["X-IDENTITY-HEADER: imds-emulator"];
    let answer = ask(&emulator.imds_url(), "GET", target, &secret, "").await;
    assert_eq!(answer.status, 200);
    let outcome = &outcomes(&emulator).await[0];
    assert_eq!(outcome["verdict"], "admitted");
    assert_eq!(outcome["left"], json!({ "requests": null, "slots": 2 }));
    assert_eq!(outcome["token_expires_in_ms"], 86_400_000.0);
    assert_eq!(outcome["error_body"], Value::Null);
}

#[tokio::test]
async fn a_request_that_waited_for_a_slot_switches_scheduled_events_on_as_well() {
    let emulator = start(
        "limits.other.concurrent = 1\nlimits.queue = { most = 1, rate_checked = 'arrival' }\n\
         scheduled_events.first_call = '70ms'\n\
         [[faults]]\npath = '/metadata/versions'\neffect = { latency = '150ms' }",
    )
    .await;
    let holder = imds(&emulator, "/metadata/versions");
    let waiter = async {
        while emulator.tally().other.in_use == 0 {
            tokio::task::yield_now().await;
        }
        imds(
            &emulator,
            "/metadata/scheduledevents?api-version=2020-07-01",
        )
        .await
    };
    tokio::join!(holder, waiter);
    assert_eq!(emulator.tally().other.queued, 1);
    let outcome = &outcomes(&emulator).await[1];
    assert_eq!(outcome["verdict"], "admitted");
    assert_eq!(outcome["service_time_ms"], 70.0);
    assert_eq!(outcome["left"], json!({ "requests": null, "slots": 0 }));
}

#[tokio::test]
async fn removing_a_fault_ends_the_requests_that_hang() {
    let emulator = start(
        "[[faults]]\neffect = 'hang'\nname = 'stuck here'\n[[faults]]\neffect = 'close'\n\
         [[faults]]\neffect = { status = 500 }",
    )
    .await;
    let delete = async |target: &str| {
        let answer = ask(&emulator.admin_url(), "DELETE", target, &[], "").await;
        answer.status
    };
    let hanging = tokio::spawn({
        let url = emulator.imds_url();
        async move {
            let address = url.trim_start_matches("http://").to_owned();
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut stream, request)
                .await
                .unwrap();
            tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 9]).await
        }
    });
    while emulator.faults()[0].struck == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(delete("/faults/stuck%20here").await, 204);
    assert_eq!(
        hanging.await.unwrap().unwrap(),
        0,
        "closed without an answer"
    );
    assert_eq!(delete("/faults/stuck%20here").await, 404);
    assert_eq!(emulator.faults().len(), 2);
    assert_eq!(delete("/faults").await, 204);
    assert_eq!(imds(&emulator, "/metadata/versions").await.status, 200);
}
