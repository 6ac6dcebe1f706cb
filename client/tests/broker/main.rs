//! The broker as its clients use it: bytes over a socket, before a scripted IMDS.
#![cfg(feature = "broker")]

mod memory;
mod room;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use imds_client::{Answer, Broker, BrokerSettings, Policy, Request, Transport, TransportFailure};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

const TOKEN: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://r/";
const GRANTED: &str = r#"{"access_token":"a.b.c","client_id":"5a1f","expires_in":"86400","expires_on":"1795440000","ext_expires_in":"86399","not_before":"1795353300","resource":"https://r","token_type":"Bearer"}"#;
const THROTTLED: &str =
    r#"{"error":"invalid_request","error_description":"Temporarily throttled, too many requests"}"#;
const NO_IDENTITY: &str = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
const METADATA: &str = "Metadata: true\r\n";

type Received = Result<Answer, TransportFailure>;

/// What IMDS does with a request.
enum Deed {
    Answers(Received),
    Hangs,
}

/// Answers by the request, and records it.
struct Imds<F> {
    answer: F,
    sent: Arc<Mutex<Vec<Request>>>,
}

impl<F: Fn(usize, &Request) -> Deed + Send + Sync> Transport for Imds<F> {
    async fn send(&self, request: &Request) -> Received {
        let number = {
            let mut sent = self.sent.lock().expect("no test panics with it");
            sent.push(request.clone());
            sent.len()
        };
        match (self.answer)(number, request) {
            Deed::Answers(received) => received,
            Deed::Hangs => std::future::pending().await,
        }
    }
}

fn answered(status: u16, body: &str) -> Deed {
    let json = "application/json; charset=utf-8".to_owned();
    let headers = [
        ("content-type", json),
        ("content-length", body.len().to_string()),
        ("server", "IMDS/150.870.65.1325".to_owned()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    Deed::Answers(Ok(Answer {
        status,
        headers: headers.into(),
        body: body.into(),
    }))
}

/// A broker that serves until it is stopped.
struct Served {
    address: String,
    sent: Arc<Mutex<Vec<Request>>>,
    stop: oneshot::Sender<()>,
    counts: JoinHandle<Value>,
}

fn settings() -> BrokerSettings {
    BrokerSettings {
        max_clients: BrokerSettings::MAX_CLIENTS,
        max_wait: BrokerSettings::MAX_WAIT,
        identity_header: "shown".to_owned(),
        allowed_hosts: Vec::new(),
    }
}

async fn broker<F>(policy: &str, settings: BrokerSettings, answer: F) -> Served
where
    F: Fn(usize, &Request) -> Deed + Send + Sync + 'static,
{
    let sent = Arc::default();
    let imds = Imds {
        answer,
        sent: Arc::clone(&sent),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let policy = Policy::preset(policy).expect("a preset");
    let broker = Broker::new(imds, &policy, settings, ChaCha8Rng::seed_from_u64(1));
    let (stop, stopped) = oneshot::channel();
    let serving = async move {
        let stopped = async { stopped.await.unwrap_or_default() };
        broker.serve(listener, stopped).await.to_json()
    };
    Served {
        address,
        sent,
        stop,
        counts: tokio::spawn(serving),
    }
}

/// A broker with the default policy, before an IMDS with these answers.
async fn plain(answer: impl Fn(usize, &Request) -> Deed + Send + Sync + 'static) -> Served {
    broker(Policy::DEFAULT, settings(), answer).await
}

impl Served {
    /// Sends these bytes on a connection of their own; gives the answer's head and body.
    async fn exchange(&self, request: &str) -> (String, String) {
        exchange(&self.address, request).await
    }

    async fn get(&self, target: &str, headers: &str) -> (String, String) {
        let head = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        self.exchange(&format!("{head}{headers}\r\n")).await
    }

    async fn token(&self) -> (String, String) {
        self.get(TOKEN, METADATA).await
    }

    fn targets(&self) -> Vec<String> {
        let sent = self.sent.lock().expect("no test panics with it");
        sent.iter().map(|request| request.target.clone()).collect()
    }
}

async fn exchange(address: &str, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let written = stream.write_all(request.as_bytes()).await;
    written.expect("it reads");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer).await;
    read.expect("it answers and closes");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_owned(), body.to_owned())
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).expect("a status")
}

#[tokio::test]
async fn a_token_is_answered_as_imds_answers_and_asked_for_once() {
    let served = plain(|_, _| answered(200, GRANTED)).await;
    let (head, body) = served.token().await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("\r\nContent-Type: application/json; charset=utf-8\r\n"));
    assert!(head.contains("\r\nServer: IMDS/"), "{head}");
    let left = body.split("\"expires_in\":\"").nth(1).expect("a life");
    let left: u64 = left
        .split('"')
        .next()
        .and_then(|left| left.parse().ok())
        .expect("digits");
    assert!((86_300..=86_400).contains(&left), "{left}");
    let expected = GRANTED
        .replace("\"86400\"", &format!("\"{left}\""))
        .replace("https://r", "https://r/");
    assert_eq!(body, expected);
    served.token().await;
    assert_eq!(served.targets().len(), 1);
}

#[tokio::test]
async fn fifty_at_once_cost_one_request() {
    let served = Arc::new(plain(|_, _| answered(200, GRANTED)).await);
    let mut clients = JoinSet::new();
    for _ in 0..50 {
        let served = Arc::clone(&served);
        clients.spawn(async move { served.token().await });
    }
    for (head, _) in clients.join_all().await {
        assert_eq!(status(&head), "200");
    }
    assert_eq!(served.targets().len(), 1);
}

#[tokio::test]
async fn waits_for_its_client_where_imds_refuses() {
    let served = plain(|number, _| match number {
        1 => answered(429, THROTTLED),
        _ => answered(200, GRANTED),
    })
    .await;
    assert_eq!(status(&served.token().await.0), "200");
    assert_eq!(served.targets().len(), 2);
}

#[tokio::test]
async fn passes_on_what_its_policy_gives_up_at_with_a_time_to_come_back() {
    let served = broker("no-retry", settings(), |_, _| answered(429, THROTTLED)).await;
    let (head, body) = served.token().await;
    assert_eq!((status(&head), &*body), ("429", THROTTLED));
    assert!(head.contains("\r\nRetry-After: "), "{head}");
    assert!(head.contains("\r\nServer: IMDS/150.870.65.1325"), "{head}");
}

#[tokio::test]
async fn passes_on_a_refusal_for_good_without_a_time_to_come_back() {
    let served = plain(|_, _| answered(400, NO_IDENTITY)).await;
    let (head, body) = served.token().await;
    assert_eq!((status(&head), &*body), ("400", NO_IDENTITY));
    assert!(!head.contains("Retry-After"), "{head}");
}

#[tokio::test]
async fn says_that_imds_is_gone() {
    let gone = |_: usize, _: &Request| Deed::Answers(Err(TransportFailure::Connect));
    let served = broker("no-retry", settings(), gone).await;
    let (head, body) = served.token().await;
    assert_eq!(status(&head), "503");
    assert!(head.contains("\r\nRetry-After: "), "{head}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body["error"], "service_unavailable");
    let (head, body) = served.get("/metadata/instance", METADATA).await;
    assert_eq!(status(&head), "503");
    assert!(
        body.starts_with(r#"{ "error": "imds-client: no answer after 1 attempt"#),
        "{body}"
    );
}

#[tokio::test]
async fn makes_no_client_wait_longer_than_max_wait() {
    let short = BrokerSettings {
        max_wait: Duration::from_millis(20),
        ..settings()
    };
    let served = broker(Policy::DEFAULT, short, |_, _| Deed::Hangs).await;
    for target in [TOKEN, "/metadata/instance"] {
        let (head, _) = served.get(target, METADATA).await;
        assert_eq!(status(&head), "503", "{target}");
        assert!(head.contains("\r\nRetry-After: 5"), "{head}");
    }
    served.token().await;
    assert_eq!(
        served.targets().len(),
        2,
        "the request for the token goes on"
    );
}

#[tokio::test]
async fn a_client_that_looks_for_imds_finds_it_without_asking_it() {
    let served = plain(|_, _| Deed::Hangs).await;
    let missing = r#"{"error":"invalid_request","error_description":"Required metadata header not specified"}"#;
    for target in [TOKEN, "/metadata/identity/oauth2/token"] {
        let (head, body) = served.get(target, "").await;
        assert_eq!((status(&head), &*body), ("400", missing));
    }
    assert_eq!(served.targets(), [""; 0]);
}

#[tokio::test]
async fn pages_and_proxies_get_nothing() {
    let served = plain(|_, _| Deed::Hangs).await;
    let get = format!("GET {TOKEN} HTTP/1.1\r\n");
    for (line, headers, expected) in [
        (&*get, "Host: evil.example\r\n", "403"),
        (&*get, "", "403"),
        (
            &*get,
            "Host: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n",
            "403",
        ),
        (
            &*get,
            "Host: localhost\r\nX-Forwarded-For: 10.0.0.1\r\n",
            "400",
        ),
        (
            "GET http://evil.example/healthz HTTP/1.1\r\n",
            "Host: 127.0.0.1\r\n",
            "403",
        ),
        (
            "OPTIONS /metadata/instance HTTP/1.1\r\n",
            "Host: 127.0.0.1\r\n",
            "405",
        ),
        (
            "GET /latest/meta-data/ HTTP/1.1\r\n",
            "Host: 127.0.0.1\r\n",
            "404",
        ),
        (
            "GET /metadata/%2e%2E/vm-b/metadata/instance HTTP/1.1\r\n",
            "Host: 127.0.0.1\r\n",
            "400",
        ),
    ] {
        let request = format!("{line}{headers}{METADATA}Connection: close\r\n\r\n");
        let (head, _) = served.exchange(&request).await;
        assert_eq!(status(&head), expected, "{request}");
        assert!(!head.contains("Access-Control"), "{head}");
    }
    assert_eq!(served.targets(), [""; 0]);
}

#[tokio::test]
async fn passes_on_what_only_imds_can_answer() {
    let served = plain(|_, request| match &*request.target {
        "/metadata/instance/nothing" => answered(404, r#"{ "error": "Not found" }"#),
        _ => answered(200, "as it came"),
    })
    .await;
    let (head, body) = served.get("//metadata/versions/?x=%20y", METADATA).await;
    assert_eq!((status(&head), &*body), ("200", "as it came"));
    let (head, _) = served.get("/metadata/instance/nothing", METADATA).await;
    assert_eq!(status(&head), "404");
    let bypassing = format!("{TOKEN}&bypass_cache=true");
    for _ in 0..2 {
        assert_eq!(served.get(&bypassing, METADATA).await.1, "as it came");
    }
    let expected = [
        "/metadata/versions?x=%20y",
        "/metadata/instance/nothing",
        &bypassing,
        &bypassing,
    ];
    assert_eq!(served.targets(), expected);
}

#[tokio::test]
async fn forwards_an_approval_with_its_body_and_the_clients_headers() {
    let served = plain(|_, _| answered(200, "")).await;
    let body = r#"{"StartRequests":[{"EventId":"e"}]}"#;
    let (head, _) = served
        .exchange(&format!(
            "POST /metadata/scheduledevents?api-version=2020-07-01 HTTP/1.1\r\nHost: 127.0.0.1\r\n\
             {METADATA}User-Agent: me\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
        .await;
    assert_eq!(status(&head), "200");
    let sent = served.sent.lock().expect("no test panics with it");
    assert_eq!(sent[0].body.as_deref(), Some(body));
    let headers = [
        ("metadata", "true".to_owned()),
        ("user-agent", "me".to_owned()),
    ];
    assert_eq!(sent[0].headers, headers);
}

#[tokio::test]
async fn app_services_protocol_draws_from_the_same_cache() {
    let served = plain(|_, _| answered(200, GRANTED)).await;
    served.token().await;
    let target = "/msi/token?api-version=2019-08-01&resource=https://r/";
    let (head, body) = served.get(target, "X-IDENTITY-HEADER: shown\r\n").await;
    assert_eq!(status(&head), "200");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let expected = json!({
        "access_token": "a.b.c", "client_id": "5a1f", "expires_on": "1795440000",
        "resource": "https://r/", "token_type": "Bearer",
    });
    assert_eq!((body, served.targets().len()), (expected, 1));
    let (head, _) = served.get(target, "X-IDENTITY-HEADER: other\r\n").await;
    assert_eq!(status(&head), "401");
}

#[tokio::test]
async fn counts_requests_and_stops_on_request() {
    let served = plain(|_, _| answered(200, GRANTED)).await;
    served.token().await;
    served.token().await;
    served.get(TOKEN, "").await;
    let (head, health) = served.get("/healthz", "").await;
    assert_eq!(status(&head), "200");
    let health: Value = serde_json::from_str(&health).expect("JSON");
    assert_eq!(health["status"], "ok");
    served.stop.send(()).expect("it serves");
    let counts = served.counts.await.expect("it does not panic");
    let expected = json!({
        "requests": 4, "turned_away": 1, "tokens": 2, "failures": 0, "upstream_requests": 1,
    });
    assert_eq!(counts, expected);
}
