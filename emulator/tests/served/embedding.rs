//! An emulator within a test: it ends with whatever holds it, however that ends.

use std::panic::{AssertUnwindSafe, catch_unwind};

use imds_emulator::{Config, Emulator};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::raw::{ask, imds};

async fn start() -> Emulator {
    let config = Config::default().with_free_ports();
    Emulator::start(config).await.expect("free ports")
}

/// Waits for as long as something is served there.
async fn gone(url: &str) {
    let address = url.trim_start_matches("http://");
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[test]
fn it_ends_when_it_is_dropped_outside_a_runtime() {
    let runtime = Runtime::new().expect("a runtime");
    let emulator = runtime.block_on(start());
    let (url, admin_url) = (emulator.imds_url(), emulator.admin_url());
    drop(emulator);
    runtime.block_on(gone(&url));
    runtime.block_on(gone(&admin_url));
}

#[test]
fn it_ends_with_a_test_that_panics() {
    let runtime = Runtime::new().expect("a runtime");
    let mut url = String::new();
    let test = AssertUnwindSafe(|| {
        runtime.block_on(async {
            let emulator = start().await;
            url = emulator.imds_url();
            imds(&emulator, "/metadata/versions").await;
            assert_eq!(emulator.journal().len(), 2, "the test fails");
        });
    });
    assert!(catch_unwind(test).is_err());
    runtime.block_on(gone(&url));
}

#[test]
fn it_outlives_no_runtime_and_can_still_be_asked() {
    let runtime = Runtime::new().expect("a runtime");
    let emulator = runtime.block_on(async {
        let emulator = start().await;
        imds(&emulator, "/metadata/versions").await;
        emulator
    });
    drop(runtime);
    assert_eq!(emulator.tally().other.admitted, 1);
}

#[tokio::test]
async fn two_at_once_know_nothing_of_each_other() {
    let (one, other) = (start().await, start().await);
    assert_ne!(one.imds_url(), other.imds_url());
    imds(&one, "/metadata/versions").await;
    assert_eq!((one.journal().len(), other.journal().len()), (1, 0));
    one.stop().await;
    assert_eq!(imds(&other, "/metadata/versions").await.status, 200);
}

#[tokio::test]
async fn a_request_at_a_port_of_a_session_is_of_that_session() {
    let text = "[resource_manager]\nenabled = true\n[limits.other.rate]\nrequests = 2\n";
    let config = Config::from_toml("c", text).expect("settings");
    let emulator = Emulator::start(config.with_free_ports())
        .await
        .expect("free ports");
    let vm = emulator.vm("default").expect("the first VM");
    let seventh = emulator.open_ports(&vm, "7").expect("free ports");
    let eighth = emulator.open_ports(&vm, "8").expect("free ports");
    let asked = async |url: &str, header: &str| {
        let headers = ["Metadata: true", header];
        ask(url, "GET", "/metadata/versions", &headers, "")
            .await
            .status
    };
    let own = "x-imds-emulator-session: own";
    let statuses = [
        asked(&seventh.imds_url, "A: b").await,
        asked(&eighth.imds_url, own).await,
        asked(&eighth.imds_url, "A: b").await,
    ];
    assert_eq!(statuses, [200, 200, 429], "one VM has the limits");
    let sessions = emulator.journal().into_iter().map(|entry| entry.session);
    let expected = ["7", "own", "8"].map(|session| Some(session.to_owned()));
    assert!(sessions.eq(expected));
    let manager = seventh.resource_manager_url.expect("it is served");
    let answer = ask(&manager, "GET", "/tenants?api-version=2022-12-01", &[], "").await;
    assert_eq!(answer.status, 401);
    let journal = emulator.resource_manager_journal();
    assert_eq!(journal[0].session.as_deref(), Some("7"));
    emulator.stop().await;
    gone(&seventh.imds_url).await;
    gone(&manager).await;
}
