//! The administration port while requests come and go at the IMDS port.

use imds_emulator::latency::ServiceTime;
use imds_emulator::{Config, Emulator};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TOKEN: &str =
    "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net/";

async fn start(extra: &str) -> Emulator {
    let text = format!(
        "listen = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n\
         latency = {{ token_cold = '0s', token_warm = '0s', other = '0s' }}\n{extra}"
    );
    let config = Config::from_toml("test", &text).unwrap();
    let emulator = Emulator::start(config).await.unwrap();
    emulator.ready().await;
    emulator
}

/// An emulator whose tokens take an hour.
async fn start_slow() -> Emulator {
    let mut config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        admin_listen: ([127, 0, 0, 1], 0).into(),
        ..Config::default()
    };
    config.vm.latency.token_cold = ServiceTime::Fixed(ServiceTime::LONGEST);
    let emulator = Emulator::start(config).await.unwrap();
    emulator.ready().await;
    emulator
}

/// Sends the head and reads until the server closes: status and body.
async fn raw(url: &str, request: &str) -> (u16, String) {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status, body.to_owned())
}

async fn metadata(emulator: &Emulator, target: &str) -> (u16, String) {
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nUser-Agent: tester/1\r\n\
         Connection: close\r\n\r\n"
    );
    raw(&emulator.imds_url(), &request).await
}

async fn admin(emulator: &Emulator, method: &str, target: &str, body: &str) -> (u16, String) {
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.0\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    raw(&emulator.admin_url(), &request).await
}

async fn json(emulator: &Emulator, target: &str) -> Value {
    let (status, body) = admin(emulator, "GET", target, "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn the_journal_says_what_became_of_each_request() {
    let emulator = start("limits.identity.rate.requests = 1\nlimits.retry_after = '3s'").await;
    metadata(&emulator, TOKEN).await;
    metadata(&emulator, TOKEN).await;
    metadata(&emulator, "/metadata/nothing?password=secret").await;
    let page = json(&emulator, "/journal").await;
    assert_eq!(page["next"], 4);
    let outcome = |index: usize, key: &str| page["entries"][index]["outcome"][key].clone();
    assert_eq!(outcome(0, "verdict"), "admitted");
    assert_eq!(outcome(0, "token_expires_in_ms"), 86_400_000.0);
    assert_eq!(outcome(1, "verdict"), "refused");
    assert_eq!(outcome(1, "limiter"), "rate");
    assert_eq!(outcome(1, "retry_after_ms"), 3000.0);
    assert_eq!(outcome(2, "verdict"), "rejected");
    assert_eq!(outcome(2, "reason"), "PathUnknown");
    let statuses: Vec<Value> = (0..3).map(|index| outcome(index, "status")).collect();
    assert_eq!(statuses, [200, 429, 404]);
    assert_eq!(page["entries"][0]["user_agent"], "tester/1");
    assert_eq!(page["entries"][2]["connection"], 3);
    let refused = json(&emulator, "/journal?verdict=refused&since=2&limit=5").await;
    assert_eq!(refused["entries"], json!([page["entries"][1]]));
    let (status, _) = admin(&emulator, "GET", "/journal?since=x", "").await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn no_token_and_no_secret_is_told_anywhere() {
    let emulator = start("").await;
    let (_, body) = metadata(&emulator, TOKEN).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    let token = body["access_token"].as_str().unwrap();
    metadata(
        &emulator,
        &format!("{TOKEN}&client_id={token}&password=s3cret"),
    )
    .await;
    metadata(&emulator, &format!("/metadata/{token}")).await;
    let signature = token.rsplit('.').next().unwrap();
    for path in [
        "/journal",
        "/journal.har",
        "/metrics",
        "/verify",
        "/tally",
        "/config",
        "/",
    ] {
        let (status, text) = admin(&emulator, "GET", path, "").await;
        assert_eq!(status, 200, "{path}");
        let text = text.to_ascii_lowercase();
        assert!(!text.contains(&signature.to_ascii_lowercase()), "{path}");
        assert!(!text.contains("s3cret"), "{path}");
    }
    let archive = json(&emulator, "/journal.har").await;
    assert_eq!(archive["log"]["entries"][2]["response"]["status"], 404);
}

#[tokio::test]
async fn a_client_that_went_away_is_seen() {
    let emulator = start_slow().await;
    let address = emulator.imds_url();
    let address = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {TOKEN} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    while emulator.tally().identity.in_use == 0 {
        tokio::task::yield_now().await;
    }
    drop(stream);
    while !emulator.journal()[0].outcome.client_gone {
        tokio::task::yield_now().await;
    }
    let (_, metrics) = admin(&emulator, "GET", "/metrics", "").await;
    let gone = "imds_emulator_clients_gone_total{category=\"identity\"} 1\n";
    assert!(metrics.contains(gone), "{metrics}");
    assert_eq!(
        emulator.tally().identity.in_use,
        1,
        "its slot is still held"
    );
}

#[tokio::test]
async fn a_reset_answers_those_being_served_and_forgets_all() {
    let emulator = start_slow().await;
    let asking = metadata(&emulator, TOKEN);
    let resetting = async {
        while emulator.tally().identity.in_use == 0 {
            tokio::task::yield_now().await;
        }
        admin(&emulator, "POST", "/reset", "").await.0
    };
    let ((status, _), reset) = tokio::join!(asking, resetting);
    assert_eq!((status, reset), (200, 204));
    assert_eq!(emulator.tally(), imds_emulator::Tally::default());
    assert_eq!(emulator.journal(), []);
}

#[tokio::test]
async fn limits_change_while_it_runs() {
    let emulator = start("").await;
    let mut limits = json(&emulator, "/limits").await;
    assert_eq!(limits["identity"]["concurrent"], 5);
    limits["other"]["rate"] = json!({ "algorithm": "fixed-window", "requests": 1, "window": "1h" });
    let (status, shown) = admin(&emulator, "PUT", "/limits", &limits.to_string()).await;
    assert_eq!(
        (status, serde_json::from_str(&shown).unwrap()),
        (200, limits.clone())
    );
    assert_eq!(json(&emulator, "/limits").await, limits);
    let mut statuses = Vec::new();
    for _ in 0..2 {
        statuses.push(metadata(&emulator, "/metadata/versions").await.0);
    }
    assert_eq!(statuses, [200, 429]);
    let (status, failure) = admin(&emulator, "PUT", "/limits", r#"{"other":{"rate":3}}"#).await;
    assert_eq!(status, 400);
    assert!(failure.contains("limits.other.rate"), "{failure}");
    assert_eq!(
        json(&emulator, "/limits").await,
        limits,
        "nothing has changed"
    );
}

#[tokio::test]
async fn without_a_file_there_is_nothing_to_reload() {
    let emulator = start("").await;
    let (status, _) = admin(&emulator, "POST", "/config/reload", "").await;
    assert_eq!(status, 409);
}

#[tokio::test]
async fn a_test_can_ask_for_judgement() {
    let emulator = start("").await;
    let address = emulator.imds_url();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://"))
        .await
        .unwrap();
    let request = format!("GET {TOKEN} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n");
    let again = request.replace("Metadata: true", "Metadata: true\r\nConnection: close");
    stream
        .write_all((request + &again).as_bytes())
        .await
        .unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    let report = emulator.verify();
    assert_eq!(report.findings.len(), 1, "{report:?}");
    assert_eq!(report.findings[0].requests, [1, 2]);
    assert_eq!(json(&emulator, "/verify").await["clean"], false);
}

#[tokio::test]
async fn a_journal_says_what_it_has_forgotten_and_then_nothing_is_clean() {
    let emulator = start("journal.entries = 2\n").await;
    let forgotten = async || {
        let journal = json(&emulator, "/journal").await;
        let verify = json(&emulator, "/verify").await;
        assert_eq!(journal["forgotten"], verify["forgotten"]);
        (journal["forgotten"].clone(), verify["clean"].clone())
    };
    let ask = async || {
        let address = emulator.imds_url();
        let address = address.trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = "GET /metadata/versions HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.read_to_string(&mut String::new()).await.unwrap();
    };
    ask().await;
    ask().await;
    assert_eq!(forgotten().await, (json!(0), json!(true)));
    ask().await;
    assert_eq!(forgotten().await, (json!(1), json!(false)));
    let report = emulator.verify();
    assert_eq!((report.requests, report.forgotten), (2, 1));
    admin(&emulator, "DELETE", "/journal", "").await;
    assert_eq!(forgotten().await, (json!(0), json!(true)));
}
