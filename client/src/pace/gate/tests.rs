use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::*;
use crate::client::Client;
use crate::outcome::TransportFailure;
use crate::pace::Paced;
use crate::policy::Policy;
use crate::transport::Transport;
use crate::wire::{Answer, Identity, Request, TokenRequest};

/// Takes so long for each answer, and records the time and the target of each request.
struct Slow {
    service_time: Duration,
    began: Instant,
    asked: Mutex<Vec<(Duration, String)>>,
}

impl Transport for Slow {
    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        let asked = (self.began.elapsed(), request.target.clone());
        self.asked
            .lock()
            .expect("no test panics with it")
            .push(asked);
        sleep(self.service_time).await;
        Ok(Answer {
            status: 200,
            headers: Vec::new(),
            body: br#"{"access_token":"a"}"#.to_vec(),
        })
    }
}

fn paced(service_time: u64) -> Arc<Paced<Slow>> {
    Arc::new(Paced::new(slow(service_time)))
}

/// One attempt for a token in each interval.
fn evenly_paced(service_time: u64) -> Arc<Paced<Slow>> {
    let even = Pace {
        burst: 1,
        ..Pace::IDENTITY
    };
    Arc::new(Paced::at(slow(service_time), even, Pace::METADATA))
}

fn slow(service_time: u64) -> Slow {
    Slow {
        service_time: Duration::from_millis(service_time),
        began: Instant::now(),
        asked: Mutex::default(),
    }
}

fn client(transport: &Arc<Paced<Slow>>, policy: &str) -> Arc<Client<Arc<Paced<Slow>>>> {
    let policy: Policy = toml::from_str(policy).expect("a policy");
    let rng = ChaCha8Rng::seed_from_u64(1);
    Arc::new(Client::new(Arc::clone(transport), Arc::new(policy), rng))
}

fn request(resource: usize) -> TokenRequest {
    TokenRequest {
        identity: Identity::SystemAssigned,
        resource: resource.to_string(),
    }
}

/// Asks for so many tokens at once, and returns how many were received.
async fn herd(client: &Arc<Client<Arc<Paced<Slow>>>>, size: usize) -> usize {
    let mut calls = JoinSet::new();
    for number in 0..size {
        let client = Arc::clone(client);
        calls.spawn(async move { client.token(&request(number)).await.is_ok() });
    }
    calls.join_all().await.into_iter().filter(|ok| *ok).count()
}

fn asked(transport: &Arc<Paced<Slow>>) -> Vec<(Duration, String)> {
    transport
        .transport
        .asked
        .lock()
        .expect("no test panics with it")
        .clone()
}

#[tokio::test(start_paused = true)]
async fn a_herd_asks_in_the_order_it_came_five_at_once_and_twenty_a_second() {
    let transport = paced(100);
    assert_eq!(herd(&client(&transport, ""), 50).await, 50);
    for (number, (at, target)) in (0_u32..).zip(&asked(&transport)) {
        assert!(target.ends_with(&format!("resource={number}")), "{target}");
        let window = Pace::IDENTITY.interval * 20 * (number / 20);
        let due = window + Duration::from_millis(100) * (number % 20 / 5);
        assert!(
            *at >= due && *at < due + Duration::from_millis(10 * 4),
            "{number}: {at:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_service_is_slow_no_more_than_five_are_under_way() {
    let transport = paced(1000);
    assert_eq!(herd(&client(&transport, ""), 20).await, 20);
    let asked = asked(&transport);
    for (first, sixth) in asked.iter().zip(&asked[5..]) {
        assert!(sixth.0.saturating_sub(first.0) >= Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_leaves_the_queue_does_not_delay_the_others() {
    let transport = evenly_paced(100);
    let client = client(&transport, "");
    let leaving = async {
        let (soon, request) = (Duration::from_millis(20), request(99));
        timeout(soon, client.token(&request))
            .await
            .expect_err("it is dropped in the queue");
    };
    let first = request(98);
    let (_, (), got) = tokio::join!(client.token(&first), leaving, herd(&client, 1));
    assert_eq!(got, 1);
    let asked = asked(&transport);
    assert_eq!(asked.len(), 2);
    assert!(asked[1].0 < Pace::IDENTITY.interval * 2, "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_does_not_wait_in_the_queue_past_the_deadline_of_its_policy() {
    let transport = evenly_paced(100);
    let client = client(&transport, "deadline = '500ms'");
    let got = herd(&client, 100).await;
    // The last two were sent less than 100 ms before the deadline.
    assert_eq!(got, asked(&transport).len() - 2);
    assert_eq!(transport.transport.began.elapsed().as_millis() / 10, 50);
}

#[tokio::test(start_paused = true)]
async fn tokens_and_metadata_have_a_pace_each_whatever_the_case_of_the_path() {
    let transport = paced(0);
    let [instance, info] = ["/metadata/instance", "/Metadata/Identity/info"].map(other);
    for _ in 0..5 {
        drop(transport.pass(&instance).await);
    }
    for _ in 0..20 {
        drop(transport.pass(&info).await);
    }
    assert_eq!(transport.transport.began.elapsed(), Duration::ZERO);
    transport.pass(&instance).await;
    assert!(transport.transport.began.elapsed() >= Pace::METADATA.window());
    transport.pass(&info).await;
    assert!(transport.transport.began.elapsed() >= Pace::IDENTITY.window());
}

#[tokio::test(start_paused = true)]
async fn slow_answers_of_metadata_do_not_delay_others() {
    let transport = paced(0);
    let mut slow = Vec::new();
    for _ in 0..5 {
        slow.push(transport.pass(&other("/metadata/scheduledevents")).await);
    }
    transport.pass(&other("/metadata/instance")).await;
    let waited = transport.transport.began.elapsed();
    assert!(waited < Pace::METADATA.window() + Duration::from_millis(5));
}

fn other(target: &str) -> Request {
    Request {
        target: target.to_owned(),
        headers: Vec::new(),
        body: None,
    }
}
