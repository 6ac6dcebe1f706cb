//! What a client sends to the IMDS port, byte for byte. The emulator ends the connection in bounded time; what it sends are
//! whole answers of HTTP with statuses that it has; the journal has each of them, in order, and no token.
#![no_main]

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::Duration;

use imds_emulator::journal::{Entry, Fate};
use imds_emulator::{Config, Emulator};
use imds_fuzz::answers::{self, Answer};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// All protocols, two identities, no service times, and no limits, so that an input has the same answer each time.
const CONFIG: &str = "
profile = 'unlimited'
latency = { token_cold = '0s', token_warm = '0s', other = '0s' }
protocols = { secret = 'fuzz' }
identities = [{ name = 'jobs', client_id = '5a1f0c9e-0000-4000-8000-000000000001' }]
journal = { entries = 64 }
";

/// Sent behind each input: the request after which a connection ends, unless the input took it for a part of its own.
const LAST: &[u8] =
    b"\r\n\r\nGET /metadata/versions HTTP/1.1\r\nHost: fuzz\r\nConnection: close\r\n\r\n";

const ATTESTED: &[u8] = b"GET /metadata/attested/document?api-version=2020-09-01 HTTP/1.1\r\n\
    Metadata: true\r\nConnection: close\r\n\r\n";

/// When nothing comes for so long, the emulator waits for more; the connection's end is then sent.
const QUIET: Duration = Duration::from_millis(10);

/// No answer takes so long.
const LONGEST: Duration = Duration::from_secs(5);

/// The statuses of IMDS, of the other protocols, and of HTTP itself.
const STATUSES: [u16; 6] = [200, 400, 401, 404, 405, 431];

thread_local! {
    static SERVED: RefCell<Option<(Runtime, Emulator)>> = const { RefCell::new(None) };
}

fuzz_target!(|bytes: &[u8]| {
    SERVED.with_borrow_mut(|served| {
        let (runtime, emulator) = served.get_or_insert_with(start);
        let before = emulator.journal().last().map_or(0, |entry| entry.seq);
        let (received, cut) = runtime.block_on(exchange(address(emulator), bytes));
        let entries = emulator
            .journal()
            .into_iter()
            .filter(|entry| entry.seq > before);
        check(&received, cut, &entries.collect::<Vec<_>>());
    });
});

fn start() -> (Runtime, Emulator) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = Config::from_toml("fuzz.toml", CONFIG).expect("a configuration");
    let emulator = runtime.block_on(async {
        let emulator = Emulator::start(config.with_free_ports())
            .await
            .expect("free ports");
        emulator.ready().await;
        warm(address(&emulator)).await;
        emulator
    });
    (runtime, emulator)
}

/// The first attested document waits for keys that are made only then.
async fn warm(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let sent = stream.write_all(ATTESTED).await;
    sent.expect("a request that can be sent");
    let mut received = vec![];
    let read = stream.read_to_end(&mut received).await;
    assert!(read.is_ok() && received.starts_with(b"HTTP/1.1 200 "));
}

fn address(emulator: &Emulator) -> SocketAddr {
    let url = emulator.imds_url();
    let address = url.trim_start_matches("http://").parse();
    address.expect("an address")
}

/// All that comes back, and whether a reset cut it.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // The emulator may have read enough and closed.
    let _ = stream.write_all(&[bytes, LAST].concat()).await;
    let (mut received, mut piece, mut ended) = (vec![], [0; 4096], false);
    loop {
        let wait = if ended { LONGEST } else { QUIET };
        match timeout(wait, stream.read(&mut piece)).await {
            Ok(Ok(0)) => return (received, ended),
            Ok(Ok(length)) => received.extend_from_slice(&piece[..length]),
            Ok(Err(_)) => return (received, true),
            Err(_) => {
                assert!(!ended, "the connection stays open");
                ended = true;
                let _ = stream.shutdown().await;
            }
        }
    }
}

fn check(received: &[u8], cut: bool, entries: &[Entry]) {
    let methods: Vec<&str> = entries.iter().map(|entry| entry.method.as_str()).collect();
    let answers = answers::read(received, &methods, cut);
    let answers = answers
        .unwrap_or_else(|problem| panic!("{problem}: {:?}", String::from_utf8_lossy(received)));
    for (answer, entry) in answers.iter().zip(entries) {
        assert!(
            STATUSES.contains(&answer.status),
            "a status of {}",
            answer.status
        );
        let noted = entry.outcome.status;
        let unread = entry.outcome.verdict == Some(Fate::Unreadable);
        assert!(
            noted == Some(answer.status) || unread,
            "{noted:?} in the journal, {} sent",
            answer.status
        );
    }
    assert!(
        answers.len() <= entries.len(),
        "{} answers, {} requests",
        answers.len(),
        entries.len()
    );
    let kept = format!("{entries:?}");
    for secret in answers.iter().filter_map(secret) {
        assert!(!kept.contains(&secret), "the journal has a token");
    }
}

fn secret(answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    body.get("access_token")?.as_str().map(str::to_owned)
}
