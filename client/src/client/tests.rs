use std::collections::VecDeque;
use std::future::{pending, ready};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::*;
use crate::outcome::{GaveUp, Outcome, TransportFailure};
use crate::policy::Policy;
use crate::transport::Transport;
use crate::wire::{Answer, Identity, Request, TokenRequest};

/// Answers with each status in turn (the last one repeats), or never.
struct Script {
    statuses: Mutex<VecDeque<Option<u16>>>,
}

impl Transport for Script {
    async fn send(&self, _request: &Request) -> Result<Answer, TransportFailure> {
        let status = {
            let mut statuses = self.statuses.lock().expect("no test panics with it");
            let last = statuses.back().copied().expect("a script");
            if statuses.len() > 1 {
                statuses.pop_front().expect("a status")
            } else {
                last
            }
        };
        match status {
            None => pending().await,
            Some(200) => Ok(answer(200, r#"{"access_token":"a"}"#)),
            Some(status) => Ok(answer(status, r#"{"error":"busy"}"#)),
        }
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.into(),
    }
}

fn client(policy: &str, statuses: &[Option<u16>]) -> Client<Script> {
    let policy: Policy = toml::from_str(policy).expect("a policy");
    let statuses = Mutex::new(statuses.iter().copied().collect());
    let rng = ChaCha8Rng::seed_from_u64(1);
    Client::new(Script { statuses }, Arc::new(policy.named("test")), rng)
}

fn request() -> TokenRequest {
    TokenRequest {
        identity: Identity::SystemAssigned,
        resource: "r".to_owned(),
    }
}

const TWO_RETRIES: &str = r#"
    attempt_timeout = "5s"
    [[layers]]
    max_retries = 2
    rules = [{ statuses = ["429"], transport = ["timeout"], delay = { fixed = "3s" } }]
"#;

/// Records what it receives, with times in seconds.
#[derive(Default)]
struct Log(Vec<String>);

impl Observer for Log {
    fn sending(&mut self, attempt: u32) {
        self.0.push(format!("send {attempt}"));
    }

    fn answered(&mut self, attempt: &Attempt<'_>) {
        let (from, to) = (attempt.started.as_secs(), attempt.ended.as_secs());
        let status = attempt.answer.map_or(0, |answer| answer.status);
        self.0
            .push(format!("{} ended {from}-{to} {status}", attempt.index));
    }

    fn waiting(&mut self, wait: Duration) {
        self.0.push(format!("wait {}", wait.as_secs()));
    }
}

#[tokio::test(start_paused = true)]
async fn retries_by_its_policy_and_reports_each_attempt() {
    let client = client(TWO_RETRIES, &[Some(429), None, Some(200)]);
    let mut log = Log::default();
    let token = client
        .token_observed(&request(), &mut log)
        .await
        .expect("a token");
    assert_eq!(token.access_token, "a");
    let expected = [
        "send 0",
        "0 ended 0-0 429",
        "wait 3",
        "send 1",
        "1 ended 3-8 0",
        "wait 3",
        "send 2",
        "2 ended 11-11 200",
    ];
    assert_eq!(log.0, expected);
}

#[tokio::test(start_paused = true)]
async fn ends_with_the_last_failure_once_its_policy_gives_up() {
    let error = client(TWO_RETRIES, &[Some(429)])
        .token(&request())
        .await
        .expect_err("no token");
    assert_eq!(
        (error.gave_up, error.attempts),
        (GaveUp::RetriesExhausted, 3)
    );
    assert_eq!(
        (error.waited, error.elapsed.as_secs()),
        (Duration::from_secs(6), 6)
    );
    assert_eq!(error.service.expect("what the service said").error, "busy");
}

#[tokio::test(start_paused = true)]
async fn a_policy_without_timeout_still_does_not_hang_for_ever() {
    let error = client("", &[None])
        .token(&request())
        .await
        .expect_err("no token");
    assert_eq!(error.outcome, Outcome::Transport(TransportFailure::Timeout));
    assert_eq!(error.elapsed.as_secs(), DEFAULT_ATTEMPT_TIMEOUT.as_secs());
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_dropped_leaves_the_client_usable() {
    let client = client(TWO_RETRIES, &[None, Some(200)]);
    let request = request();
    tokio::select! {
        biased;
        _ = client.token(&request) => unreachable!("the service never answers"),
        () = ready(()) => {}
    }
    client.token(&request).await.expect("a token");
}

const REPLAYING: &str = r#"
    replay = { statuses = ["429"], lasts = "5s", longest = "1h" }
    [[layers]]
    max_retries = 1
    rules = [{ statuses = ["429"], delay = { fixed = "1s" } }]
"#;

#[tokio::test(start_paused = true)]
async fn a_kept_failure_is_answered_again_without_asking_until_its_time_is_over() {
    let client = client(REPLAYING, &[Some(429), Some(429), Some(200)]);
    let first = client.token(&request()).await.expect_err("throttled");
    assert_eq!(
        (first.attempts, first.gave_up),
        (2, GaveUp::RetriesExhausted)
    );
    tokio::time::advance(Duration::from_millis(4900)).await;
    let again = client
        .token(&request())
        .await
        .expect_err("the same failure");
    assert_eq!((again.attempts, again.gave_up), (0, GaveUp::Replayed));
    assert_eq!(
        (again.outcome, again.service),
        (first.outcome, first.service)
    );
    tokio::time::advance(Duration::from_millis(200)).await;
    client
        .token(&request())
        .await
        .expect("the service is asked");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_answered_again_to_the_same_request_only() {
    let client = client(REPLAYING, &[Some(429), Some(429), Some(200)]);
    client.token(&request()).await.expect_err("throttled");
    let other = TokenRequest {
        resource: "other".to_owned(),
        ..request()
    };
    client.token(&other).await.expect("the service is asked");
}
