//! Connections that send nothing, or not all, keep no other out.
#![expect(
    clippy::disallowed_methods,
    reason = "the clock is the runtime's, which is paused"
)]

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{Deed, GRANTED, METADATA, Served, TOKEN, answered, broker, settings, status};
use imds_client::{BrokerSettings, Policy};

/// As many connections as a broker takes for which one request may wait.
const SEATS: usize = 65;

async fn small(
    answer: impl Fn(usize, &imds_client::Request) -> Deed + Send + Sync + 'static,
) -> Served {
    let settings = BrokerSettings {
        max_clients: 1,
        ..settings()
    };
    broker(Policy::DEFAULT, settings, answer).await
}

/// Opens connections and sends these bytes on each.
async fn open(served: &Served, count: usize, sent: &str) -> Vec<TcpStream> {
    let mut open = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(&served.address)
            .await
            .expect("it listens");
        stream.write_all(sent.as_bytes()).await.expect("it reads");
        open.push(stream);
    }
    open
}

/// Takes less time than after which idle connections are closed anyway.
async fn is_soon_served(served: &Served) {
    let began = Instant::now();
    let (head, _) = served.get("/healthz", "").await;
    assert_eq!(status(&head), "200");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn silent_connections_keep_no_other_out() {
    let served = small(|_, _| answered(200, "")).await;
    let _silent = open(&served, SEATS + 10, "").await;
    is_soon_served(&served).await;
}

#[tokio::test(start_paused = true)]
async fn bodies_that_never_come_keep_no_other_out() {
    let served = small(|_, _| answered(200, "")).await;
    let head = format!(
        "POST /metadata/scheduledevents HTTP/1.1\r\nHost: localhost\r\n{METADATA}Content-Length: 9\r\n\r\n"
    );
    let _stalled = open(&served, SEATS + 10, &head).await;
    is_soon_served(&served).await;
}

#[tokio::test(start_paused = true)]
async fn beside_one_that_waits_the_others_are_told_so_and_the_state_is_seen() {
    let served = small(|_, _| Deed::Hangs).await;
    let request = format!("GET {TOKEN} HTTP/1.1\r\nHost: localhost\r\n{METADATA}\r\n");
    let _waits = open(&served, 1, &request).await;
    for other in open(
        &served,
        SEATS - 2,
        &request.replace("https://r/", "https://s/"),
    )
    .await
    {
        assert_eq!(beginning(other).await, "HTTP/1.1 503");
    }
    is_soon_served(&served).await;
}

#[tokio::test]
async fn as_many_wait_as_may() {
    let one = BrokerSettings {
        max_clients: 1,
        max_wait: Duration::from_millis(20),
        ..settings()
    };
    let served = broker(Policy::DEFAULT, one, |_, _| Deed::Hangs).await;
    served.token().await;
    let (head, body) = served.get(&format!("{TOKEN}other"), METADATA).await;
    assert_eq!(status(&head), "503");
    assert!(body.contains("too many requests wait already"), "{body}");
}

/// What is in memory is there for as many as ask, and the same for a failure.
#[tokio::test]
async fn memory_answers_while_as_many_wait_as_may() {
    let one = BrokerSettings {
        max_clients: 1,
        max_wait: Duration::from_millis(400),
        ..settings()
    };
    let served = broker(Policy::DEFAULT, one, |number, _| match number {
        1 => answered(200, GRANTED),
        2 => answered(400, "{}"),
        _ => Deed::Hangs,
    })
    .await;
    let refused = format!("{TOKEN}refused");
    assert_eq!(status(&served.token().await.0), "200");
    assert_eq!(status(&served.get(&refused, METADATA).await.0), "400");
    let hanging = format!("{TOKEN}hanging");
    assert_eq!(status(&served.get(&hanging, METADATA).await.0), "503");
    assert_eq!(status(&served.token().await.0), "200");
    assert_eq!(status(&served.get(&refused, METADATA).await.0), "400");
    let other = served.get(&format!("{TOKEN}other"), METADATA).await;
    assert!(
        other.1.contains("too many requests wait already"),
        "{}",
        other.1
    );
}

async fn beginning(mut stream: TcpStream) -> String {
    let mut beginning = [0; 12];
    stream.read_exact(&mut beginning).await.expect("an answer");
    String::from_utf8_lossy(&beginning).into_owned()
}
