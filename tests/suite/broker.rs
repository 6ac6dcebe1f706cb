//! The client's broker between raw clients and the emulator.

use imds_client::{Broker, BrokerSettings, Endpoint, HttpTransport, Paced, Policy};
use imds_emulator::Emulator;
use imds_tests::{emulator, raw};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Starts a broker before the emulator; gives its address. It ends with the test's runtime.
async fn broker(emulator: &Emulator) -> String {
    let endpoint: Endpoint = emulator.imds_url().parse().expect("an endpoint");
    let transport = HttpTransport::new(endpoint).expect("a transport");
    let settings = BrokerSettings {
        max_clients: BrokerSettings::MAX_CLIENTS,
        max_wait: BrokerSettings::MAX_WAIT,
        identity_header: "shown".to_owned(),
        allowed_hosts: Vec::new(),
    };
    let policy = Policy::preset(Policy::DEFAULT).expect("a preset");
    let rng = ChaCha8Rng::seed_from_u64(1);
    let broker = Broker::new(Paced::new(transport), &policy, settings, rng);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(broker.serve(listener, std::future::pending()));
    url
}

async fn get(url: &str, target: &str) -> raw::Answer {
    let head = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nMetadata: true\r\n");
    raw::exchange_at(url, &format!("{head}Connection: close\r\n\r\n")).await
}

/// Fifty requests at once, for these targets in turn.
async fn herd(url: &str, targets: &'static [&'static str]) -> Vec<raw::Answer> {
    let mut clients = JoinSet::new();
    for target in targets.iter().cycle().take(50) {
        let url = url.to_owned();
        clients.spawn(async move { get(&url, target).await });
    }
    clients.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_herd_gets_its_tokens_for_one_request_each() {
    let emulator = emulator("").await;
    let url = broker(&emulator).await;
    let targets = &[
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://a.example/",
        "/metadata/identity/oauth2/token/?api-version=2019-08-01&resource=https%3A%2F%2Fb.example",
    ];
    for answer in herd(&url, targets).await {
        assert_eq!(answer.status(), 200, "{answer:?}");
        let resource = answer.json()["resource"].clone();
        assert!(resource == "https://a.example/" || resource == "https://b.example");
    }
    let tally = emulator.tally().identity;
    assert_eq!((tally.admitted, tally.refused_rate), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_out_of_the_cache_is_that_of_imds_but_for_its_age() {
    let emulator = emulator("").await;
    let url = broker(&emulator).await;
    let query = "api-version=2018-02-01&resource=https://management.azure.com/";
    let through = get(&url, &format!("/metadata/identity/oauth2/token?{query}")).await;
    let straight = raw::token(&emulator, "resource=https://management.azure.com/").await;
    let ageless = |answer: &raw::Answer| {
        let mut body = answer.json();
        let age = body
            .as_object_mut()
            .and_then(|body| body.remove("expires_in"));
        assert!(age.is_some_and(|age| age.is_string()));
        body
    };
    assert_eq!(ageless(&through), ageless(&straight));
    let header = |answer: &raw::Answer| answer.headers["content-type"].clone();
    assert_eq!(header(&through), header(&straight));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_imds_says_is_wrong_comes_through_byte_for_byte() {
    let emulator = emulator("").await;
    let url = broker(&emulator).await;
    for target in [
        "/metadata/identity/oauth2/token?api-version=2018-02-01",
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r&client_id=unknown",
        "/metadata/identity/oauth2/token?resource=r",
        "/metadata/instance/nothing?api-version=2021-02-01",
        "/metadata/versions",
    ] {
        let through = get(&url, target).await;
        let straight = raw::get(&emulator, target, "Metadata: true\r\n").await;
        let told = |answer: &raw::Answer| (answer.status(), answer.body.clone());
        assert_eq!(told(&through), told(&straight), "{target}");
    }
}
