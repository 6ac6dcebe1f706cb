//! Requests as they were sent, in the journal and in the archive, and those that are no HTTP.

use imds_emulator::Emulator;
use imds_emulator::journal::Fate;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::raw::{Answer, admin, ask, imds, start};

/// The status line of the answer to those bytes, and nothing if there is no answer.
async fn bytes(emulator: &Emulator, request: &[u8]) -> String {
    let url = emulator.imds_url();
    let mut stream = TcpStream::connect(&url["http://".len()..]).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// The latest entry, once the connection's end was noticed.
async fn unreadable(emulator: &Emulator, count: usize) -> imds_emulator::journal::Entry {
    loop {
        let journal = emulator.journal();
        let unreadable = journal
            .into_iter()
            .filter(|entry| entry.outcome.verdict == Some(Fate::Unreadable));
        let mut unreadable: Vec<_> = unreadable.collect();
        if unreadable.len() == count {
            return unreadable.pop().unwrap();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn case_slashes_and_encoding_are_kept() {
    let emulator = start("").await;
    let target = "//Metadata/identity/oauth2/Token/?api-version=2018-02-01&resource=https%3a%2F%2fa.b/&x=s3cret";
    assert_eq!(imds(&emulator, target).await.status, 200);
    let entry = emulator.journal().pop().unwrap();
    let shown = target.replace("s3cret", "(hidden)");
    assert_eq!(*entry.sent.target, shown);
    assert_eq!(*entry.path, *"/metadata/identity/oauth2/token");
    let archive = admin(&emulator, "/journal.har").await.json();
    let url = format!("{}{shown}", emulator.imds_url());
    assert_eq!(archive["log"]["entries"][0]["request"]["url"], url);
}

#[tokio::test]
async fn what_is_no_http_is_in_journal_tally_metrics_and_verification() {
    let emulator = start("").await;
    let bad = b"GET /metadata/identity/oauth2/Token?resource=A HTTP/1.1\r\nUser-Agent: t/1\r\nno header\r\n\r\n";
    assert_eq!(bytes(&emulator, bad).await, "HTTP/1.1 400 Bad Request");
    let entry = unreadable(&emulator, 1).await;
    assert_eq!(
        (&*entry.method, entry.user_agent.as_deref()),
        ("GET", Some("t/1"))
    );
    assert_eq!(
        *entry.sent.target,
        *"/metadata/identity/oauth2/Token?resource=A"
    );
    assert_eq!(
        (entry.outcome.status, entry.outcome.client_gone),
        (Some(400), false)
    );
    assert!(entry.outcome.reason.unwrap().contains("header"));

    let long = format!(
        "GET /metadata/instance HTTP/1.1\r\nx: {}\r\n\r\n",
        "x".repeat(20_000)
    );
    let line = bytes(&emulator, long.as_bytes()).await;
    assert_eq!(line, "HTTP/1.1 431 Request Header Fields Too Large");
    let entry = unreadable(&emulator, 2).await;
    assert_eq!(
        (&*entry.path, entry.outcome.status),
        ("/metadata/instance", Some(431))
    );

    bytes(
        &emulator,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    )
    .await;
    let reason = unreadable(&emulator, 3).await.outcome.reason.unwrap();
    assert!(reason.contains("TLS"), "{reason}");

    let tally = admin(&emulator, "/tally").await.json();
    assert_eq!(tally["identity"]["unreadable"], 1);
    assert_eq!(tally["other"]["unreadable"], 2);
    let metrics = admin(&emulator, "/metrics").await.body;
    let line =
        r#"requests_total{category="identity",verdict="unreadable",limiter="",status="400"} 1"#;
    assert!(metrics.contains(line), "{metrics}");
    let found = admin(&emulator, "/journal?verdict=unreadable").await.json();
    assert_eq!(found["entries"].as_array().unwrap().len(), 3);
    assert_eq!(emulator.verify().requests, 3);
}

#[tokio::test]
async fn the_second_request_of_a_connection_can_be_unreadable() {
    let emulator = start("").await;
    let url = emulator.imds_url();
    let mut stream = TcpStream::connect(&url["http://".len()..]).await.unwrap();
    let first = b"GET /metadata/versions HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n";
    stream.write_all(first).await.unwrap();
    let mut some = [0; 9000];
    assert!(stream.read(&mut some).await.unwrap() > 0);
    stream
        .write_all(b"GET /metadata/b\x01d HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    let entry = unreadable(&emulator, 1).await;
    assert_eq!((entry.connection, &*entry.sent.target), (1, "/metadata/b"));
}

const SENT: [(&str, &str, &[&str], &str); 11] = [
    ("GET", "/metadata/Versions", &["Metadata: true"], ""),
    ("GET", "/metadata/versions", &[], ""),
    (
        "GET",
        "//metadata/identity/oauth2/token/?api-version=2018-02-01&resource=A%2fb",
        &["Metadata: True", "User-Agent: t/1"],
        "",
    ),
    (
        "GET",
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r&client_id=x",
        &["metadata: true"],
        "",
    ),
    (
        "GET",
        "/metadata/instance/compute/Name?api-version=2021-02-01&format=text",
        &["Metadata: true"],
        "",
    ),
    (
        "GET",
        "/metadata/instance?api-version=2021-02-01",
        &["Metadata: true", "X-Forwarded-For: 10.0.0.1"],
        "",
    ),
    (
        "GET",
        "/metadata/attested/document?api-version=2021-02-01&nonce=12%33",
        &["Metadata: true"],
        "",
    ),
    (
        "GET",
        "/metadata/attested/document?api-version=2021-02-01&nonce=%2B",
        &["Metadata: true"],
        "",
    ),
    ("PUT", "/metadata/versions", &["Metadata: true"], ""),
    (
        "POST",
        "/metadata/scheduledevents?api-version=2020-07-01",
        &["Metadata: true"],
        r#"{"StartRequests":[{"EventId":"e-1"}]}"#,
    ),
    (
        "POST",
        "/oauth2/token",
        &[
            "Metadata: true",
            "Content-Type: application/x-www-form-urlencoded",
        ],
        "resource=https%3A%2F%2Fa/",
    ),
];

#[tokio::test]
async fn an_archive_that_is_sent_again_gets_the_same_answers() {
    let setup = "[limits.other]\nrate = { requests = 4, window = '1h' }\n\
                 [[faults]]\neffect = { status = 503 }\npath = '/metadata/instance'\nnth = 3";
    let first = start(setup).await;
    let mut answers = Vec::new();
    for (method, target, headers, body) in SENT.into_iter().chain(SENT) {
        answers.push(ask(&first.imds_url(), method, target, headers, body).await);
    }
    let archive = admin(&first, "/journal.har").await.json();
    let second = start(setup).await;
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), answers.len());
    for (entry, answer) in entries.iter().zip(&answers) {
        let again = replay(&second, &first, &entry["request"]).await;
        assert_eq!(entry["response"]["status"], answer.status);
        assert_eq!(again.status, answer.status, "{entry}");
        let type_of = &entry["response"]["content"]["mimeType"];
        assert_eq!(*type_of, json!(again.header("content-type")), "{entry}");
        if answer.status >= 400 {
            assert_eq!(again.body, answer.body);
            assert_eq!(entry["response"]["content"]["text"], *answer.body);
        } else {
            assert_eq!(comparable(&again), comparable(answer));
        }
    }
    let statuses: std::collections::BTreeSet<u16> =
        answers.iter().map(|answer| answer.status).collect();
    assert_eq!(
        statuses.into_iter().collect::<Vec<_>>(),
        [200, 400, 404, 405, 429, 503]
    );
}

async fn replay(to: &Emulator, from: &Emulator, request: &Value) -> Answer {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let target = text(&request["url"]);
    let target = target.strip_prefix(&from.imds_url()).unwrap();
    let headers = request["headers"].as_array().unwrap().iter();
    let headers: Vec<String> = headers
        .map(|header| format!("{}: {}", text(&header["name"]), text(&header["value"])))
        .collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let body = text(&request["postData"]["text"]);
    ask(
        &to.imds_url(),
        &text(&request["method"]),
        target,
        &headers,
        &body,
    )
    .await
}

/// Without times, ids, and what is signed.
fn comparable(answer: &Answer) -> String {
    let Ok(mut json) = serde_json::from_str::<Value>(&answer.body) else {
        return answer.body.clone();
    };
    if let Some(fields) = json.as_object_mut() {
        for name in [
            "access_token",
            "expires_in",
            "expires_on",
            "not_before",
            "signature",
        ] {
            if let Some(field) = fields.get_mut(name) {
                *field = Value::Null;
            }
        }
    }
    json.to_string()
}
