//! HTTP as bytes: what is sent is written out, what is received is not interpreted by any client.

use std::collections::BTreeMap;

use imds_emulator::Emulator;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The whole first line, without its line end.
    pub status_line: String,
    /// Headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body, read to the end of the connection.
    pub body: String,
}

impl Answer {
    /// The status code.
    ///
    /// # Panics
    /// If the first line has none.
    #[must_use]
    pub fn status(&self) -> u16 {
        let code = self
            .status_line
            .split(' ')
            .nth(1)
            .expect("a status line has a code");
        code.parse().expect("a code is a number")
    }
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("JSON: {}", self.body))
    }

    /// That these are its status and its body, as JSON from IMDS.
    ///
    /// # Panics
    /// If it is another answer.
    #[track_caller]
    pub fn assert_is(&self, status: u16, body: &str) {
        assert_eq!((self.status(), self.body.as_str()), (status, body));
        assert_eq!(self.headers["content-length"], body.len().to_string());
        let json = "application/json; charset=utf-8";
        assert_eq!(self.headers["content-type"], json);
        assert!(self.headers["server"].starts_with("IMDS/"));
    }
}

/// Sends these bytes and reads until the emulator closes the connection.
///
/// # Panics
/// If the exchange fails, or the answer is not HTTP.
pub async fn exchange(emulator: &Emulator, request: &str) -> Answer {
    exchange_at(&emulator.imds_url(), request).await
}

/// The same with whatever listens at that URL.
///
/// # Panics
/// If the exchange fails, or the answer is not HTTP.
pub async fn exchange_at(url: &str, request: &str) -> Answer {
    let address = url.strip_prefix("http://").expect("an http URL");
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the emulator listens");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the emulator reads");
    let mut bytes = Vec::new();
    stream
        .read_to_end(&mut bytes)
        .await
        .expect("the emulator answers and closes");
    parse(&String::from_utf8(bytes).expect("text"))
}

/// A GET with these header lines (each ended by CR LF), on a connection of its own.
pub async fn get(emulator: &Emulator, target: &str, headers: &str) -> Answer {
    let head = format!("GET {target} HTTP/1.1\r\nHost: imds\r\nConnection: close\r\n{headers}\r\n");
    exchange(emulator, &head).await
}

/// A well-formed request for a token.
pub async fn token(emulator: &Emulator, query: &str) -> Answer {
    let target = format!("/metadata/identity/oauth2/token?api-version=2018-02-01&{query}");
    get(emulator, &target, "Metadata: true\r\n").await
}

fn parse(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let mut lines = head.split("\r\n");
    let status_line = lines.next().expect("a first line").to_owned();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").expect("a header line");
        (name.to_lowercase(), value.to_owned())
    });
    Answer {
        status_line,
        headers: headers.collect(),
        body: body.to_owned(),
    }
}
