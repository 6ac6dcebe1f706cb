//! The IMDS port as bytes: raw sockets, no HTTP client.

use std::net::SocketAddr;
use std::time::Duration;

use imds_emulator::latency::{Latency, ServiceTime};
use imds_emulator::{Config, Emulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TOKEN: &str =
    "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net/";

/// A configuration whose answers take no time.
fn config(extra: &str) -> Config {
    let text = format!("listen = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n{extra}");
    let mut config = Config::from_toml("test", &text).unwrap();
    let at_once = ServiceTime::Fixed(Duration::ZERO);
    config.vm.latency = Latency {
        token_cold: at_once,
        token_warm: at_once,
        other: at_once,
    };
    config
}

async fn start(extra: &str) -> (Emulator, SocketAddr) {
    start_with(config(extra)).await
}

async fn start_with(config: Config) -> (Emulator, SocketAddr) {
    let emulator = Emulator::start(config).await.unwrap();
    let address = emulator
        .imds_url()
        .trim_start_matches("http://")
        .parse()
        .unwrap();
    (emulator, address)
}

/// Sends the bytes and reads until the server closes.
async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn get(address: SocketAddr, target: &str) -> String {
    let request =
        format!("GET {target} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nConnection: close\r\n\r\n");
    raw(address, &request).await
}

/// The answer with its headers sorted (their order is free) and the value of its date cut out.
fn golden(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let (status, headers) = head.split_once("\r\n").unwrap();
    let mut headers: Vec<&str> = headers.split("\r\n").collect();
    let date = headers.iter_mut().find(|header| header.ends_with(" GMT"));
    *date.expect("every answer has a date") = "Date";
    headers.sort_unstable();
    format!("{status}\n{}\n\n{body}", headers.join("\n"))
}

fn status(answer: &str) -> &str {
    answer.split_whitespace().nth(1).unwrap_or_default()
}

#[tokio::test]
async fn a_refusal_is_the_captured_answer_byte_for_byte() {
    let (_emulator, address) =
        start("limits.identity.rate = { requests = 1, window = '1h' }").await;
    assert_eq!(status(&get(address, TOKEN).await), "200");
    assert_eq!(
        golden(&get(address, TOKEN).await),
        "HTTP/1.1 429 \n\
         Connection: close\n\
         Content-Length: 90\n\
         Content-Type: application/json; charset=utf-8\n\
         Date\n\
         Server: IMDS/150.870.65.1854\n\n\
         {\"error\":\"invalid_request\",\"error_description\":\"Temporarily throttled, too many requests\"}"
    );
}

#[tokio::test]
async fn a_request_without_the_header_gets_its_answer_at_once() {
    let (_emulator, address) = start("").await;
    let request =
        "GET /metadata/identity/oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = golden(&raw(address, request).await);
    assert_eq!(
        answer,
        "HTTP/1.1 400 Bad Request\n\
         Connection: close\n\
         Content-Length: 88\n\
         Content-Type: application/json; charset=utf-8\n\
         Date\n\
         Server: IMDS/150.870.65.1854\n\n\
         {\"error\":\"invalid_request\",\"error_description\":\"Required metadata header not specified\"}"
    );
}

#[tokio::test]
async fn a_token_has_all_fields_as_text_in_their_order() {
    let (_emulator, address) = start("").await;
    let answer = get(address, TOKEN).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("\r\nX-Ms-Request-Id: "), "{head}");
    let quoted: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
    let names: Vec<&str> = quoted.iter().copied().step_by(2).collect();
    let expected = [
        "access_token",
        "client_id",
        "expires_in",
        "expires_on",
        "ext_expires_in",
        "not_before",
        "resource",
        "token_type",
    ];
    assert_eq!(names, expected);
    let value = |name: &str| quoted[2 * names.iter().position(|n| *n == name).unwrap() + 1];
    let number = |name: &str| value(name).parse::<u64>().unwrap();
    assert_eq!(value("access_token").split('.').count(), 3);
    assert_eq!(number("expires_on") - number("not_before"), 86_700);
    assert_eq!(
        (value("ext_expires_in"), value("token_type")),
        ("86399", "Bearer")
    );
    assert_eq!(value("resource"), "https://vault.azure.net/");
}

#[tokio::test]
async fn a_token_is_signed_once_and_handed_out_again() {
    let (_emulator, address) = start("").await;
    let token = async || {
        let answer = get(address, TOKEN).await;
        answer.split('"').nth(3).unwrap().to_owned()
    };
    assert_eq!(token().await, token().await);
}

#[tokio::test]
async fn every_spelling_of_the_path_is_served() {
    let (_emulator, address) = start("profile = 'unlimited'").await;
    let query = TOKEN.split_once('?').unwrap().1;
    for path in [
        "/metadata/identity/oauth2/token/",
        "//metadata/identity/oauth2/token",
        "/Metadata/Identity/OAuth2/Token",
        "http://169.254.169.254/metadata/identity/oauth2/token",
    ] {
        assert_eq!(
            status(&get(address, &format!("{path}?{query}")).await),
            "200",
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_bad_request_line_disturbs_no_other_connection() {
    let (_emulator, address) = start("").await;
    assert_eq!(status(&raw(address, "nonsense\r\n\r\n").await), "400");
    let long = format!("/metadata/versions?{}", "x".repeat(20_000));
    assert_eq!(status(&get(address, &long).await), "431");
    assert_eq!(status(&get(address, "/metadata/versions").await), "200");
}

#[tokio::test]
async fn an_abandoned_request_keeps_its_slot() {
    let mut slow = config("limits.identity.concurrent = 1");
    slow.vm.latency.token_cold = ServiceTime::Fixed(ServiceTime::LONGEST);
    let (emulator, address) = start_with(slow).await;
    let mut abandoned = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {TOKEN} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n");
    abandoned.write_all(request.as_bytes()).await.unwrap();
    while emulator.tally().identity.in_use == 0 {
        tokio::task::yield_now().await;
    }
    drop(abandoned);
    let refused = get(address, TOKEN).await;
    assert_eq!(status(&refused), "429");
    assert_eq!(emulator.tally().identity.refused_concurrency, 1);
    assert_eq!(emulator.tally().identity.in_use, 1);
}

#[tokio::test]
async fn a_refusal_names_its_limiter_only_if_set_so() {
    let (_emulator, address) =
        start("limits.other.rate.requests = 1\nwire.name_limiter = true").await;
    get(address, "/metadata/versions").await;
    let refused = get(address, "/metadata/versions").await;
    assert!(
        refused.contains("\r\nX-Imds-Emulator-Limiter: rate\r\n"),
        "{refused}"
    );
}

#[tokio::test]
async fn answers_in_flight_are_finished_at_a_stop() {
    let mut slow = config("");
    slow.vm.latency.other = ServiceTime::Fixed(Duration::from_millis(200));
    let (emulator, address) = start_with(slow).await;
    emulator.ready().await;
    let asking = tokio::spawn(async move { get(address, "/metadata/versions").await });
    while emulator.tally().other.in_use == 0 {
        tokio::task::yield_now().await;
    }
    emulator.stop().await;
    assert_eq!(status(&asking.await.unwrap()), "200");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn the_administration_port_reports_and_refuses_foreigners() {
    let (emulator, address) = start("admin_hosts = ['imds']").await;
    let admin: SocketAddr = emulator
        .admin_url()
        .trim_start_matches("http://")
        .parse()
        .unwrap();
    let ask = async |path: &str, host: &str| {
        raw(
            admin,
            &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        )
        .await
    };
    emulator.ready().await;
    get(address, "/metadata/versions").await;
    assert_eq!(status(&ask("/readyz", "localhost").await), "200");
    let bound = format!(r#""listen":"{address}""#);
    assert!(ask("/config", "localhost").await.contains(&bound));
    let tally = ask("/tally", "127.0.0.1").await;
    assert!(tally.contains(r#""other":{"admitted":1,"#), "{tally}");
    assert_eq!(status(&ask("/healthz", "imds:16926").await), "200");
    assert_eq!(status(&ask("/healthz", "evil.example").await), "403");
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_it() {
    let (_emulator, address) = start("").await;
    let config = Config {
        listen: address,
        ..Config::default()
    };
    let error = Emulator::start(config).await.err().unwrap();
    assert_eq!(error.to_string(), format!("cannot serve IMDS at {address}"));
    let reason = std::error::Error::source(&error).expect("the system's reason");
    assert!(reason.to_string().contains("os error"), "{reason}");
}
