//! Faults as bytes: what a client sees of each, on a raw socket.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use imds_emulator::fault::Preset;
use imds_emulator::{Config, Emulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const VERSIONS: &str = "GET /metadata/versions HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n";
const TOKEN: &str = "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=r \
                     HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n";

/// An emulator with limits on nothing and these faults.
async fn start(faults: &str) -> (Emulator, SocketAddr) {
    let text = format!(
        "listen = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n\
         latency = {{ token_cold = '0s', token_warm = '0s', other = '0s' }}\n{faults}"
    );
    let emulator = Emulator::start(Config::from_toml("test", &text).unwrap())
        .await
        .unwrap();
    let url = emulator.imds_url();
    (emulator, url.trim_start_matches("http://").parse().unwrap())
}

async fn send(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// What comes on a connection that the request asks to be closed.
async fn answer(address: SocketAddr, request: &str) -> String {
    let closing = request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    let mut stream = send(address, &closing).await;
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn content_length(answer: &str) -> usize {
    let line = answer
        .lines()
        .find(|line| line.starts_with("Content-Length: "));
    line.unwrap().split(' ').nth(1).unwrap().parse().unwrap()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn a_status_is_answered_before_headers_and_limits_are_looked_at() {
    let (emulator, address) = start("[[faults]]\neffect = { status = 410 }\nnext = 2").await;
    let gone = answer(address, TOKEN).await;
    assert!(gone.starts_with("HTTP/1.1 410 Gone\r\n"), "{gone}");
    assert!(gone.contains("\r\nServer: IMDS/"), "{gone}");
    assert!(body(&gone).starts_with(r#"{"error":"gone","#), "{gone}");
    let without_header = "GET /metadata/versions HTTP/1.1\r\nHost: x\r\n\r\n";
    assert!(
        answer(address, without_header)
            .await
            .starts_with("HTTP/1.1 410 ")
    );
    assert!(
        answer(address, without_header)
            .await
            .starts_with("HTTP/1.1 400 ")
    );
    let tally = emulator.tally();
    assert_eq!((tally.identity.admitted, tally.other.rejected), (0, 1));
    assert_eq!(emulator.faults()[0].struck, 2);
}

#[tokio::test]
async fn a_status_says_when_to_come_back_in_every_protocol() {
    let effect = "{ status = 503, retry_after = '7s' }";
    let (emulator, address) = start(&format!("faults = [{{ effect = {effect} }}]")).await;
    let elsewhere = TOKEN.replace("/metadata/identity/oauth2/token", "/msi/token");
    for request in [TOKEN, &elsewhere] {
        let busy = answer(address, request).await;
        assert!(busy.starts_with("HTTP/1.1 503 "), "{busy}");
        assert!(busy.contains("\r\nRetry-After: 7\r\n"), "{busy}");
    }
    let told = emulator.journal().pop().expect("a request");
    assert_eq!(told.outcome.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let (_emulator, address) = start("faults = [{ effect = 'reset' }]").await;
    let mut stream = send(address, VERSIONS).await;
    let error = stream.read(&mut [0; 100]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_close_is_an_end_without_a_byte() {
    let (_emulator, address) = start("faults = [{ effect = 'close' }]").await;
    let mut stream = send(address, VERSIONS).await;
    assert_eq!(stream.read(&mut [0; 100]).await.unwrap(), 0);
}

#[tokio::test]
async fn hanging_requests_end_at_the_stop() {
    let (emulator, address) = start("faults = [{ effect = 'hang', next = 1 }]").await;
    let mut stream = send(address, VERSIONS).await;
    while emulator.faults()[0].struck == 0 {
        tokio::task::yield_now().await;
    }
    assert!(answer(address, VERSIONS).await.starts_with("HTTP/1.1 200 "));
    let mut nothing = [0; 100];
    let unanswered = stream.try_read(&mut nothing).unwrap_err();
    assert_eq!(unanswered.kind(), ErrorKind::WouldBlock);
    emulator.stop().await;
    assert_eq!(stream.read(&mut nothing).await.unwrap(), 0);
}

#[tokio::test]
async fn a_truncated_body_has_fewer_bytes_than_were_announced() {
    let (_emulator, address) = start("faults = [{ effect = 'truncated' }]").await;
    let mut received = Vec::new();
    let mut stream = send(address, VERSIONS).await;
    stream.read_to_end(&mut received).await.unwrap();
    let answer = String::from_utf8(received).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(body(&answer).len(), content_length(&answer) / 2);
}

#[tokio::test]
async fn malformed_json_is_a_whole_answer_with_half_a_document() {
    let (_emulator, address) = start("faults = [{ effect = 'malformed' }]").await;
    let answer = answer(address, VERSIONS).await;
    assert_eq!(body(&answer).len(), content_length(&answer));
    assert!(body(&answer).starts_with(r#"{"apiVersions":["#), "{answer}");
    serde_json::from_str::<serde_json::Value>(body(&answer)).unwrap_err();
}

#[tokio::test]
async fn a_wrong_content_type_is_over_the_right_body() {
    let (_emulator, address) = start("faults = [{ effect = 'content-type' }]").await;
    let answer = answer(address, VERSIONS).await;
    let types = answer
        .lines()
        .filter(|line| line.starts_with("Content-Type"));
    let types: Vec<_> = types.collect();
    assert_eq!(types, ["Content-Type: text/html; charset=utf-8"]);
    serde_json::from_str::<serde_json::Value>(body(&answer)).unwrap();
}

#[tokio::test]
async fn a_drip_comes_in_pieces_on_a_connection_that_goes_on() {
    let drip = "{ drip = { pieces = 4, every = '30ms' } }";
    let (_emulator, address) = start(&format!("faults = [{{ effect = {drip}, next = 1 }}]")).await;
    let mut stream = send(address, VERSIONS).await;
    let (mut received, mut reads) = (String::new(), 0);
    while !received.ends_with("]}") {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.unwrap();
        assert_ne!(count, 0, "{received}");
        received += std::str::from_utf8(&buffer[..count]).unwrap();
        reads += 1;
    }
    assert!(reads >= 4, "{reads} reads");
    assert_eq!(body(&received).len(), content_length(&received));
    stream.write_all(VERSIONS.as_bytes()).await.unwrap();
    assert_ne!(stream.read(&mut [0; 100]).await.unwrap(), 0);
}

#[tokio::test]
async fn requests_are_distinguished_by_connection_and_session() {
    let faults = "faults = [{ effect = { status = 500 }, connection = 1 },\n\
                  { effect = { status = 503 }, session = '7' }]";
    let (_emulator, address) = start(faults).await;
    let status = async |request: &str| answer(address, request).await[9..12].to_owned();
    assert_eq!(status(VERSIONS).await, "500");
    assert_eq!(status(VERSIONS).await, "200");
    let session = VERSIONS.replace("Host: x", "Host: x\r\nX-Imds-Emulator-Session: 7");
    assert_eq!(status(&session).await, "503");
}

#[tokio::test]
async fn a_fault_can_be_injected_while_the_emulator_runs() {
    let (emulator, address) = start("").await;
    assert!(answer(address, VERSIONS).await.starts_with("HTTP/1.1 200 "));
    for fault in Preset::Update.faults() {
        emulator.inject(fault);
    }
    assert!(answer(address, VERSIONS).await.starts_with("HTTP/1.1 410 "));
    assert_eq!(emulator.faults()[0].name, "update");
}

#[tokio::test]
async fn an_answer_of_one_s_own_goes_over_the_wire_as_it_is_written() {
    let docker = "{ status = 403, reason = 'No Route', headers = { server = 'proxy' }, \
                  body = 'cannot reach {{path}}' }";
    let portal = "{ status = 200, headers = { 'content-type' = 'text/html' }, body = '<html>' }";
    let (emulator, address) = start(&format!(
        "[[faults]]\neffect = {docker}\nnext = 1\n[[faults]]\neffect = {portal}\nnext = 1\n\
         [[faults]]\neffect = {{ status = 304 }}"
    ))
    .await;
    let unreachable = answer(address, VERSIONS).await;
    assert!(
        unreachable.starts_with("HTTP/1.1 403 No Route\r\n"),
        "{unreachable}"
    );
    assert!(
        unreachable.contains("\r\nServer: proxy\r\n"),
        "{unreachable}"
    );
    let kind = "\r\nContent-Type: text/plain; charset=utf-8\r\n";
    assert!(unreachable.contains(kind), "{unreachable}");
    assert_eq!(body(&unreachable), "cannot reach /metadata/versions");
    let page = answer(address, TOKEN).await;
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("\r\nContent-Type: text/html\r\n"), "{page}");
    assert!(page.contains("\r\nServer: IMDS/"), "{page}");
    assert_eq!(body(&page), "<html>");
    let nothing = answer(address, TOKEN).await;
    assert!(
        nothing.starts_with("HTTP/1.1 304 Not Modified\r\n"),
        "{nothing}"
    );
    assert_eq!(
        (nothing.contains("Content-Type"), body(&nothing)),
        (false, "")
    );
    let statuses = emulator
        .journal()
        .into_iter()
        .map(|entry| entry.outcome.status);
    assert_eq!(
        statuses.collect::<Vec<_>>(),
        [Some(403), Some(200), Some(304)]
    );
}

#[tokio::test]
async fn a_status_says_when_to_come_back_as_a_date_or_in_milliseconds() {
    let date = "{ status = 503, retry_after = '1h', retry_after_as = 'date' }";
    let exact = "{ status = 429, retry_after = '250ms', retry_after_as = 'milliseconds' }";
    let (emulator, address) = start(&format!(
        "[[faults]]\neffect = {date}\nnext = 1\n[[faults]]\neffect = {exact}"
    ))
    .await;
    let later = answer(address, TOKEN).await;
    let header = |name: &str| {
        let mut lines = later.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| *key == name).unwrap().1.to_owned()
    };
    let (sent, told) = (header("Date"), header("Retry-After"));
    assert!(told.ends_with(" GMT") && told.len() == sent.len(), "{told}");
    let minutes = |date: &str| {
        let time: Vec<u32> = date[17..22]
            .split(':')
            .map(|part| part.parse().unwrap())
            .collect();
        time[0] * 60 + time[1]
    };
    let wait = (minutes(&told) + 24 * 60 - minutes(&sent)) % (24 * 60);
    assert!((59..=61).contains(&wait), "{sent}, {told}");
    let soon = answer(address, TOKEN).await;
    assert!(soon.contains("\r\nX-Ms-Retry-After-Ms: 250\r\n"), "{soon}");
    assert!(!soon.contains("\r\nRetry-After:"), "{soon}");
    let told = emulator
        .journal()
        .into_iter()
        .map(|entry| entry.outcome.retry_after.unwrap());
    let expected = [Duration::from_hours(1), Duration::from_millis(250)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn after_the_header_a_probe_without_it_is_answered_as_ever() {
    let (emulator, address) = start("[[faults]]\npreset = 'update'\nafter_header = true").await;
    let probe = TOKEN.replace("Metadata: true\r\n", "");
    assert!(answer(address, &probe).await.starts_with("HTTP/1.1 400 "));
    assert!(answer(address, TOKEN).await.starts_with("HTTP/1.1 410 "));
    let report = &emulator.faults()[0];
    assert_eq!((report.seen, report.struck), (1, 1));
}
