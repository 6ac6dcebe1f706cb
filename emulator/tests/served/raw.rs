//! An emulator of one's own and raw sockets to ask it.

use std::net::SocketAddr;
use std::time::Duration;

use imds_emulator::latency::{Latency, ServiceTime};
use imds_emulator::{Config, Emulator};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An emulator whose answers take no time and whose limits do not matter unless a test sets them.
pub(crate) async fn start(extra: &str) -> Emulator {
    let text = format!(
        "profile = 'unlimited'\nlisten = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n{extra}"
    );
    let mut config =
        Config::from_toml("test", &text).unwrap_or_else(|problems| panic!("{problems}"));
    let at_once = ServiceTime::Fixed(Duration::ZERO);
    config.vm.latency = Latency {
        token_cold: at_once,
        token_warm: at_once,
        other: at_once,
    };
    Emulator::start(config).await.unwrap()
}

/// One answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header; its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Sends a request with those header lines to `http://address:port` and reads until it is closed.
pub(crate) async fn ask(
    url: &str,
    method: &str,
    target: &str,
    headers: &[&str],
    body: &str,
) -> Answer {
    let address: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    let length = body.len();
    let headers: String = headers.iter().flat_map(|line| [*line, "\r\n"]).collect();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    );
    let answer = String::from_utf8(exchange(address, &request).await).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let is_chunked = head.contains("\r\nTransfer-Encoding: chunked");
    Answer {
        status: head[9..12].parse().unwrap(),
        head: head.to_owned(),
        body: if is_chunked {
            joined(body)
        } else {
            body.to_owned()
        },
    }
}

/// What comes back until the connection is closed.
async fn exchange(address: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

/// What is served under a whole URL, as head and body; the body may be binary.
pub(crate) async fn fetch(url: &str) -> (String, Vec<u8>) {
    let (address, path) = url["http://".len()..].split_once('/').unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = exchange(address.parse().unwrap(), &request).await;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = answer.split_off(end.unwrap() + 4);
    (String::from_utf8(answer).unwrap(), body)
}

/// A body that came in chunks, each of which begins with its length.
fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let (chunk, rest) = rest.split_at(usize::from_str_radix(length, 16).unwrap());
        body += chunk;
        chunks = rest.trim_start_matches("\r\n");
    }
    body
}

/// A GET of the IMDS port, as its clients send it.
pub(crate) async fn imds(emulator: &Emulator, target: &str) -> Answer {
    ask(&emulator.imds_url(), "GET", target, &["Metadata: true"], "").await
}

/// A GET of the administration port.
pub(crate) async fn admin(emulator: &Emulator, target: &str) -> Answer {
    ask(&emulator.admin_url(), "GET", target, &[], "").await
}
