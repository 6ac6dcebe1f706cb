//! Bytes of every endpoint but the token's.

use imds_tests::raw::{self, Answer};
use imds_tests::{QUICK, emulator, raw::exchange};
use serde_json::json;

const METADATA: &str = "Metadata: true\r\n";
async fn ask(config: &str, target: &str) -> Answer {
    let emulator = emulator(&format!("{QUICK}{config}")).await;
    raw::get(&emulator, target, METADATA).await
}

#[tokio::test]
async fn a_part_of_the_instance_has_these_bytes() {
    let answer = ask("", "/metadata/instance/network?api-version=2017-08-01").await;
    answer.assert_is(
        200,
        concat!(
            r#"{"interface":[{"ipv4":{"ipAddress":[{"privateIpAddress":"10.0.0.4","publicIpAddress":""}],"#,
            r#""subnet":[{"address":"10.0.0.0","prefix":"24"}]},"ipv6":{"ipAddress":[]},"macAddress":"000D3A123456"}]}"#
        ),
    );
    assert_eq!(answer.headers["x-ms-request-id"].len(), 36);
    let plan = ask("", "/metadata/instance/compute/plan?api-version=2021-02-01").await;
    plan.assert_is(200, r#"{"name":"","product":"","publisher":""}"#);
}

#[tokio::test]
async fn an_early_version_has_its_fields_and_no_others() {
    let early = ask(
        "",
        "/metadata/instance/compute?api-version=2017-08-01&extended=true",
    )
    .await;
    let names: Vec<String> = early
        .json()
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    assert_eq!(
        names,
        [
            "location",
            "name",
            "offer",
            "osType",
            "placementGroupId",
            "platformFaultDomain",
            "platformUpdateDomain",
            "publisher",
            "resourceGroupName",
            "sku",
            "subscriptionId",
            "tags",
            "version",
            "vmId",
            "vmSize"
        ]
    );
    let whole = ask("", "/metadata/instance?api-version=2025-04-07")
        .await
        .json();
    assert_eq!(whole["compute"].as_object().expect("an object").len(), 40);
    assert_eq!(whole["compute"]["tags"], "purpose:test");
    assert_eq!(
        whole["compute"]["tagsList"],
        json!([{ "name": "purpose", "value": "test" }])
    );
}

#[tokio::test]
async fn what_is_extended_stands_behind_the_network() {
    let whole = "/metadata/instance?api-version=2023-11-15&extended=true";
    let config = "instance.extended.compute = { hasCustomData = true, ppsType = 'Running' }";
    let answer = ask(config, whole).await;
    assert_eq!(answer.status(), 200);
    let end = r#""macAddress":"000D3A123456"}]},"extended":{"compute":{"hasCustomData":true,"ppsType":"Running"}}}"#;
    assert!(answer.body.ends_with(end), "{}", answer.body);
}

#[tokio::test]
async fn a_leaf_is_text() {
    let path = "/metadata/instance/compute/location?api-version=2021-02-01";
    let text = ask("", &format!("{path}&format=text")).await;
    assert_eq!((text.status(), text.body.as_str()), (200, "westeurope"));
    assert_eq!(text.headers["content-type"], "text/plain; charset=utf-8");
    let refused =
        r#"{ "error": "Bad request. A single value is to be had with format=text only" }"#;
    ask("", path).await.assert_is(400, refused);
}

#[tokio::test]
async fn anything_else_is_listed_as_text() {
    let target = "/metadata/instance?api-version=2021-02-01&format=text";
    assert_eq!(ask("", target).await.body, "compute/\nnetwork/");
}

#[tokio::test]
async fn an_element_is_found_through_names_and_indexes_or_is_not_there() {
    let address = "/metadata/instance/network/interface/0/ipv4/ipAddress/0/privateIpAddress";
    let query = "api-version=2017-08-01&format=text";
    assert_eq!(
        ask("", &format!("{address}?{query}")).await.body,
        "10.0.0.4"
    );
    let missing = ask(
        "",
        &format!("/metadata/instance/network/interface/1?{query}"),
    )
    .await;
    missing.assert_is(404, r#"{ "error": "Not found" }"#);
}

#[tokio::test]
async fn a_missing_or_unknown_version_is_told_the_newest() {
    let expected = concat!(
        r#"{"error":"Bad request. api-version is invalid or was not specified in the request. "#,
        r#"For more information refer to aka.ms/azureimds","#,
        r#""newest-versions":["2025-04-07","2024-07-17","2024-03-15"]}"#
    );
    for target in [
        "/metadata/instance",
        "/metadata/instance?api-version=2020-01-01",
        "/metadata/instance/compute/name?api-version=&format=text",
        "/metadata/loadbalancer?api-version=2020-09-01",
    ] {
        ask("", target).await.assert_is(400, expected);
    }
}

#[tokio::test]
async fn a_format_that_there_is_not_is_named() {
    let answer = ask("", "/metadata/instance?api-version=2021-02-01&format=xml").await;
    answer.assert_is(
        400,
        r#"{ "error": "Parameter value \"xml\" isn't allowed for parameter \"format\". Fix the request and retry." }"#,
    );
}

#[tokio::test]
async fn a_load_balancer_is_told_of_in_the_documented_shape() {
    let config = r#"
        [loadbalancer]
        publicIpAddresses = [{ frontendIpAddress = "51.0.0.1", privateIpAddress = "10.0.0.4" }]
        inboundRules = [{ frontendIpAddress = "50.0.0.2", protocol = "tcp", frontendPort = 80, backendPort = 443, privateIpAddress = "10.0.0.4" }]
    "#;
    let answer = ask(config, "/metadata/loadbalancer?api-version=2020-10-01").await;
    answer.assert_is(
        200,
        concat!(
            r#"{"loadbalancer":{"publicIpAddresses":[{"frontendIpAddress":"51.0.0.1","privateIpAddress":"10.0.0.4"}],"#,
            r#""inboundRules":[{"frontendIpAddress":"50.0.0.2","protocol":"tcp","frontendPort":80,"backendPort":443,"#,
            r#""privateIpAddress":"10.0.0.4"}],"outboundRules":[]}}"#
        ),
    );
    let without = ask("", "/metadata/loadbalancer?api-version=2020-10-01").await;
    without.assert_is(
        404,
        r#"{ "error": "No load balancer metadata is found. Please check if your VM is using any non-basic SKU load balancer and retry later." }"#,
    );
}

#[tokio::test]
async fn the_tenant_is_told_and_counts_as_an_identity_request() {
    let emulator = emulator(QUICK).await;
    let target = "/metadata/identity/info?api-version=2018-02-01";
    let answer = raw::get(&emulator, target, METADATA).await;
    answer.assert_is(
        200,
        r#"{"tenantId":"7e0a11e5-0000-4000-8000-000000000001"}"#,
    );
    assert_eq!(emulator.tally().identity.admitted, 1);
    let early = raw::get(
        &emulator,
        "/metadata/identity/info?api-version=2017-12-01",
        METADATA,
    )
    .await;
    assert_eq!(early.status(), 400);
    assert_eq!(early.json()["error"], "invalid_request");
}

#[tokio::test]
async fn a_host_of_the_first_version_has_no_second() {
    let emulator = emulator(QUICK).await;
    let path = "/metadata/identity/getPlatformMetadata";
    for headers in ["", METADATA] {
        let target = format!("{path}?cred-api-version=2.0");
        let asked = raw::get(&emulator, &target, headers).await;
        asked.assert_is(404, r#"{"error":"Not Found"}"#);
    }
    let post = "POST /metadata/identity/issuecredential?cred-api-version=2.0 HTTP/1.1\r\nHost: imds\r\nConnection: close\r\nMetadata: true\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(exchange(&emulator, post).await.status(), 404);
}

#[tokio::test]
async fn probes_for_other_clouds_and_other_hosts_find_nothing() {
    let emulator = emulator(QUICK).await;
    for (path, headers) in [
        ("/latest/meta-data/", ""),
        ("/computeMetadata/v1/", "Metadata-Flavor: Google\r\n"),
        ("/metadata/THIM/amd/certification", METADATA),
    ] {
        let answer = raw::get(&emulator, path, headers).await;
        let expected =
            format!(r#"{{ "error": "API isn't found: Path = \"{path}\", Method = \"GET\"" }}"#);
        answer.assert_is(404, &expected);
    }
}

/// Captured in October 2023, all three with this version.
#[tokio::test]
async fn what_a_vm_has_not_is_answered_as_one_of_2023_did() {
    let emulator = emulator(QUICK).await;
    for (path, expected) in [
        ("identity", r#"{"error":"Not Found"}"#),
        ("scheduledevents", r#"{"error":"Not found"}"#),
        (
            "loadbalancer",
            r#"{ "error": "No load balancer metadata is found. Please check if your VM is using any non-basic SKU load balancer and retry later." }"#,
        ),
    ] {
        let target = format!("/metadata/{path}?api-version=2021-12-13");
        let answer = raw::get(&emulator, &target, METADATA).await;
        answer.assert_is(404, expected);
    }
}

#[tokio::test]
async fn every_version_that_an_error_recommends_is_served_there() {
    let emulator = emulator(&format!("{QUICK}[loadbalancer]\n")).await;
    for path in [
        "instance",
        "attested/document",
        "loadbalancer",
        "scheduledevents",
    ] {
        let target = format!("/metadata/{path}");
        let answer = raw::get(&emulator, &target, METADATA).await;
        assert_eq!(answer.status(), 400);
        let newest = answer.json()["newest-versions"].clone();
        let newest = newest.as_array().expect(path);
        assert_eq!(newest.len(), 3);
        for version in newest {
            let target = format!("{target}?api-version={}", version.as_str().unwrap());
            let served = raw::get(&emulator, &target, METADATA).await;
            assert_eq!(served.status(), 200, "{target}");
        }
    }
}

#[tokio::test]
async fn no_endpoint_takes_another_method() {
    let emulator = emulator(QUICK).await;
    for path in [
        "/metadata/instance",
        "/metadata/instance/compute/vmId",
        "/metadata/loadbalancer",
        "/metadata/versions",
    ] {
        let request = format!(
            "DELETE {path} HTTP/1.1\r\nHost: imds\r\nConnection: close\r\nMetadata: true\r\n\r\n"
        );
        let expected = format!(
            r#"{{ "error": "Http method isn't allowed: Path = \"{path}\", Method = \"DELETE\"" }}"#
        );
        exchange(&emulator, &request)
            .await
            .assert_is(405, &expected);
    }
    let request = "PUT /metadata/identity/info HTTP/1.1\r\nHost: imds\r\nConnection: close\r\nMetadata: true\r\n\r\n";
    exchange(&emulator, request).await.assert_is(
        405,
        r#"{"error":"method_not_allowed","error_description":"Http method isn't allowed: Path = \"/metadata/identity/info\", Method = \"PUT\""}"#,
    );
}
