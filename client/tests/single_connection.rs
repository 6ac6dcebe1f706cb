//! A single connection beside the transport of every client, against the same listeners on loopback: HTTP/1.1 is the same.
#![cfg(feature = "single-connection")]
#![expect(clippy::disallowed_methods, reason = "a wait in vain has an end")]

use std::net::SocketAddr;
use std::time::Duration;

use imds_client::{
    Answer, Endpoint, HttpTransport, Request, SingleConnection, SingleConnections, Transport,
    TransportFailure,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nX-Ms-Request-Id: 7\r\nContent-Length: 2\r\n\r\n{}";

/// What a service answers on a connection, and how it ends that.
type Script = (&'static [&'static [u8]], End);

/// What a service does with a connection after the last answer.
#[derive(Clone, Copy)]
enum End {
    Close,
    /// It leaves it open.
    Keep,
    /// It takes one more request and resets the connection.
    Reset,
    /// It sends this, though nothing was asked.
    Unasked(&'static [u8]),
}

use End::{Close, Keep, Reset, Unasked};

impl End {
    /// Ends the connection, or leaves it open in the place of those that are held.
    async fn of(self, mut connection: TcpStream, held: &mut Vec<TcpStream>) {
        match self {
            Close => return,
            Keep => (),
            Reset => {
                received(&mut connection).await;
                return connection.set_zero_linger().expect("a reset at its end");
            }
            Unasked(bytes) => {
                elsewhere().await;
                connection.write_all(bytes).await.expect("it is open");
            }
        }
        held.push(connection);
    }
}

fn request(target: &str, body: Option<&str>) -> Request {
    Request {
        target: target.to_owned(),
        headers: vec![
            ("metadata", "true".to_owned()),
            ("x-ms-client-request-id", "1".to_owned()),
        ],
        body: body.map(str::to_owned),
    }
}

fn single(endpoint: &Endpoint) -> SingleConnection {
    SingleConnections::to(endpoint).transport()
}

fn whole(endpoint: &Endpoint) -> HttpTransport {
    HttpTransport::new(endpoint.clone()).expect("a transport")
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Connects two sockets that are not looked at: by then the runtime has seen what has arrived on others, such as their close.
async fn elsewhere() {
    let (listener, address) = listener().await;
    let (connected, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    connected.and(accepted).expect("a connection");
}

/// One request's bytes: its head, and as much of a body as that announces.
async fn received(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let Ok(byte) = connection.read_u8().await else {
            return String::from_utf8(bytes).expect("text");
        };
        bytes.push(byte);
    }
    let head = String::from_utf8(bytes).expect("text");
    let length = head.split_once("content-length: ");
    let length = length.map_or("0", |(_, rest)| rest.split("\r\n").next().unwrap_or("0"));
    let mut body = vec![0; length.parse().expect("a length")];
    connection.read_exact(&mut body).await.expect("a body");
    head + &String::from_utf8(body).expect("text")
}

type Outcome = Result<Answer, TransportFailure>;

/// What arrived for each request with the number of its connection, and what came of each.
type Played = (Vec<(usize, String)>, Vec<Outcome>);

/// As [`played_out`], for the time that this may take.
async fn played(
    transport: impl AsyncFn(Endpoint, Request) -> Outcome,
    requests: Vec<Request>,
    scripts: &'static [Script],
) -> Played {
    let playing = played_out(transport, requests, scripts);
    let played = tokio::time::timeout(Duration::from_secs(20), playing).await;
    played.expect("as many connections and requests on each as the scripts have")
}

/// Sends the requests to a service that plays the scripts, connection after connection.
async fn played_out(
    transport: impl AsyncFn(Endpoint, Request) -> Outcome,
    requests: Vec<Request>,
    scripts: &'static [Script],
) -> Played {
    let (listener, address) = listener().await;
    let served = tokio::spawn(async move {
        let (mut seen, mut held) = (vec![], vec![]);
        for (number, (answers, end)) in scripts.iter().enumerate() {
            let (mut connection, _) = listener.accept().await.expect("a connection");
            for answer in *answers {
                seen.push((number, received(&mut connection).await));
                connection.write_all(answer).await.expect("it reads");
            }
            end.of(connection, &mut held).await;
        }
        seen
    });
    let endpoint: Endpoint = format!("http://{address}").parse().expect("an endpoint");
    let mut answers = vec![];
    for request in requests {
        answers.push(transport(endpoint.clone(), request).await);
        elsewhere().await;
    }
    let seen = served.await.expect("each script is played");
    let port = address.port().to_string();
    let seen = seen.into_iter();
    let seen = seen.map(|(number, text)| (number, text.replace(&port, "PORT")));
    (seen.collect(), answers)
}

/// Plays the same with both; they must have sent the same bytes on the same connections, and got the same.
async fn alike(requests: &[Request], scripts: &'static [Script]) -> Played {
    let one = std::sync::OnceLock::new();
    let by_one = played(
        async |endpoint, request| one.get_or_init(|| single(&endpoint)).send(&request).await,
        requests.to_vec(),
        scripts,
    );
    let other = std::sync::OnceLock::new();
    let by_other = played(
        async |endpoint, request| other.get_or_init(|| whole(&endpoint)).send(&request).await,
        requests.to_vec(),
        scripts,
    );
    let (by_one, by_other) = (by_one.await, by_other.await);
    assert_eq!(by_one, by_other);
    by_one
}

#[tokio::test]
async fn requests_have_the_same_bytes() {
    let targets = [
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fa%2F",
        "/metadata/../a b?c=\u{e4}&d='{}|",
        "/?",
        "//x/./y",
    ];
    let mut requests: Vec<_> = targets.map(|target| request(target, None)).into();
    requests.push(request("/approve", Some(r#"{"StartRequests":[]}"#)));
    requests.push(request(targets[0], None));
    let (seen, _) = alike(&requests, &[(&[OK, OK, OK, OK, OK, OK], Close)]).await;
    let first = "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fa%2F HTTP/1.1\r\n\
        metadata: true\r\nx-ms-client-request-id: 1\r\naccept: */*\r\nhost: 127.0.0.1:PORT\r\n\r\n";
    assert_eq!(seen[0].1, first);
}

#[tokio::test]
async fn a_header_of_its_own_has_the_same_place_and_gives_way_to_the_requests() {
    let requests = vec![request("/a", None)];
    let by_one = played(
        async |endpoint, request| {
            let transport = single(&endpoint).with_header("X-Session", "7");
            let transport = transport.and_then(|it| it.with_header("Metadata", "no"));
            transport.expect("headers").send(&request).await
        },
        requests.clone(),
        &[(&[OK], Close)],
    );
    let by_other = played(
        async |endpoint, request| {
            let transport = whole(&endpoint).with_header("X-Session", "7");
            let transport = transport.and_then(|it| it.with_header("Metadata", "no"));
            transport.expect("headers").send(&request).await
        },
        requests,
        &[(&[OK], Close)],
    );
    let (by_one, by_other) = (by_one.await, by_other.await);
    assert!(by_one.0[0].1.contains("\r\nx-session: 7\r\n"), "{by_one:?}");
    assert_eq!(by_one, by_other);
}

/// Plays so many requests with both; the number of the connection of each request that was answered.
async fn connections(requests: usize, scripts: &'static [Script]) -> Vec<usize> {
    let (seen, _) = alike(&vec![request("/a", None); requests], scripts).await;
    seen.into_iter().map(|(number, _)| number).collect()
}

#[tokio::test]
async fn a_connection_that_the_service_has_closed_is_replaced_before_the_next_request() {
    let used = connections(3, &[(&[OK], Close), (&[OK, OK], Close)]);
    assert_eq!(used.await, [0, 1, 1]);
}

#[tokio::test]
async fn an_answer_that_closes_its_connection_is_the_last_on_it() {
    const LAST: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1";
    let used = connections(2, &[(&[LAST], Keep), (&[LAST], Keep)]);
    assert_eq!(used.await, [0, 1]);
}

#[tokio::test]
async fn a_connection_with_bytes_that_were_not_asked_for_is_not_used_again() {
    const MORE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}more";
    let used = connections(2, &[(&[MORE], Keep), (&[OK], Close)]);
    assert_eq!(used.await, [0, 1]);
    let used = connections(2, &[(&[OK], Unasked(b"HTTP/1.1 408 ")), (&[OK], Close)]);
    assert_eq!(used.await, [0, 1]);
}

#[tokio::test]
async fn a_reset_is_the_same_failure_on_a_new_connection_and_on_a_used_one() {
    let requests = vec![request("/a", None); 3];
    let (_, answers) = alike(&requests, &[(&[], Reset), (&[OK], Reset)]).await;
    assert_eq!(answers[0], Err(TransportFailure::Reset));
    assert_eq!(answers[2], Err(TransportFailure::Reset));
}

#[tokio::test]
async fn a_body_that_is_too_long_is_the_same_failure() {
    let mut long = b"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n".to_vec();
    long.resize(long.len() + 1024 * 1024 + 1, b'x');
    let long: &[u8] = Vec::leak(long);
    let answers: &[&[u8]] = Vec::leak(vec![long]);
    let scripts: &[Script] = Vec::leak(vec![(answers, Keep)]);
    let (_, answers) = alike(&[request("/a", None)], scripts).await;
    assert_eq!(answers, [Err(TransportFailure::Other)]);
}

/// What the documentation of [`SingleConnection`] says of a connection that such a service keeps: reqwest's next request is
/// in HTTP/1.0, on the same one.
#[tokio::test]
async fn an_answer_in_http_1_0_is_read_alike_and_the_last_on_its_connection() {
    const LAST: &[u8] = b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1";
    const KEPT: &[u8] = b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n1";
    let used = connections(2, &[(&[LAST], Keep), (&[KEPT], Keep)]);
    assert_eq!(used.await, [0, 1]);
    let one = std::sync::OnceLock::new();
    let by_one =
        async |endpoint, request| one.get_or_init(|| single(&endpoint)).send(&request).await;
    let requests = vec![request("/a", None); 2];
    let (seen, _) = played(by_one, requests, &[(&[KEPT], Keep), (&[KEPT], Keep)]).await;
    assert_eq!((seen[0].0, seen[1].0), (0, 1));
    assert!(seen[1].1.starts_with("GET /a HTTP/1.1\r\n"), "{seen:?}");
}

#[tokio::test]
async fn answers_are_read_alike_and_so_are_failures() {
    const CHUNKED: &[u8] =
        b"HTTP/1.1 429 Slow\r\nTransfer-Encoding: chunked\r\nRetry-After: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const TO_THE_END: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nabc";
    const CUT_OFF: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{";
    const NO_HTTP: &[u8] = b"SSH-2.0-OpenSSH_9.6\r\n\r\n";
    const HALF_A_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nConte";
    const MOVED: &[u8] = b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n";
    let requests = vec![request("/a", None); 7];
    alike(
        &requests,
        &[
            (&[MOVED, CHUNKED, TO_THE_END], Close),
            (&[CUT_OFF], Close),
            (&[NO_HTTP], Close),
            (&[HALF_A_HEAD], Close),
            (&[b""], Close),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_no_connection_behind() {
    let (listener, address) = listener().await;
    let endpoint: Endpoint = format!("http://{address}").parse().expect("an endpoint");
    let transport = single(&endpoint);
    let asked = request("/a", None);
    let served = async {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        received(&mut connection).await;
        connection
    };
    let mut first = tokio::select! {
        _ = transport.send(&asked) => unreachable!("there is no answer"),
        connection = served => connection,
    };
    assert_eq!(first.read(&mut [0]).await.expect("its end"), 0);
    let again = async {
        let (mut connection, _) = listener.accept().await.expect("another connection");
        received(&mut connection).await;
        connection.write_all(OK).await.expect("it reads");
    };
    let (answer, ()) = tokio::join!(transport.send(&asked), again);
    assert_eq!(answer.expect("an answer").status, 200);
}

#[tokio::test]
async fn without_a_listener_it_cannot_connect() {
    let (listener, address) = listener().await;
    drop(listener);
    let endpoint: Endpoint = format!("http://{address}").parse().expect("an endpoint");
    let failed = single(&endpoint).send(&request("/a", None)).await;
    assert_eq!(failed, Err(TransportFailure::Connect));
}

/// The heads that both send to an endpoint which is written so, of this listener.
async fn heads(endpoint: &str, listener: TcpListener) -> [String; 2] {
    let endpoint: Endpoint = endpoint.parse().expect("an endpoint");
    let asked = request("/a?b", None);
    let (one, other) = (single(&endpoint), whole(&endpoint));
    let served = async {
        let mut heads = vec![];
        for _ in 0..2 {
            let (mut connection, _) = listener.accept().await.expect("a connection");
            heads.push(received(&mut connection).await);
            connection.write_all(OK).await.expect("it reads");
        }
        heads
    };
    let asking = async { (one.send(&asked).await, other.send(&asked).await) };
    let (heads, answers) = tokio::join!(served, asking);
    assert_eq!(answers.0, answers.1);
    heads.try_into().expect("two heads")
}

#[tokio::test]
async fn an_endpoint_is_written_alike_with_a_path_and_in_upper_case() {
    for (host, path, written) in [
        ("localhost", "/p%20q", "GET /p%20q/a?b HTTP/1.1\r\n"),
        ("LOCALHOST", "/a/../b/", "GET /b/a?b HTTP/1.1\r\n"),
    ] {
        let (listener, address) = listener().await;
        let port = address.port();
        let [one, other] = heads(&format!("http://{host}:{port}{path}"), listener).await;
        assert_eq!(one, other);
        assert!(one.starts_with(written), "{one}");
        assert!(
            one.contains(&format!("\r\nhost: localhost:{port}\r\n")),
            "{one}"
        );
    }
}

/// Sends a request to a service that closes the connection as soon as it is there, before the client has seen that it is.
async fn to_a_service_that_closes_at_once(
    transport: impl AsyncFn(Endpoint, Request) -> Outcome,
) -> Outcome {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("an address");
    let endpoint: Endpoint = format!("http://{address}").parse().expect("an endpoint");
    let closed = async {
        while listener.accept().is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(transport(endpoint, request("/a", None)), closed).0
}

#[tokio::test]
async fn a_service_that_closes_at_once_is_the_same_failure() {
    let by_one = to_a_service_that_closes_at_once(async |endpoint, request| {
        single(&endpoint).send(&request).await
    });
    let by_other = to_a_service_that_closes_at_once(async |endpoint, request| {
        whole(&endpoint).send(&request).await
    });
    let (by_one, by_other) = (by_one.await, by_other.await);
    assert_eq!(by_one, by_other);
    assert_eq!(by_one, Err(TransportFailure::Closed));
}
