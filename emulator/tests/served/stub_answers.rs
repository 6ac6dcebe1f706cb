//! Answers of the user's own, as bytes: from the configuration and from the administration port.

use std::time::Duration;

use serde_json::json;

use crate::cloud::{ARM, Cloud, OURS, VERSION};
use crate::raw::{Answer, admin, ask};

const GROUP: &str = "/subscriptions/*/resourceGroups/*";

/// With these lines in its first answer, and others behind it.
async fn cloud(first: &str, others: &str) -> Cloud {
    Cloud::start_with_tables(&format!("[[resource_manager.answers]]\n{first}\n{others}")).await
}

async fn put(cloud: &Cloud, name: &str) -> Answer {
    let target = format!("{OURS}/resourcegroups/{name}?{VERSION}");
    cloud
        .send("PUT", &target, &[], "{\"location\":\"x\"}")
        .await
}

#[tokio::test]
async fn a_script_s_write_is_answered_with_what_it_repeats_of_the_request() {
    let first = format!(
        "method = 'PUT'\npath = '{GROUP}'\nstatus = 201\n\
         headers = {{ Azure-AsyncOperation = '{{{{base}}}}/operations/1', Cache-Control = 'max-age=1' }}\n\
         body = {{ id = '{{{{path}}}}', name = '{{{{4}}}}' }}"
    );
    let cloud = cloud(&first, "").await;
    let answer = put(&cloud, "new").await;
    assert_eq!(answer.status, 201);
    let expected = json!({ "id": format!("{OURS}/resourcegroups/new"), "name": "new" });
    assert_eq!(answer.json(), expected);
    let header = |name| answer.header(name);
    assert_eq!(
        header("azure-asyncoperation"),
        Some("http://localhost/operations/1")
    );
    assert_eq!(header("cache-control"), Some("max-age=1"));
    assert_eq!(
        header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(
        header("x-ms-ratelimit-remaining-subscription-reads"),
        Some("249")
    );
    assert!(header("x-ms-request-id").is_some());
    let target = format!("{OURS}/resourcegroups/imds-emulator?{VERSION}");
    assert_eq!(
        cloud.get(&target).await.status,
        200,
        "others are as they were"
    );
    let journal = cloud.emulator.resource_manager_journal();
    assert_eq!(journal[0].operation, Some("custom"));
    let reason = format!("PUT {GROUP}");
    assert_eq!(journal[0].outcome.reason.as_deref(), Some(reason.as_str()));
    assert_eq!(cloud.emulator.resource_manager_unmatched(), []);
}

#[tokio::test]
async fn an_answer_that_is_used_up_makes_room_for_the_next_and_for_the_stub() {
    let path = format!("path = '{OURS}'");
    let first = format!("{path}\nstatus = 503\ntimes = 1\nheaders = {{ Retry-After = '1' }}");
    let others = format!("[[resource_manager.answers]]\n{path}\nbody = 'text'\ntimes = 1\n");
    let cloud = cloud(&first, &others).await;
    let target = format!("{OURS}?{VERSION}");
    let unproven = cloud.get_as(&target, &[]).await;
    assert_eq!(unproven.status, 401, "it does not use the answer up");
    let first = cloud.get(&target).await;
    assert_eq!(
        (first.status, first.header("retry-after")),
        (503, Some("1"))
    );
    let second = cloud.get(&target).await;
    assert_eq!((second.status, second.body.as_str()), (200, "text"));
    assert_eq!(
        second.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(cloud.get(&target).await.json()["displayName"], "ours");
}

#[tokio::test]
async fn an_answer_needs_no_token_and_takes_its_time_if_it_says_so() {
    let cloud = cloud("path = '/open/**'\ntoken = false\nlatency = '60ms'", "").await;
    let answer = cloud.get_as("/open/a/b", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let [entry] = cloud
        .emulator
        .resource_manager_journal()
        .try_into()
        .unwrap();
    let took = entry.outcome.ended_at.unwrap().saturating_sub(entry.at);
    assert_eq!(entry.outcome.service_time, Some(Duration::from_millis(60)));
    assert!(took >= Duration::from_millis(60), "{took:?}");
}

#[tokio::test]
async fn the_budget_is_charged_and_refuses() {
    let settings =
        "limit = { bucket = 1, refill_per_second = 1 }\nanswers = [{ path = '/x/**' }]\n";
    let cloud = Cloud::start_with(settings, ARM).await;
    let mut statuses = Vec::new();
    while statuses.last() != Some(&429) {
        statuses.push(cloud.get("/x/y").await.status);
    }
    assert_eq!(statuses[0], 200);
    let report = admin(&cloud.emulator, "/resource_manager/answers")
        .await
        .json();
    assert_eq!(
        report[0]["given"],
        statuses.len() - 1,
        "a refused request is not counted"
    );
}

#[tokio::test]
async fn answers_are_added_and_removed_while_it_is_served() {
    let cloud = Cloud::start().await;
    let url = cloud.emulator.admin_url();
    let send =
        async |method: &str, path: &str, body: &str| ask(&url, method, path, &[], body).await;
    assert_eq!(put(&cloud, "new").await.status, 405);
    let body = json!({ "name": "groups", "method": "PUT", "path": GROUP, "body": { "a": 1 } });
    let added = send("POST", "/resource_manager/answers", &body.to_string()).await;
    let expected = json!([{
        "name": "groups", "method": "PUT", "path": GROUP, "status": 200, "given": 0, "times": null,
        "used_up": false,
    }]);
    assert_eq!((added.status, added.json()), (200, expected));
    assert_eq!(put(&cloud, "new").await.json(), json!({ "a": 1 }));
    let again = send("POST", "/resource_manager/answers", &body.to_string()).await;
    let error = again.json()["error"].to_string();
    assert!(again.status == 400 && error.contains("`groups`"), "{error}");
    let wrong = send(
        "POST",
        "/resource_manager/answers",
        r#"{"path":"x","file":"a"}"#,
    )
    .await;
    let problems = wrong.json()["problems"].as_array().unwrap().len();
    assert_eq!((wrong.status, problems), (400, 2));
    let removed = send("DELETE", "/resource_manager/answers/groups", "").await;
    assert_eq!(removed.status, 204);
    assert_eq!(put(&cloud, "new").await.status, 405);
    let missing = send("DELETE", "/resource_manager/answers/groups", "").await;
    assert_eq!(missing.status, 404);
    send("POST", "/resource_manager/answers", &body.to_string()).await;
    assert_eq!(
        send("DELETE", "/resource_manager/answers", "").await.status,
        204
    );
    let none = admin(&cloud.emulator, "/resource_manager/answers").await;
    assert_eq!(none.json(), json!([]));
}

#[tokio::test]
async fn a_reset_brings_back_those_of_the_configuration() {
    let cloud = cloud("path = '/a'\ntoken = false\ntimes = 1", "").await;
    assert_eq!(cloud.get_as("/a", &[]).await.status, 200);
    assert_eq!(
        cloud.get_as(&format!("/a?{VERSION}"), &[]).await.status,
        404
    );
    cloud.emulator.reset();
    assert_eq!(cloud.get_as("/a", &[]).await.status, 200);
}

#[tokio::test]
async fn the_snippet_of_a_request_that_is_not_served_answers_it() {
    let cloud = Cloud::start().await;
    let target = format!("{OURS}/resourceGroups/a%20b?{VERSION}");
    for (method, status) in [("PUT", 200), ("DELETE", 204)] {
        let unserved = cloud.send(method, &target, &[], "").await;
        assert_eq!(unserved.status, 405);
        let unmatched = cloud.emulator.resource_manager_unmatched();
        let one = unmatched.iter().find(|one| one.method == method).unwrap();
        let table: toml::Table = one.answer.parse().unwrap();
        let answer = &table["resource_manager"]["answers"][0];
        let body = serde_json::to_string(answer).unwrap();
        let url = cloud.emulator.admin_url();
        ask(&url, "POST", "/resource_manager/answers", &[], &body).await;
        assert_eq!(cloud.send(method, &target, &[], "").await.status, status);
    }
}
