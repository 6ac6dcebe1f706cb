//! Many VMs: made, used and removed while the others go on.

use imds_emulator::Emulator;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::raw::{Answer, ask, imds, start};

const TOKEN: &str =
    "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net/";

async fn admin(emulator: &Emulator, method: &str, target: &str, body: &str) -> Answer {
    ask(&emulator.admin_url(), method, target, &[], body).await
}

/// A VM of that configuration: its name and its address.
async fn make(emulator: &Emulator, body: &str) -> (String, String) {
    let made = admin(emulator, "POST", "/vms", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let vm = made.json();
    let text = |key: &str| vm[key].as_str().unwrap().to_owned();
    assert_eq!(
        made.header("location"),
        Some(format!("/vms/{}", text("name")).as_str())
    );
    (text("name"), text("imds"))
}

async fn token(url: &str) -> Answer {
    ask(url, "GET", TOKEN, &["Metadata: true"], "").await
}

async fn statuses_in_journal(emulator: &Emulator, vm: &str) -> Vec<Value> {
    let journal = admin(emulator, "GET", &format!("{vm}/journal"), "")
        .await
        .json();
    let entries = journal["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["outcome"]["status"].clone())
        .collect()
}

#[tokio::test]
async fn a_vm_lives_from_post_to_delete() {
    let emulator = start("[[vms]]\nname = 'b'\n").await;
    let (name, url) = make(&emulator, r#"{"name":"a","profile":"azure-2017"}"#).await;
    let vm = admin(&emulator, "GET", "/vms/a", "").await.json();
    let place = format!("{}/vms/a", emulator.admin_url());
    assert_eq!(
        vm,
        json!({ "name": name, "imds": url, "admin": place, "profile": "azure-2017" })
    );
    let list = admin(&emulator, "GET", "/vms", "").await.json();
    let names = list["vms"].as_array().unwrap().iter().map(|vm| &vm["name"]);
    assert!(names.eq(["default", "a", "b"]), "{list}");
    assert_eq!((&list["most"], &list["vms"][1]), (&json!(1000), &vm));
    assert_eq!(admin(&emulator, "DELETE", "/vms/a", "").await.status, 204);
    for (method, path) in [
        ("GET", "/vms/a"),
        ("DELETE", "/vms/a"),
        ("GET", "/vms/a/journal"),
    ] {
        assert_eq!(
            admin(&emulator, method, path, "").await.status,
            404,
            "{method} {path}"
        );
    }
    let port = url.trim_start_matches("http://");
    TcpListener::bind(port).await.expect("its port is free");
    assert_eq!(
        admin(&emulator, "DELETE", "/vms/default", "").await.status,
        409
    );
}

#[tokio::test]
async fn limits_faults_tokens_and_journals_are_each_vms_own() {
    let emulator = start("").await;
    let one = r#"{"name":"a","limits":{"identity":{"rate":{"requests":1,"window":"1h"}}}}"#;
    let (_, a) = make(&emulator, one).await;
    let (_, b) = make(&emulator, r#"{"name":"b"}"#).await;
    assert_eq!(
        admin(
            &emulator,
            "POST",
            "/vms/b/faults",
            r#"{"effect":{"status":503},"nth":2}"#
        )
        .await
        .status,
        200
    );
    for (a_answers, b_answers) in [(200, 200), (429, 503), (429, 200)] {
        assert_eq!(
            (token(&a).await.status, token(&b).await.status),
            (a_answers, b_answers)
        );
    }
    assert_eq!(
        statuses_in_journal(&emulator, "/vms/a").await,
        [200, 429, 429]
    );
    assert_eq!(
        statuses_in_journal(&emulator, "/vms/b").await,
        [200, 503, 200]
    );
    assert_eq!(statuses_in_journal(&emulator, "").await, [json!(null); 0]);
    assert_eq!(
        admin(&emulator, "POST", "/vms/a/reset", "").await.status,
        204
    );
    assert_eq!(
        statuses_in_journal(&emulator, "/vms/a").await,
        [json!(null); 0]
    );
    assert_eq!(statuses_in_journal(&emulator, "/vms/b").await.len(), 3);
    let metrics = admin(&emulator, "GET", "/vms/b/metrics", "").await.body;
    assert!(metrics.contains(r#"vm="b""#), "{metrics}");
    let none = admin(
        &emulator,
        "PUT",
        "/vms/a/limits",
        r#"{"other":{"rate":false}}"#,
    )
    .await;
    assert_eq!(none.status, 200);
    let of_b = admin(&emulator, "GET", "/vms/b/limits", "").await.json();
    assert_eq!(of_b["other"]["rate"], false, "unlimited from its file");
    assert_eq!(imds(&emulator, TOKEN).await.status, 200);
    assert_eq!(statuses_in_journal(&emulator, "/vms/default").await, [200]);
}

#[tokio::test]
async fn fifty_vms_are_made_used_and_removed_side_by_side() {
    let emulator = std::sync::Arc::new(start("limits.identity.rate.requests = 2").await);
    let tests = (0..50).map(|nth| {
        let emulator = std::sync::Arc::clone(&emulator);
        tokio::spawn(async move {
            let (name, url) = make(&emulator, "").await;
            for _ in 0..=nth % 2 {
                assert_eq!(token(&url).await.status, 200);
            }
            let place = format!("/vms/{name}");
            let seen = statuses_in_journal(&emulator, &place).await;
            assert_eq!(seen.len(), nth % 2 + 1);
            assert_eq!(admin(&emulator, "DELETE", &place, "").await.status, 204);
            url
        })
    });
    let mut urls = Vec::new();
    for test in tests.collect::<Vec<_>>() {
        urls.push(test.await.unwrap());
    }
    for url in urls {
        assert!(
            TcpStream::connect(url.trim_start_matches("http://"))
                .await
                .is_err()
        );
    }
    let list = admin(&emulator, "GET", "/vms", "").await.json();
    assert_eq!(list["vms"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn requests_to_a_vm_that_is_removed_wait_no_longer() {
    let emulator = start("").await;
    emulator.ready().await;
    let body = r#"{"name":"a","latency":{"token_cold":"1h"},"faults":[{"path":"/hang","effect":"hang"}],
        "limits":{"identity":{"concurrent":1},"queue":{"most":9,"rate_checked":"arrival"}}}"#;
    let (_, url) = make(&emulator, body).await;
    let address = url.trim_start_matches("http://");
    let mut waiting = Vec::new();
    for (nth, target) in [TOKEN, TOKEN, "/hang"].into_iter().enumerate() {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        while statuses_in_journal(&emulator, "/vms/a").await.len() <= nth {
            tokio::task::yield_now().await;
        }
        waiting.push(stream);
    }
    assert_eq!(admin(&emulator, "DELETE", "/vms/a", "").await.status, 204);
    let mut answers = Vec::new();
    for mut stream in waiting {
        let mut answer = String::new();
        drop(stream.read_to_string(&mut answer).await);
        answers.push(answer.get(9..12).unwrap_or_default().to_owned());
    }
    assert_eq!(answers, ["200", "429", ""]);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_vm_is_told_at_once() {
    let emulator = start("").await;
    let wrong = r#"{"name":"a b","sede":1,"limits":{"identity":{"concurrent":0}}}"#;
    let failure = admin(&emulator, "POST", "/vms", wrong).await;
    assert_eq!(failure.status, 400);
    let problems = failure.json()["problems"].as_array().unwrap().clone();
    let mut paths: Vec<_> = problems
        .iter()
        .map(|problem| problem["path"].clone())
        .collect();
    paths.sort_by_key(Value::to_string);
    assert_eq!(paths, ["limits.identity.concurrent", "name", "sede"]);
    for wrong in [
        "[]",
        "{",
        "null",
        r#"{"name":null}"#,
        r#"{"admin_listen":"127.0.0.1:0"}"#,
    ] {
        assert_eq!(
            admin(&emulator, "POST", "/vms", wrong).await.status,
            400,
            "{wrong}"
        );
    }
    make(&emulator, r#"{"name":"a"}"#).await;
    assert_eq!(
        admin(&emulator, "POST", "/vms", r#"{"name":"a"}"#)
            .await
            .status,
        409
    );
}

#[tokio::test]
async fn the_issuer_of_every_vms_tokens_leads_to_the_one_key() {
    let emulator = start("").await;
    let tenant = "7e0a11e5-0000-4000-8000-000000000002";
    make(
        &emulator,
        &format!(r#"{{"name":"a","tenant_id":"{tenant}"}}"#),
    )
    .await;
    make(
        &emulator,
        r#"{"name":"b","tokens":{"issuer":"https://my.test/"}}"#,
    )
    .await;
    let first = "7e0a11e5-0000-4000-8000-000000000001";
    let mut keys = Vec::new();
    for (place, issuer) in [
        (tenant, format!("{}/{tenant}/", emulator.admin_url())),
        (first, format!("{}/{first}/", emulator.admin_url())),
        (&format!("vms/b/{first}"), "https://my.test/".to_owned()),
    ] {
        let path = format!("/{place}/.well-known/openid-configuration");
        let metadata = admin(&emulator, "GET", &path, "").await.json();
        assert_eq!(metadata["issuer"], issuer);
        let jwks = metadata["jwks_uri"].as_str().unwrap();
        let jwks = jwks.strip_prefix(&emulator.admin_url()).unwrap();
        keys.push(admin(&emulator, "GET", jwks, "").await.json());
    }
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn a_rust_test_finds_each_vm_by_its_name() {
    let text = "[[vms]]\nname = 'slow'\nlisten = '127.0.0.1:1'\nprofile = 'azure-2017'";
    let config = imds_emulator::Config::from_toml("c", text).unwrap();
    let emulator = Emulator::start(config.with_free_ports()).await.unwrap();
    let slow = emulator.vm("slow").unwrap();
    assert_eq!(
        ask(&slow.imds_url(), "GET", TOKEN, &["Metadata: true"], "")
            .await
            .status,
        200
    );
    assert_eq!((slow.journal().len(), emulator.journal().len()), (1, 0));
    assert_eq!(slow.tally().identity.admitted, 1);
    let first = emulator.vm("default").unwrap();
    assert_eq!(first.imds_url(), emulator.imds_url());
    assert!(emulator.vm("other").is_none());
    make(&emulator, r#"{"name":"a"}"#).await;
    let names: Vec<_> = emulator
        .vms()
        .iter()
        .map(|vm| vm.name().to_owned())
        .collect();
    assert_eq!(names, ["default", "a", "slow"]);
}
