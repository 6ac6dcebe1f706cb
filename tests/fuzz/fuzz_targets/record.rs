//! The records of the cache that processes share, as a killed or damaged machine may leave them. The first byte says which:
//! `t`oken, `l`ease, `h`old or `f`ailure in its envelope; `r`, a whole file of a token; `p`, a pacer; `b`, an answer whose
//! token is stored. `@N@` is the time of the test in milliseconds since 1970, and N more.
//!
//! Whatever is there, a caller has a token or a failure in bounded time, by one request at most; a token that was handed out
//! had not expired; one that was stored is what another process receives.
#![no_main]

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use imds_client::{
    Advice, Answer, Attempt, GaveUp, Identity, ImdsRequest, Observer, OperationError, Outcome,
    Pace, Pacer, RetryAfter, SharedCache, SharingClient, Token, TokenRequest, TokenSource, Turn,
    TurnSearch,
};
use imds_fuzz::program::Files;
use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// In virtual time: longer than a caller waits for other processes.
const LONGEST: Duration = Duration::from_secs(120);

/// Turns that are named one after the other before an attempt may go.
const MOST_TURNS: usize = 50;

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, content)) = bytes.split_first() else {
        return;
    };
    PLACE.with_borrow_mut(|place| {
        let place = place.get_or_insert_with(Place::learnt);
        match kind {
            b'b' => stored(place, content),
            b'p' => paced(&dated(content)),
            kind => found(place, *kind, content),
        }
    });
});

/// Where the files of one token are.
struct Place {
    runtime: Runtime,
    files: Files,
    /// The kinds, with the path of their file and its envelope: all before the record, which a brace follows.
    kinds: Vec<(u8, PathBuf, Vec<u8>)>,
}

impl Place {
    /// Has the client write each kind of file, since their names and keys depend on the machine.
    fn learnt() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        let mut place = Self {
            runtime: runtime.expect("a runtime"),
            files: Files::new(),
            kinds: vec![],
        };
        let _token = place.acquire(&Source::of(Ok(token("learnt"))));
        place.learn(&["token", "lease"]);
        place.clear();
        let _failure = place.acquire(&Source::of(Err(refused())));
        place.learn(&["hold", "failure"]);
        place
    }

    fn learn(&mut self, endings: &[&str]) {
        for entry in fs::read_dir(self.folder()).expect("the cache") {
            let path = entry.expect("a file").path();
            let ending = path
                .extension()
                .map(|ending| ending.to_string_lossy().into_owned())
                .unwrap_or_default();
            if endings.contains(&ending.as_str()) {
                let content = fs::read(&path).expect("its content");
                let record = b"\"record\":";
                let at = content
                    .windows(record.len())
                    .position(|part| part == record)
                    .expect("a record");
                self.kinds.push((
                    ending.as_bytes()[0],
                    path,
                    content[..at + record.len()].to_vec(),
                ));
            }
        }
        assert!(endings.iter().all(|ending| {
            self.kinds
                .iter()
                .any(|(kind, ..)| *kind == ending.as_bytes()[0])
        }));
    }

    fn folder(&self) -> PathBuf {
        self.files.folder().join("cache")
    }

    /// Removes the files but for locks.
    fn clear(&self) {
        for entry in fs::read_dir(self.folder()).expect("the cache").flatten() {
            if entry
                .path()
                .extension()
                .is_none_or(|ending| ending != "lock")
            {
                fs::remove_file(entry.path()).expect("a file that can be removed");
            }
        }
    }

    /// What a process has that asks this source where it has to.
    fn acquire(&self, source: &Source) -> Result<Token, OperationError> {
        let endpoint = "http://127.0.0.1:1".parse().expect("an endpoint");
        let cache = SharedCache::open(self.folder(), &endpoint, |problem| panic!("{problem}"))
            .expect("a cache");
        let client = SharingClient::new(source, cache, ChaCha8Rng::seed_from_u64(1));
        let mut observer = ();
        let request = request();
        let acquired = async { timeout(LONGEST, client.acquire(&request, &mut observer)).await };
        let acquired = self.runtime.block_on(acquired);
        acquired.expect("a caller has its answer in bounded time")
    }
}

/// A process comes to a folder with this file.
fn found(place: &Place, kind: u8, content: &[u8]) {
    place.clear();
    let wanted = if kind == b'r' { b't' } else { kind };
    let Some((_, path, envelope)) = place.kinds.iter().find(|(known, ..)| *known == wanted) else {
        return;
    };
    let content = dated(content);
    let whole = if kind == b'r' {
        content
    } else {
        [envelope.as_slice(), &content, b"}"].concat()
    };
    write_private(path, &whole);
    let first = Source::of(Ok(token("first")));
    match place.acquire(&first) {
        Err(error) => assert!(
            kind == b'f' && !error.to_string().is_empty() && first.asked() == 0,
            "{error}"
        ),
        Ok(token) => {
            assert!(!token.access_token.is_empty(), "a token without a secret");
            let expires =
                Duration::from_secs(token.expires_on.unwrap_or(u64::MAX).saturating_add(1));
            assert!(expires > since_1970(), "a token that has expired");
        }
    }
    if first.asked() > 0 {
        let second = Source::of(Ok(self::token("second")));
        let token = place.acquire(&second).expect("a token");
        assert_eq!(
            second.asked(),
            0,
            "the first process has just asked, and the second asks again"
        );
        assert!(!token.access_token.is_empty());
    }
}

/// A token of this answer is stored by one process and received by another.
fn stored(place: &Place, body: &[u8]) {
    let Ok(token) = request().read(body) else {
        return;
    };
    place.clear();
    let (first, second) = (Source::of(Ok(token.clone())), Source::of(Err(refused())));
    assert_eq!(place.acquire(&first).as_ref(), Ok(&token));
    let Some(left) = token
        .remaining(since_1970())
        .filter(|left| *left > Duration::from_secs(5))
    else {
        return;
    };
    let received = place.acquire(&second).expect("the token that was stored");
    assert_eq!(second.asked(), 0);
    assert!(
        received
            .remaining(since_1970())
            .is_some_and(|later| later <= left)
    );
    let plain = |mut token: Token| {
        (token.expires_on, token.expires_in) = (None, None);
        token
    };
    assert!(
        plain(received) == plain(token),
        "another token than was stored"
    );
}

/// A pacer of a file lets an attempt go after waits that are bounded.
fn paced(content: &[u8]) {
    let Ok(mut pacer) = serde_json::from_slice::<Pacer>(content) else {
        return;
    };
    for pace in [
        Pace::IDENTITY,
        Pace::METADATA,
        Pace::apart(Duration::from_secs(1)),
    ] {
        let began = since_1970();
        let (mut search, mut now, mut turns) = (TurnSearch::default(), began, 0);
        while let Turn::Wait(at) = search.next(&mut pacer, &pace, now) {
            now = now.max(at);
            turns += 1;
            assert!(
                turns < MOST_TURNS && now < began + Duration::from_mins(10),
                "a turn at {now:?}"
            );
        }
        let written = serde_json::to_vec(&pacer).expect("it can be written");
        assert_eq!(
            serde_json::from_slice::<Pacer>(&written).ok(),
            Some(pacer.clone())
        );
    }
}

/// Counts its requests, and has the same answer to each.
struct Source {
    answer: Result<Token, OperationError>,
    asked: AtomicU32,
}

impl Source {
    fn of(answer: Result<Token, OperationError>) -> Self {
        let asked = AtomicU32::new(0);
        Self { answer, asked }
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl TokenSource for &Source {
    async fn acquire(
        &self,
        _request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.answer.is_err() {
            let outcome = Outcome::Status {
                status: 429,
                retry_after: RetryAfter::default(),
            };
            let (started, ended) = (Duration::ZERO, Duration::ZERO);
            observer.answered(&Attempt {
                index: 0,
                started,
                ended,
                outcome: &outcome,
                answer: None,
            });
            observer.waiting(Duration::from_millis(1));
        }
        self.answer.clone()
    }
}

fn request() -> TokenRequest {
    let resource = "https://vault.azure.net".to_owned();
    TokenRequest {
        identity: Identity::SystemAssigned,
        resource,
    }
}

fn token(secret: &str) -> Token {
    let body = format!("{{\"access_token\":\"{secret}\",\"expires_in\":\"86400\"}}");
    request().read(body.as_bytes()).expect("a token")
}

/// What another process would be refused, too.
fn refused() -> OperationError {
    OperationError {
        wanted: "token",
        policy: "test".to_owned(),
        gave_up: GaveUp::NotRetryable,
        attempts: 1,
        waited: Duration::ZERO,
        elapsed: Duration::ZERO,
        outcome: Outcome::Status {
            status: 400,
            retry_after: RetryAfter::default(),
        },
        service: None,
        answer: Some(Answer {
            status: 400,
            headers: vec![],
            body: b"{\"error\":\"invalid_request\"}".to_vec(),
        }),
        unreadable: None,
        advice: Advice::ChangeRequest,
    }
}

/// The content with its times.
fn dated(content: &[u8]) -> Vec<u8> {
    let Ok(text) = str::from_utf8(content) else {
        return content.to_vec();
    };
    let now = u64::try_from(since_1970().as_millis()).expect("a time of this age");
    let parts = text
        .split('@')
        .enumerate()
        .map(|(index, part)| match part.parse::<i64>() {
            Ok(more) if index % 2 == 1 => now.saturating_add_signed(more).to_string(),
            _ => part.to_owned(),
        });
    parts.collect::<String>().into_bytes()
}

fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(unix)]
fn write_private(path: &std::path::Path, content: &[u8]) {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    file.and_then(|mut file| file.write_all(content))
        .expect("a file that can be written");
}

#[cfg(not(unix))]
fn write_private(path: &std::path::Path, content: &[u8]) {
    fs::write(path, content).expect("a file that can be written");
}
