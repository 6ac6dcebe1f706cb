//! Misbehaving clients.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::program::{Program, connect};

/// A POST with a body that practically never ends.
pub(crate) const ENDLESS_BODIES: [&str; 4] = [
    "POST /metadata/scheduledevents?api-version=2020-07-01 HTTP/1.1\r\nHost: x\r\n\
     Metadata: true\r\nContent-Length: 8589934592\r\n\r\n",
    "POST /metadata/scheduledevents?api-version=2020-07-01 HTTP/1.1\r\nHost: x\r\n\
     Metadata: true\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n",
    "POST /cloudshell/oauth2/token HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\
     Content-Length: 8589934592\r\n\r\n",
    "GET /metadata/versions HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\
     Content-Length: 8589934592\r\n\r\n",
];

/// Half of them idle, half with a head that comes a few bytes at a time, as far as the system lets us.
pub(crate) fn crowd(program: &Program, count: usize) -> Vec<TcpStream> {
    rlimit::increase_nofile_limit(2 * count as u64).unwrap();
    let connections = (0..count).map_while(|_| connect(program.imds).ok());
    let mut crowd: Vec<TcpStream> = connections.collect();
    for part in [
        "GET /meta",
        "data/versions HT",
        "TP/1.1\r\nHo",
        "st: x\r\nMeta",
    ] {
        for stream in crowd.iter_mut().step_by(2) {
            stream.write_all(part.as_bytes()).unwrap();
        }
    }
    crowd
}

/// Requests that are none, of many kinds, and others that chance has damaged.
pub(crate) fn malformed() -> Vec<Vec<u8>> {
    const WHOLE: &[u8] = b"GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=r \
        HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nX-Forwarded-For: a\r\n\r\n";
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut requests: Vec<Vec<u8>> = BY_HAND.iter().map(|text| text.to_vec()).collect();
    requests.push(header("x", 20_000));
    requests.push(
        b"GET / HTTP/1.1\r\n"
            .iter()
            .copied()
            .chain(many_headers(200))
            .collect(),
    );
    for _ in 0..300 {
        let length = rng.random_range(1..600);
        requests.push((0..length).map(|_| rng.random()).collect());
        let mut damaged = WHOLE.to_vec();
        for _ in 0..rng.random_range(1..6) {
            let at = rng.random_range(0..damaged.len());
            damaged[at] = rng.random();
        }
        requests.push(damaged);
    }
    requests
}

const BY_HAND: [&[u8]; 22] = [
    b"\r\n\r\n",
    b"\0\0\0\0",
    b"GET\r\n\r\n",
    b"GET / \r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nMetadata: \xff\xfe\r\n\r\n",
    b"GET /%ff%00%zz HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://169.254.169.254/metadata/versions HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n",
    b"GET ?= HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
];

fn header(name: &str, length: usize) -> Vec<u8> {
    let value = "y".repeat(length);
    format!("GET / HTTP/1.1\r\n{name}: {value}\r\n\r\n").into_bytes()
}

fn many_headers(count: usize) -> impl Iterator<Item = u8> {
    let headers = (0..count).map(|number| format!("h{number}: x\r\n"));
    headers
        .chain(["\r\n".to_owned()])
        .collect::<String>()
        .into_bytes()
        .into_iter()
}

/// Sends it, says that there is no more, and waits for an answer or the end.
pub(crate) fn send(program: &Program, request: &[u8]) {
    let mut stream = connect(program.imds).unwrap();
    let sent = stream.write_all(request);
    let ended = sent.and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    let read = ended.and_then(|()| stream.read_to_end(&mut answer));
    let shown = String::from_utf8_lossy(request);
    match read {
        Ok(_) => assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1."),
            "{shown}"
        ),
        Err(error) => assert!(is_closed(error.kind()), "{error}: {shown}"),
    }
}

fn is_closed(kind: ErrorKind) -> bool {
    let closed = [
        ErrorKind::ConnectionReset,
        ErrorKind::BrokenPipe,
        ErrorKind::NotConnected,
    ];
    closed.contains(&kind) || kind == ErrorKind::ConnectionAborted
}

/// Sends a head and then bytes until so many are sent or no more are accepted.
pub(crate) fn stream(program: &Program, head: &str, most: usize) {
    let mut stream = connect(program.imds).unwrap();
    let patience = Some(Duration::from_secs(2));
    stream.set_write_timeout(patience).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let piece = vec![b' '; 1 << 20];
    let mut left = most / piece.len();
    while left > 0 && stream.write_all(&piece).is_ok() {
        left -= 1;
    }
}

/// Asks so often over one connection, and reads all answers.
pub(crate) fn pipeline(program: &Program, target: &str, count: usize) {
    let mut stream = connect(program.imds).unwrap();
    let request = |connection| {
        format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n")
    };
    let mut buffer = vec![0; 1 << 16];
    let (usual, last) = (request("keep-alive"), request("close"));
    for _ in 1..count {
        stream.write_all(usual.as_bytes()).unwrap();
        assert!(stream.read(&mut buffer).unwrap() > 0);
    }
    stream.write_all(last.as_bytes()).unwrap();
    stream.read_to_end(&mut buffer).unwrap();
}

/// Asks and asks and never reads, until nothing is taken any more.
pub(crate) fn deaf(program: &Program, count: usize, patience: Duration) {
    let mut stream = connect(program.imds).unwrap();
    stream.set_write_timeout(Some(patience)).unwrap();
    let request = "GET /metadata/instance?api-version=2021-02-01 HTTP/1.1\r\nHost: x\r\n\
                   Metadata: true\r\n\r\n";
    let taken = (0..count).take_while(|_| stream.write_all(request.as_bytes()).is_ok());
    assert!(taken.count() > 0);
}
