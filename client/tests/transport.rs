//! The HTTP transport against listeners on loopback that misbehave, byte by byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use imds_client::{Answer, HeaderError, HttpTransport, Request, Transport, TransportFailure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nX-Ms-Request-Id: 7\r\nContent-Length: 2\r\n\r\n{}";

fn transport(address: SocketAddr) -> HttpTransport {
    let endpoint = format!("http://{address}").parse().expect("an endpoint");
    HttpTransport::new(endpoint).expect("a transport")
}

fn request() -> Request {
    Request {
        target: "/metadata?a=b%2F".to_owned(),
        headers: vec![("metadata", "true".to_owned())],
        body: None,
    }
}

/// A listener on a free port of loopback.
async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Receives one request's head on the connection, as text.
async fn head(connection: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.expect("a request"));
    }
    String::from_utf8(head).expect("text")
}

/// Answers one connection's first request with these bytes and closes it.
async fn answering(bytes: &'static [u8]) -> (SocketAddr, JoinHandle<String>) {
    let (listener, address) = listener().await;
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let head = head(&mut connection).await;
        connection.write_all(bytes).await.expect("the client reads");
        head
    });
    (address, served)
}

async fn received(bytes: &'static [u8]) -> Result<Answer, TransportFailure> {
    let (address, _served) = answering(bytes).await;
    transport(address).send(&request()).await
}

#[tokio::test]
async fn a_body_that_does_not_end_is_no_answer() {
    let (listener, address) = listener().await;
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        head(&mut connection).await;
        let endless = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
        connection
            .write_all(endless)
            .await
            .expect("the client reads");
        let chunk = vec![b' '; 64 * 1024];
        let mut sent = 0_usize;
        while connection.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let received = transport(address).send(&request()).await;
    assert_eq!(received, Err(TransportFailure::Other));
    let sent = served.await.expect("the client has gone");
    assert!(
        sent < 64 * 1024 * 1024,
        "{sent} bytes before the client went"
    );
}

#[tokio::test]
async fn sends_the_request_as_it_was_written() {
    let (address, served) = answering(OK).await;
    transport(address)
        .send(&request())
        .await
        .expect("an answer");
    let head = served.await.expect("a request");
    assert!(
        head.starts_with("GET /metadata?a=b%2F HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nmetadata: true\r\n"), "{head}");
}

#[tokio::test]
async fn sends_a_header_of_its_own_unless_the_request_has_one() {
    let (address, served) = answering(OK).await;
    let transport = transport(address)
        .with_header("X-Session", "7")
        .and_then(|transport| transport.with_header("Metadata", "false"))
        .expect("headers");
    transport.send(&request()).await.expect("an answer");
    let head = served.await.expect("a request");
    assert!(head.contains("\r\nx-session: 7\r\n"), "{head}");
    assert!(head.contains("\r\nmetadata: true\r\n"), "{head}");
    assert!(!head.contains("false"), "{head}");
}

#[test]
fn what_cannot_be_a_header_is_refused() {
    let here = || transport(([127, 0, 0, 1], 1).into());
    for name in ["", "two words", "x:", "Host", "content-length"] {
        let refused = here().with_header(name, "7").expect_err("no such name");
        assert_eq!(refused, HeaderError::Name(name.to_owned()));
    }
    for value in ["7\r\nX-More: 8", "\u{7f}", "\u{e4}"] {
        let refused = here()
            .with_header("x-session", value)
            .expect_err("no value");
        assert_eq!(refused, HeaderError::Value("x-session".to_owned()));
    }
}

#[tokio::test]
async fn posts_a_request_with_a_body() {
    let (listener, address) = listener().await;
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let head = head(&mut connection).await;
        let mut body = [0; 2];
        connection.read_exact(&mut body).await.expect("a body");
        connection.write_all(OK).await.expect("the client reads");
        (head, body)
    });
    let body = Some("{}".to_owned());
    let request = Request { body, ..request() };
    transport(address).send(&request).await.expect("an answer");
    let (head, body) = served.await.expect("a request");
    assert!(
        head.starts_with("POST /metadata?a=b%2F HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\ncontent-length: 2\r\n"), "{head}");
    assert_eq!(&body, b"{}");
}

#[tokio::test]
async fn gives_the_answer_with_header_names_in_lower_case() {
    let answer = received(OK).await.expect("an answer");
    assert_eq!((answer.status, &*answer.body), (200, &b"{}"[..]));
    assert_eq!(answer.header("x-ms-request-id"), Some("7"));
}

#[tokio::test]
async fn follows_no_redirect() {
    let moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(received(moved).await.expect("an answer").status, 302);
}

#[tokio::test]
async fn a_port_without_listener_is_a_failure_to_connect() {
    let (listener, address) = listener().await;
    drop(listener);
    assert_eq!(
        transport(address).send(&request()).await,
        Err(TransportFailure::Connect)
    );
}

#[tokio::test]
async fn a_connection_closed_without_answer_is_closed() {
    assert_eq!(received(b"").await, Err(TransportFailure::Closed));
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_closed() {
    assert_eq!(
        received(b"HTTP/1.1 200 OK\r\nConte").await,
        Err(TransportFailure::Closed)
    );
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{";
    assert_eq!(received(short).await, Err(TransportFailure::Closed));
}

#[tokio::test]
async fn a_connection_that_is_reset_is_reset() {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        head(&mut connection).await;
        connection
            .set_zero_linger()
            .expect("a socket that can be reset");
    });
    assert_eq!(
        transport(address).send(&request()).await,
        Err(TransportFailure::Reset)
    );
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_another_failure() {
    assert_eq!(
        received(b"SSH-2.0-OpenSSH_9.6\r\n\r\n").await,
        Err(TransportFailure::Other)
    );
}

#[tokio::test]
async fn does_not_repeat_a_request_by_itself() {
    let (listener, address) = listener().await;
    let requests = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.expect("a connection");
            head(&mut connection).await;
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert_eq!(
        transport(address).send(&request()).await,
        Err(TransportFailure::Closed)
    );
    assert_eq!(requests.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn keeps_its_connection_for_the_next_request() {
    let (listener, address) = listener().await;
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        for _ in 0..2 {
            head(&mut connection).await;
            connection.write_all(OK).await.expect("the client reads");
        }
    });
    let transport = transport(address);
    for _ in 0..2 {
        transport.send(&request()).await.expect("an answer");
    }
    served.await.expect("both requests on one connection");
}
