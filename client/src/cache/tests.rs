#![expect(
    clippy::disallowed_methods,
    reason = "tests of flights, which take virtual time"
)]

use std::collections::VecDeque;
use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::SeedableRng;
use tokio::task::yield_now;
use tokio::time::{advance, sleep};

use super::*;
use crate::client::Observer;
use crate::error::OperationError;
use crate::outcome::{Outcome, RetryAfter};
use crate::wire::{Identity, Token};

/// Takes 100 ms, then returns a numbered token of this life, or fails where it is `None`.
struct Script {
    lives: Mutex<VecDeque<Option<u64>>>,
    asked: Mutex<Vec<String>>,
}

impl TokenSource for Script {
    async fn acquire(
        &self,
        request: &TokenRequest,
        _observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        let number = {
            let mut asked = self.asked.lock().expect("no test panics with it");
            asked.push(request.resource.clone());
            asked.len()
        };
        sleep(Duration::from_millis(100)).await;
        let life = self
            .lives
            .lock()
            .expect("no test panics with it")
            .pop_front();
        life.expect("a script")
            .map(|life| token(number, life))
            .ok_or_else(refused)
    }
}

fn token(number: usize, life: u64) -> Token {
    let mut token = Token::bare(&format!("token {number}"));
    token.expires_in = Some(life);
    token
}

fn refused() -> OperationError {
    let retry_after = RetryAfter {
        seconds: Some(Duration::from_secs(10)),
        ..RetryAfter::default()
    };
    OperationError::of_one(Outcome::Status {
        status: 429,
        retry_after,
    })
}

const DAY: u64 = 86_400;

fn client(lives: &[Option<u64>]) -> CachingClient<Script> {
    let source = Script {
        lives: Mutex::new(lives.iter().copied().collect()),
        asked: Mutex::default(),
    };
    CachingClient::new(source, ChaCha8Rng::seed_from_u64(1))
}

fn request(resource: &str) -> TokenRequest {
    TokenRequest {
        identity: Identity::SystemAssigned,
        resource: resource.to_owned(),
    }
}

async fn got(client: &CachingClient<Script>) -> String {
    let cached = client.token(&request("r")).await.expect("a token");
    cached.token.access_token.clone()
}

fn asked(client: &CachingClient<Script>) -> usize {
    client
        .source()
        .asked
        .lock()
        .expect("no test panics with it")
        .len()
}

/// Asks, and does not wait for the answer.
async fn begin_and_drop(client: &CachingClient<Script>) {
    let request = request("r");
    tokio::select! {
        biased;
        _ = client.token(&request) => unreachable!("the source takes a while"),
        () = ready(()) => {}
    }
}

/// So many calls at once.
async fn herd(
    client: &Arc<CachingClient<Script>>,
    size: usize,
) -> Vec<Result<CachedToken, NoToken>> {
    let mut calls = JoinSet::new();
    for _ in 0..size {
        let client = Arc::clone(client);
        calls.spawn(async move { client.token(&request("r")).await });
    }
    calls.join_all().await
}

#[tokio::test(start_paused = true)]
async fn callers_at_the_same_time_share_one_request() {
    let client = Arc::new(client(&[Some(DAY)]));
    let results = herd(&client, 100).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(asked(&client), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_callers_share_a_failure_with_the_time_to_ask_again() {
    let client = Arc::new(client(&[None, Some(DAY)]));
    let results = herd(&client, 100).await;
    let failure = results[0].clone().expect_err("a failure");
    assert!(
        results
            .iter()
            .all(|result| result.as_ref() == Err(&failure))
    );
    assert!(failure.again_in >= Duration::from_secs(10), "{failure}");
    sleep(failure.again_in.saturating_sub(Duration::from_millis(1))).await;
    client
        .token(&request("r"))
        .await
        .expect_err("the same failure");
    assert_eq!(asked(&client), 1);
    sleep(Duration::from_millis(1)).await;
    client.token(&request("r")).await.expect("a token");
}

#[tokio::test(start_paused = true)]
async fn another_token_is_another_request() {
    let client = client(&[Some(DAY), Some(DAY)]);
    let (one, other) = (request("one"), request("other"));
    let (one, other) = tokio::join!(client.token(&one), client.token(&other));
    assert_ne!(one.expect("a token").token, other.expect("a token").token);
}

#[tokio::test(start_paused = true)]
async fn the_first_caller_may_be_dropped_and_the_others_get_the_token() {
    let client = client(&[Some(DAY)]);
    begin_and_drop(&client).await;
    assert_eq!(got(&client).await, "token 1");
}

#[tokio::test(start_paused = true)]
async fn an_old_token_is_handed_out_until_the_next_is_there() {
    let client = client(&[Some(DAY), Some(DAY)]);
    got(&client).await;
    advance(Duration::from_secs(DAY * 6 / 10)).await;
    for _ in 0..10 {
        assert_eq!(got(&client).await, "token 1");
        yield_now().await;
    }
    sleep(Duration::from_millis(200)).await;
    assert_eq!(got(&client).await, "token 2");
    assert_eq!(asked(&client), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_does_not_take_the_old_token_away() {
    let client = client(&[Some(DAY), None]);
    got(&client).await;
    advance(Duration::from_secs(DAY * 6 / 10)).await;
    for _ in 0..10 {
        assert_eq!(got(&client).await, "token 1");
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(asked(&client), 2);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_client_ends_its_requests() {
    let client = client(&[Some(DAY)]);
    let source = Arc::clone(&client.source);
    begin_and_drop(&client).await;
    drop(client);
    yield_now().await;
    assert_eq!(Arc::strong_count(&source), 1);
}

/// Panics on its first call.
struct Broken(Script);

impl TokenSource for Broken {
    async fn acquire(
        &self,
        request: &TokenRequest,
        observer: &mut (impl Observer + Send),
    ) -> Result<Token, OperationError> {
        let first = self
            .0
            .asked
            .lock()
            .expect("no test panics with it")
            .is_empty();
        let token = self.0.acquire(request, observer).await;
        assert!(!first, "the first flight crashes");
        token
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_the_next_caller_asks_anew() {
    let script = Script {
        lives: Mutex::new([Some(DAY), Some(DAY)].into()),
        asked: Mutex::default(),
    };
    let client = Arc::new(CachingClient::new(
        Broken(script),
        ChaCha8Rng::seed_from_u64(1),
    ));
    let first = Arc::clone(&client);
    let crashed = tokio::spawn(async move { first.token(&request("r")).await }).await;
    assert!(crashed.is_err());
    let token = client.token(&request("r")).await.expect("a token");
    assert_eq!(token.token.access_token, "token 2");
}

/// A flight that cannot be spawned is dropped at its caller. (A runtime that shuts down does the same.)
#[test]
fn a_flight_that_cannot_start_is_a_panic_and_not_a_standstill() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::task::{Context, Waker};
    let client = client(&[Some(DAY)]);
    let request = request("r");
    for _ in 0..2 {
        let mut call = Box::pin(client.token(&request));
        let mut context = Context::from_waker(Waker::noop());
        let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(&mut context)));
        assert!(polled.is_err(), "it is called outside of a runtime");
    }
}

#[test]
fn a_caller_that_waits_for_a_flight_whose_runtime_ends_starts_another() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
    };
    let [ending, staying] = [(); 2].map(|()| runtime().expect("a runtime"));
    let (client, request) = (client(&[Some(DAY)]), request("r"));
    ending.block_on(begin_and_drop(&client));
    staying.block_on(async {
        let mut waiting = std::pin::pin!(client.token(&request));
        tokio::select! {
            biased;
            _ = &mut waiting => unreachable!("the flight is not run"),
            () = ready(()) => {}
        }
        ending.shutdown_background();
        waiting.await.expect("a token");
    });
}

/// Seconds since 1970 by the wall clock of the tests below.
static WALL: AtomicU64 = AtomicU64::new(1_700_000_000);

/// One test at a time moves it.
static MOVING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn by_a_wall_clock(lives: &[Option<u64>]) -> CachingClient<Script> {
    let clock = LifeClock::beside(|| Duration::from_secs(WALL.load(Ordering::Relaxed)));
    let source = Script {
        lives: Mutex::new(lives.iter().copied().collect()),
        asked: Mutex::default(),
    };
    CachingClient::by(clock, source, ChaCha8Rng::seed_from_u64(1))
}

/// The machine sleeps: only the wall clock goes on.
fn sleep_for(seconds: u64) {
    WALL.fetch_add(seconds, Ordering::Relaxed);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_has_expired_while_the_machine_slept_is_not_handed_out() {
    let _moving = MOVING.lock().await;
    let client = by_a_wall_clock(&[Some(DAY), Some(DAY)]);
    assert_eq!(got(&client).await, "token 1");
    sleep_for(3600);
    let cached = client.token(&request("r")).await.expect("a token");
    assert_eq!(cached.token.access_token, "token 1");
    let left = cached.expires_in.expect("it is known");
    assert_eq!(left.as_secs(), DAY - 3600);
    sleep_for(DAY);
    assert_eq!(got(&client).await, "token 2");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_came_while_the_machine_slept_is_asked_for_again() {
    let _moving = MOVING.lock().await;
    let client = Arc::new(by_a_wall_clock(&[Some(DAY), Some(DAY)]));
    let asking = {
        let client = Arc::clone(&client);
        tokio::spawn(async move { client.token(&request("r")).await })
    };
    sleep(Duration::from_millis(50)).await;
    sleep_for(3600);
    let cached = asking.await.expect("no panic").expect("a token");
    let got = (cached.token.access_token.as_str(), cached.expires_in);
    assert_eq!(got, ("token 2", Some(Duration::from_secs(DAY))));
}
