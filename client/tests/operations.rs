//! Every operation of the client over a transport that is scripted, in virtual time.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it reads the virtual clock"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use imds_client::{
    Advice, Answer, Client, GaveUp, Identity, Instance, InstanceRequest, OperationError, Policy,
    Request, TokenRequest, Transport, TransportFailure,
};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::json;
use tokio::time::{Instant, sleep};

/// Answers by the time since the test's start, and records the requests.
struct Script<F> {
    start: Instant,
    answer: F,
    sent: Sent,
}

/// Status and body.
type Received = (u16, String);

type Sent = Arc<Mutex<Vec<(Duration, Request)>>>;

impl<F: Fn(Duration) -> Received + Send + Sync> Transport for Script<F> {
    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        let now = self.start.elapsed();
        let mut sent = self.sent.lock().expect("no test panics with it");
        sent.push((now, request.clone()));
        let (status, body) = (self.answer)(now);
        Ok(Answer {
            status,
            headers: Vec::new(),
            body: body.into_bytes(),
        })
    }
}

/// A client with the default policy, and the requests that it sends.
fn client<F>(answer: F) -> (Client<Script<F>>, Sent)
where
    F: Fn(Duration) -> Received + Send + Sync,
{
    let sent = Arc::default();
    let script = Script {
        start: Instant::now(),
        answer,
        sent: Arc::clone(&sent),
    };
    let policy = Policy::preset(Policy::DEFAULT).expect("a preset");
    let client = Client::new(script, policy, ChaCha8Rng::seed_from_u64(1));
    (client, sent)
}

fn always(status: u16, body: &str) -> impl Fn(Duration) -> Received + Send + Sync {
    let body = body.to_owned();
    move |_| (status, body.clone())
}

fn a_token() -> TokenRequest {
    TokenRequest {
        identity: Identity::SystemAssigned,
        resource: "r".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn each_operation_gives_what_its_answer_holds() {
    let token = client(always(200, r#"{"access_token":"a"}"#)).0;
    let token = token.token(&a_token()).await.expect("a token");
    assert_eq!(token.access_token, "a");
    let instance = client(always(200, r#"{"compute":{}}"#)).0;
    let instance = instance.instance(&InstanceRequest::default()).await;
    assert_eq!(instance, Ok(Instance::Json(json!({ "compute": {} }))));
    let attested = client(always(200, r#"{"encoding":"pkcs7","signature":"s"}"#)).0;
    let attested = attested.attested(None).await.expect("a document");
    assert_eq!((&*attested.encoding, &*attested.signature), ("pkcs7", "s"));
    let events = client(always(200, r#"{"DocumentIncarnation":3,"Events":[]}"#)).0;
    assert_eq!(events.events().await.expect("a document").incarnation, 3);
    let approve = client(always(200, "")).0;
    assert_eq!(approve.approve(vec!["e".to_owned()]).await, Ok(()));
    let tenant = client(always(200, r#"{"tenantId":"t"}"#)).0;
    assert_eq!(tenant.tenant().await.as_deref(), Ok("t"));
}

#[tokio::test(start_paused = true)]
async fn metadata_is_retried_as_tokens_are() {
    let (client, sent) = client(|now| match now.as_secs() {
        0..5 => (429, String::new()),
        _ => (200, "{}".to_owned()),
    });
    client
        .instance(&InstanceRequest::default())
        .await
        .expect("all of it");
    let sent = sent.lock().expect("no test panics with it");
    assert!(sent.len() > 2, "{sent:?}");
    assert!(sent.iter().all(|(_, request)| *request == sent[0].1));
}

#[tokio::test(start_paused = true)]
async fn an_update_of_seventy_seconds_ends_in_a_token() {
    let (client, _) = client(|now| match now.as_secs() {
        0..70 => (410, String::new()),
        _ => (200, r#"{"access_token":"a"}"#.to_owned()),
    });
    client.token(&a_token()).await.expect("a token");
}

#[tokio::test(start_paused = true)]
async fn a_part_that_there_is_not_is_not_asked_for_again() {
    let (client, sent) = client(always(404, r#"{ "error": "Not found" }"#));
    let error = client
        .instance(&InstanceRequest::default())
        .await
        .expect_err("no such part");
    assert_eq!(
        (error.attempts, error.gave_up),
        (1, GaveUp::NotRetryable),
        "{error}"
    );
    assert_eq!(error.advice, Advice::ChangeRequest);
    assert_eq!(error.service.expect("what it said").error, "Not found");
    assert_eq!(sent.lock().expect("no test panics with it").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_says_whether_to_try_again() {
    let error = |status| {
        let client = client(always(status, "")).0;
        async move { client.tenant().await.expect_err("no tenant") }
    };
    let busy: OperationError = error(429).await;
    assert!(busy.is_transient(), "{busy}");
    assert_eq!((busy.wanted, busy.gave_up), ("tenant", GaveUp::TimeLimit));
    assert!(!error(400).await.is_transient());
}

/// Answers after a hundred seconds, as the first call to scheduled events may.
struct Slow;

impl Transport for Slow {
    async fn send(&self, _request: &Request) -> Result<Answer, TransportFailure> {
        sleep(Duration::from_secs(100)).await;
        Ok(Answer {
            status: 200,
            headers: Vec::new(),
            body: br#"{"DocumentIncarnation":1,"Events":[]}"#.to_vec(),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn scheduled_events_are_given_the_time_they_need_at_first() {
    let start = Instant::now();
    let policy = Policy::preset(Policy::DEFAULT).expect("a preset");
    assert!(policy.attempt_timeout < Some(Duration::from_secs(100)));
    let client = Client::new(Slow, policy, ChaCha8Rng::seed_from_u64(1));
    client.events().await.expect("a document");
    assert_eq!(start.elapsed().as_secs(), 100);
}

/// The document changes at 3 and at 5 s.
fn events(now: Duration) -> Received {
    let incarnation = match now.as_secs() {
        0..3 => 1,
        3..5 => 2,
        _ => 3,
    };
    let document = json!({ "DocumentIncarnation": incarnation, "Events": [] });
    (200, document.to_string())
}

#[tokio::test(start_paused = true)]
async fn a_watch_tells_only_of_changes_and_asks_once_a_second() {
    let (client, sent) = client(events);
    let mut watch = client.watch_events().every(Duration::ZERO);
    for expected in 1..=3 {
        let document = watch.changed().await.expect("a document");
        assert_eq!(document.incarnation, expected);
    }
    let sent = sent.lock().expect("no test panics with it");
    let seconds: Vec<u64> = sent.iter().map(|(at, _)| at.as_secs()).collect();
    assert_eq!(seconds, [0, 1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_is_interrupted_misses_no_change() {
    let (client, _) = client(events);
    let mut watch = client.watch_events();
    assert_eq!(watch.changed().await.expect("the first").incarnation, 1);
    let interrupted = tokio::time::timeout(Duration::from_millis(2500), watch.changed()).await;
    assert!(interrupted.is_err(), "nothing changes that early");
    assert_eq!(watch.changed().await.expect("a change").incarnation, 2);
}

#[tokio::test(start_paused = true)]
async fn a_watch_goes_on_after_a_failure() {
    let (client, _) = client(|now| match now.as_secs() {
        0 => (400, String::new()),
        _ => events(now),
    });
    let mut watch = client.watch_events();
    watch.changed().await.expect_err("no document yet");
    assert_eq!(watch.changed().await.expect("a document").incarnation, 1);
}
