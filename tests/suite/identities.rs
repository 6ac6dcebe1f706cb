//! The identity and the resource of a token: the less usual answers of the token endpoint.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use imds_tests::raw::{self, Answer};
use imds_tests::scenario::Scenario;
use imds_tests::{QUICK, emulator};
use serde_json::{Value, json};

async fn token(config: &str, query: &str) -> Answer {
    raw::token(&emulator(&format!("{QUICK}{config}")).await, query).await
}

#[tokio::test]
async fn a_token_names_the_vm_that_the_instance_describes() {
    let emulator = emulator(&format!("{QUICK}instance.compute.name = 'web-1'")).await;
    let target = "/metadata/instance/compute?api-version=2021-02-01";
    let compute = raw::get(&emulator, target, "Metadata: true\r\n")
        .await
        .json();
    let token = raw::token(&emulator, "resource=r").await.json();
    let claims = claims(&token);
    let mirid = claims["xms_mirid"].as_str().expect("a resource id");
    let own = compute["resourceId"].as_str().expect("a resource id");
    assert!(own.ends_with("/virtualMachines/web-1"), "{own}");
    assert!(mirid.eq_ignore_ascii_case(own), "{mirid} {own}");
}

fn claims(token: &Value) -> Value {
    let token = token["access_token"].as_str().expect("a token");
    let payload = token.split('.').nth(1).expect("three parts");
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&payload).expect("JSON")
}

#[tokio::test]
async fn a_token_has_the_claims_of_one_s_own_and_its_answer_when_to_ask_again() {
    let answer = token(
        "tokens.refresh_in = '12h'\n\
         tokens.claims = [{ set = { roles = ['a', 'b'], ver = '2.0' } }, \
         { resource = 'api://*', set = { roles = ['c'] } }]",
        "resource=https://vault.azure.net",
    );
    let body = answer.await.json();
    let claims = claims(&body);
    assert_eq!(claims["roles"], json!(["a", "b"]));
    assert_eq!(claims["ver"], "2.0");
    assert_eq!(claims["aud"], "https://vault.azure.net");
    let left: u64 = body["refresh_in"]
        .as_str()
        .expect("text")
        .parse()
        .expect("digits");
    assert!((43_190..=43_200).contains(&left), "{left}");
}

#[tokio::test]
async fn a_resource_that_the_tenant_does_not_have_gets_entra_s_words() {
    let answer = token(
        "tokens.unknown_resources = ['https://nope*']",
        "resource=https://nope/",
    )
    .await;
    assert_eq!(answer.status(), 400);
    let body = answer.json();
    let field = |name: &str| {
        body[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name}"))
            .to_owned()
    };
    let (trace, correlation, timestamp) = (
        field("trace_id"),
        field("correlation_id"),
        field("timestamp"),
    );
    let expected = format!(
        concat!(
            r#"{{"error":"invalid_resource","error_description":"AADSTS500011: The resource principal named "#,
            r#"https://nope/ was not found in the tenant named 7e0a11e5-0000-4000-8000-000000000001. This can "#,
            r"happen if the application has not been installed by the administrator of the tenant or consented ",
            r"to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
            r#"\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}","error_codes":[500011],"#,
            r#""timestamp":"{}","trace_id":"{}","correlation_id":"{}","#,
            r#""error_uri":"https://westeurope.login.microsoft.com/error?code=500011"}}"#
        ),
        trace, correlation, timestamp, timestamp, trace, correlation
    );
    answer.assert_is(400, &expected);
    assert!(
        timestamp.starts_with("20") && timestamp.ends_with('Z'),
        "{timestamp}"
    );
}

#[tokio::test]
async fn an_identity_has_the_resources_it_may_have() {
    let config = "system_assigned = { resources = ['https://vault.azure.net'] }";
    assert_eq!(
        token(config, "resource=https://vault.azure.net/")
            .await
            .status(),
        200
    );
    let denied = token(config, "resource=https://management.azure.com/").await;
    assert_eq!(denied.status(), 400);
    assert_eq!(denied.json()["error"], "invalid_grant");
    assert_eq!(denied.json()["error_codes"], json!([501_051]));
}

#[tokio::test]
async fn the_cache_is_bypassed_with_true_alone() {
    assert_eq!(
        token("", "resource=r&bypass_cache=true").await.status(),
        200
    );
    token("", "resource=r&bypass_cache=1").await.assert_is(
        400,
        r#"{"error":"invalid_request","error_description":"Parameter value \"1\" isn't allowed for parameter \"bypass_cache\". Fix the request and retry."}"#,
    );
}

#[tokio::test]
async fn a_selector_is_repeated_when_told_to() {
    let config = "[[identities]]\nname = 'a'\nclient_id = 'aaaaaaaa-0000-4000-8000-000000000001'\n\
                  object_id = 'aaaaaaaa-0000-4000-8000-000000000002'\nresource_id = '/a'\n";
    let echo = format!("wire.echo_selector = true\n{config}");
    let object = "resource=r&object_id=AAAAAAAA-0000-4000-8000-000000000002";
    let answer = token(&echo, object).await.json();
    assert_eq!(answer["object_id"], "AAAAAAAA-0000-4000-8000-000000000002");
    assert_eq!(
        token(&echo, "resource=r&msi_res_id=/a").await.json()["msi_res_id"],
        "/a"
    );
    assert_eq!(token(config, object).await.json()["object_id"], Value::Null);
}

#[tokio::test]
async fn a_principal_id_counts_when_told_to() {
    let config = "[[identities]]\nname = 'a'\nclient_id = 'aaaaaaaa-0000-4000-8000-000000000001'\n\
                  object_id = 'aaaaaaaa-0000-4000-8000-000000000002'\n";
    let query = "resource=r&principal_id=aaaaaaaa-0000-4000-8000-000000000002";
    let chosen = async |config: &str| token(config, query).await.json()["client_id"].clone();
    let told = format!("wire.accept_principal_id = true\n{config}");
    assert_eq!(chosen(&told).await, "aaaaaaaa-0000-4000-8000-000000000001");
    assert_ne!(chosen(config).await, "aaaaaaaa-0000-4000-8000-000000000001");
}

#[test]
fn a_session_that_entra_denies_fails_alike_live_and_simulated() {
    let scenario = Scenario::new(
        r#"
        schema = 1
        name = "denied"
        [imds]
        tokens = { unknown_resources = ["https://nope"] }
        [[sessions]]
        name = "all"
        count = 3
        arrival = { herd = {} }
        client = "azure-powershell"
        script = [{ connect = { resource = "https://nope/" } }]
        "#,
    );
    let (live, simulated) = (scenario.run_until(|_| true), scenario.simulated(&[]));
    assert_eq!(live.count("sessions.failed"), 3);
    for path in ["sessions.by_failure", "attempts.by_status"] {
        assert_eq!(live.at(path), simulated.at(path), "{path}");
    }
}
