//! The queue for slots and abandoned requests, over sockets.

use std::net::SocketAddr;

use imds_emulator::{Config, Emulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const AN_HOUR: &str = "latency = { token_cold = '1h', token_warm = '1h' }";

/// One slot for tokens, and one place to wait for it.
async fn start(extra: &str) -> (Emulator, SocketAddr) {
    let text = format!(
        "listen = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n\
         limits.identity.concurrent = 1\n\
         limits.queue = {{ most = 1, rate_checked = 'arrival' }}\n{extra}"
    );
    let emulator = Emulator::start(Config::from_toml("test", &text).unwrap())
        .await
        .unwrap();
    let url = emulator.imds_url();
    (emulator, url.trim_start_matches("http://").parse().unwrap())
}

async fn ask(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=r \
                   HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn answer(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Waits until so many requests hold slots, and so many wait.
async fn until(emulator: &Emulator, in_use: u32, waiting: u32) {
    let now = || {
        let tally = emulator.tally().identity;
        (tally.in_use, tally.waiting)
    };
    while now() != (in_use, waiting) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_waiting_request_gets_the_slot_of_an_abandoned_one_when_it_is_released() {
    let (emulator, address) = start(&format!("limits.abandoned = 'release'\n{AN_HOUR}")).await;
    let first = ask(address).await;
    until(&emulator, 1, 0).await;
    let second = ask(address).await;
    until(&emulator, 1, 1).await;
    let refused = answer(ask(address).await).await;
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
    drop(first);
    until(&emulator, 1, 0).await;
    drop(second);
    until(&emulator, 0, 0).await;
    let tally = emulator.tally();
    assert_eq!((tally.identity.admitted, tally.identity.queued), (2, 1));
    assert_eq!((tally.identity.refused_concurrency, tally.granted), (1, 0));
}

#[tokio::test]
async fn an_abandoned_request_makes_room_in_the_queue_when_it_is_released() {
    let (emulator, address) = start(&format!("limits.abandoned = 'release'\n{AN_HOUR}")).await;
    let _first = ask(address).await;
    until(&emulator, 1, 0).await;
    let second = ask(address).await;
    until(&emulator, 1, 1).await;
    drop(second);
    until(&emulator, 1, 0).await;
}

#[tokio::test]
async fn more_slots_at_run_time_go_to_waiting_requests() {
    let (emulator, address) = start(AN_HOUR).await;
    let _first = ask(address).await;
    until(&emulator, 1, 0).await;
    let _second = ask(address).await;
    until(&emulator, 1, 1).await;
    let mut limits = Config::default().vm.limits;
    limits.identity.concurrent = Some(2);
    emulator.set_limits(&limits);
    until(&emulator, 2, 0).await;
    let refused = answer(ask(address).await).await;
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
}

#[tokio::test]
async fn a_waiting_request_is_answered() {
    let (emulator, address) = start("latency = { token_cold = '100ms', token_warm = '1ms' }").await;
    emulator.ready().await;
    let first = ask(address).await;
    until(&emulator, 1, 0).await;
    let second = ask(address).await;
    assert!(answer(first).await.starts_with("HTTP/1.1 200 "));
    assert!(answer(second).await.starts_with("HTTP/1.1 200 "));
    let tally = emulator.tally().identity;
    assert_eq!((tally.queued, tally.admitted, tally.in_use), (1, 2, 0));
}

#[tokio::test]
async fn a_reset_answers_requests_in_service_and_refuses_waiting_ones() {
    let (emulator, address) = start(AN_HOUR).await;
    let served = ask(address).await;
    until(&emulator, 1, 0).await;
    let waiting = ask(address).await;
    until(&emulator, 1, 1).await;
    emulator.reset();
    let (served, waiting) = (answer(served).await, answer(waiting).await);
    assert!(served.starts_with("HTTP/1.1 200 "), "{served}");
    assert!(waiting.starts_with("HTTP/1.1 429 "), "{waiting}");
    let again = ask(address).await;
    until(&emulator, 1, 0).await;
    assert_eq!(emulator.tally().identity.admitted, 1);
    drop(again);
}

/// The configuration and the VM are locked in one order everywhere: else this never ends.
#[tokio::test(flavor = "multi_thread")]
async fn limits_can_change_while_requests_are_served() {
    let (emulator, address) = start("latency = { token_cold = '0s', token_warm = '0s' }").await;
    let unlimited = Config::from_toml("test", "profile = 'unlimited'").unwrap();
    emulator.set_limits(&unlimited.vm.limits);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..4 {
        asking.spawn(async move {
            for _ in 0..100 {
                let answered = answer(ask(address).await).await;
                assert!(answered.starts_with("HTTP/1.1 200 "), "{answered}");
            }
        });
    }
    let changing = tokio::task::spawn_blocking(move || {
        (0..50_000).for_each(|_| emulator.set_limits(&unlimited.vm.limits));
        emulator
    });
    asking.join_all().await;
    changing.await.unwrap().stop().await;
}
