//! The journal of Resource Manager's stub: its requests with their cmdlets, and what it does not serve.

use imds_emulator::journal::{Fate, StubEntry};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::cloud::{ARM, Cloud, OURS, VERSION};
use crate::raw::{admin, ask};

const CONNECT: [&str; 3] = [
    "CommandName: Connect-AzAccount, Connect-AzAccount",
    "ParameterSetName: ManagedServiceLogin, ManagedServiceLogin",
    "User-Agent: PSVersion/v7.6.9 Az.Accounts/2.12.1",
];

#[tokio::test]
async fn each_request_is_kept_with_its_cmdlet_and_no_token() {
    let settings = "limit = { bucket = 1, refill_per_second = 1 }\n";
    let cloud = Cloud::start_with(settings, ARM).await;
    let target = format!("{OURS}/resources?{VERSION}&$top=1");
    cloud.get_with(&target, &CONNECT).await;
    while cloud.get_with(&target, &CONNECT).await.status != 429 {}
    let journal = cloud.emulator.resource_manager_journal();
    let [first, .., last] = journal.as_slice() else {
        panic!("{journal:?}")
    };
    assert_eq!(format!("{}?{}", first.path, first.query), target);
    assert_eq!(first.command.as_deref(), Some("Connect-AzAccount"));
    assert_eq!(first.parameter_set.as_deref(), Some("ManagedServiceLogin"));
    assert_eq!(
        first.user_agent.as_deref(),
        Some("PSVersion/v7.6.9 Az.Accounts/2.12.1")
    );
    assert_eq!(first.operation, Some("resources"));
    assert_eq!(
        first.subscription_id.as_deref(),
        OURS.strip_prefix("/subscriptions/")
    );
    let client = "5a1f0c9e-0000-4000-8000-000000000001";
    assert_eq!(first.client_id.as_deref(), Some(client));
    assert_eq!(first.outcome.verdict, Some(Fate::Admitted));
    assert_eq!(first.outcome.left.unwrap().requests, Some(0));
    assert!(first.outcome.ended_at.is_some() && !first.outcome.client_gone);
    assert_eq!(last.outcome.verdict, Some(Fate::Refused));
    let reason = "SubscriptionRequestsThrottled";
    assert_eq!(last.outcome.reason.as_deref(), Some(reason));
    assert_eq!(last.outcome.status, Some(429));
    assert!(last.outcome.retry_after.is_some());
    assert_ne!(first.connection, last.connection);
    assert!(!format!("{journal:?}").contains("eyJ"));
}

#[tokio::test]
async fn the_administration_port_filters_archives_and_forgets_it() {
    let cloud = Cloud::start().await;
    cloud
        .get_with(&format!("/tenants?{VERSION}"), &CONNECT)
        .await;
    cloud.get("/tenants").await;
    let page = admin(&cloud.emulator, "/resource_manager/journal?status=400").await;
    let page = page.json();
    assert_eq!(page["next"], 3);
    let [entry] = page["entries"].as_array().unwrap().as_slice() else {
        panic!("{page}")
    };
    assert_eq!(entry["outcome"]["verdict"], "rejected");
    assert_eq!(entry["outcome"]["reason"], "MissingApiVersionParameter");
    assert_eq!(entry["operation"], json!(null));
    let wrong = admin(&cloud.emulator, "/resource_manager/journal?sicne=1").await;
    assert_eq!(wrong.status, 400);
    let archive = admin(&cloud.emulator, "/resource_manager/journal.har?limit=1").await;
    let one = archive.json()["log"]["entries"][0].clone();
    let url = cloud.emulator.resource_manager_url().unwrap();
    assert_eq!(one["request"]["url"], format!("{url}/tenants?{VERSION}"));
    let headers = one["request"]["headers"].as_array().unwrap();
    let command = json!({ "name": "CommandName", "value": "Connect-AzAccount" });
    assert!(headers.contains(&command), "{headers:?}");
    let imds = admin(&cloud.emulator, "/journal").await;
    assert_eq!(imds.json()["entries"].as_array().unwrap().len(), 1);
    let url = cloud.emulator.admin_url();
    let cleared = ask(&url, "DELETE", "/resource_manager/journal", &[], "").await;
    assert_eq!(cleared.status, 204);
    assert_eq!(cloud.emulator.resource_manager_journal(), []);
    assert_eq!(cloud.emulator.resource_manager_commands(), []);
}

#[tokio::test]
async fn requests_are_counted_by_cmdlet_and_those_not_served_are_listed() {
    let cloud = Cloud::start().await;
    let group = format!("{OURS}/resourcegroups/new");
    let url = cloud.emulator.resource_manager_url().unwrap();
    let command = "CommandName: New-AzResourceGroup";
    for version in ["2021-04-01", "2022-09-01"] {
        let target = format!("{group}?api-version={version}");
        ask(&url, "PUT", &target, &[command], "{}").await;
    }
    cloud
        .get_with(&format!("/tenants?{VERSION}"), &CONNECT)
        .await;
    let tally = admin(&cloud.emulator, "/resource_manager/tally").await;
    let commands = json!([
        { "command": "Connect-AzAccount", "status": 200, "count": 1 },
        { "command": "New-AzResourceGroup", "status": 405, "count": 2 },
    ]);
    assert_eq!(tally.json()["commands"], commands);
    let verified = admin(&cloud.emulator, "/verify").await.json();
    let answer = format!(
        "[[resource_manager.answers]]\nmethod = \"PUT\"\npath = \"{group}\"\nstatus = 200\nbody = {{}}\n"
    );
    let unmatched = json!([{
        "method": "PUT", "path": group, "query": "api-version=2021-04-01",
        "command": "New-AzResourceGroup", "count": 2, "answer": answer,
    }]);
    assert_eq!(verified["resource_manager"]["unmatched"], unmatched);
    assert_eq!(verified["clean"], true);
    cloud.emulator.reset();
    assert_eq!(cloud.emulator.resource_manager_unmatched(), []);
}

#[tokio::test]
async fn it_is_as_long_as_the_journal_of_imds() {
    let cloud = Cloud::start_above("journal.entries = 1\n").await;
    for _ in 0..3 {
        cloud.get(&format!("/tenants?{VERSION}")).await;
    }
    let journal = cloud.emulator.resource_manager_journal();
    assert_eq!(
        journal.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        [3]
    );
}

/// The first line of the answer to bytes that are no request.
async fn bytes(cloud: &Cloud, request: &[u8]) -> String {
    let url = cloud.emulator.resource_manager_url().expect("served");
    let mut stream = TcpStream::connect(&url["http://".len()..]).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// All that could not be read, once the connections' ends were noticed.
async fn unreadable(cloud: &Cloud, count: usize) -> Vec<StubEntry> {
    loop {
        let journal = cloud.emulator.resource_manager_journal().into_iter();
        let is_unreadable = |it: &StubEntry| it.outcome.verdict == Some(Fate::Unreadable);
        let found: Vec<_> = journal.filter(is_unreadable).collect();
        if found.len() == count {
            return found;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_no_http_is_in_journal_tally_and_metrics() {
    let cloud = Cloud::start().await;
    let bad = b"GET /Tenants?api-version=1 HTTP/1.1\r\nUser-Agent: t/1\r\nno header\r\n\r\n";
    assert_eq!(bytes(&cloud, bad).await, "HTTP/1.1 400 Bad Request");
    let long = format!("GET /a HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(20_000));
    let line = bytes(&cloud, long.as_bytes()).await;
    assert_eq!(line, "HTTP/1.1 431 Request Header Fields Too Large");
    assert_eq!(
        bytes(&cloud, b"\0hello\r\n\r\n").await,
        "HTTP/1.1 400 Bad Request"
    );

    let found = unreadable(&cloud, 3).await;
    let first = &found[0];
    let target = format!("{} {}?{}", first.method, first.path, first.query);
    assert_eq!(target, "GET /Tenants?api-version=1");
    assert_eq!(first.user_agent.as_deref(), Some("t/1"));
    let statuses: Vec<_> = found.iter().map(|it| it.outcome.status).collect();
    assert_eq!(statuses, [Some(400), Some(431), Some(400)]);
    let reason = found[2].outcome.reason.as_deref().unwrap();
    assert!(
        reason.ends_with(r"it began with \x00hello\r\n\r\n"),
        "{reason}"
    );

    let tally = admin(&cloud.emulator, "/resource_manager/tally")
        .await
        .json();
    assert_eq!(
        (&tally["unreadable"], &tally["requests"]),
        (&json!(3), &json!([]))
    );
    let metrics = admin(&cloud.emulator, "/metrics").await.body;
    let line = r#"resource_manager_requests_total{verdict="unreadable",status="431"} 1"#;
    assert!(metrics.contains(line), "{metrics}");
}
