//! App Service, Arc and Cloud Shell, as bytes.

use imds_emulator::Emulator;
use serde_json::{Value, json};

use crate::raw::{Answer, ask, imds, start};

const APP_SERVICE: &str = "/msi/token?api-version=2019-08-01&resource=https://vault.azure.net";
const OLD: &str = "/msi/token?api-version=2017-09-01&resource=https://vault.azure.net";
const ARC: &str =
    "/arc/metadata/identity/oauth2/token?api-version=2020-06-01&resource=https://vault.azure.net";
const CLOUD_SHELL: &str = "/cloudshell/oauth2/token";
const HEADER: &str = "X-IDENTITY-HEADER: imds-emulator";

const JOBS: &str = "5a1f0c9e-0000-4000-8000-000000000001";
const WITH_JOBS: &str = "[[identities]]\nname = 'jobs'\n\
    client_id = '5a1f0c9e-0000-4000-8000-000000000001'\n";

async fn get(emulator: &Emulator, target: &str, headers: &[&str]) -> Answer {
    ask(&emulator.imds_url(), "GET", target, headers, "").await
}

async fn post(emulator: &Emulator, target: &str, body: &str) -> Answer {
    let headers = [
        "Metadata: true",
        "Content-Type: application/x-www-form-urlencoded",
    ];
    ask(&emulator.imds_url(), "POST", target, &headers, body).await
}

fn names(body: &Value) -> Vec<&str> {
    body.as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn claims(body: &Value) -> Value {
    use base64::Engine;
    let token = body["access_token"].as_str().unwrap();
    let payload = token.split('.').nth(1).unwrap();
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload);
    serde_json::from_slice(&payload.unwrap()).unwrap()
}

#[tokio::test]
async fn app_service_answers_with_its_own_fields() {
    let emulator = start(WITH_JOBS).await;
    let answer = get(
        &emulator,
        &format!("{APP_SERVICE}&client_id={JOBS}"),
        &[HEADER],
    )
    .await;
    assert_eq!((answer.status, answer.header("server")), (200, None));
    let body = answer.json();
    let fields = [
        "access_token",
        "client_id",
        "expires_on",
        "resource",
        "token_type",
    ];
    assert_eq!(names(&body), fields);
    assert_eq!(body["client_id"], JOBS.to_ascii_uppercase());
    assert_eq!(body["expires_on"], claims(&body)["exp"].to_string());
    assert_eq!(claims(&body)["appid"], JOBS);
}

#[tokio::test]
async fn app_service_means_the_system_assigned_identity_or_none() {
    let emulator = start(&format!("system_assigned = false\n{WITH_JOBS}")).await;
    let answer = get(&emulator, APP_SERVICE, &[HEADER]).await;
    assert_eq!(answer.status, 400);
    let start = r#"{"StatusCode":400,"Message":"No Managed Identity found for specified ClientId/ResourceId/PrincipalId.","CorrelationId":""#;
    assert!(answer.body.starts_with(start), "{}", answer.body);
}

#[tokio::test]
async fn app_service_wants_its_secret_its_version_and_a_resource() {
    let emulator = start("protocols.secret = 's'").await;
    let header = "X-IDENTITY-HEADER: s";
    for (target, headers, status, message) in [
        (
            APP_SERVICE,
            &[HEADER][..],
            401,
            "The identity header is missing or wrong.",
        ),
        (
            OLD,
            &[header],
            401,
            "The identity header is missing or wrong.",
        ),
        (
            "/msi/token",
            &[header],
            400,
            "The api-version is missing or not supported",
        ),
        (
            "/msi/token?api-version=2019-08-01",
            &[header],
            400,
            "The resource is missing",
        ),
    ] {
        let answer = get(&emulator, target, headers).await;
        let body = answer.json();
        assert_eq!(
            (answer.status, &body["statusCode"]),
            (status, &json!(status))
        );
        assert_eq!(body["message"], message);
        assert_eq!(names(&body), ["correlationId", "message", "statusCode"]);
    }
    assert_eq!(get(&emulator, OLD, &["secret: s"]).await.status, 200);
}

#[tokio::test]
async fn the_older_app_service_writes_the_time_for_people() {
    let emulator = start("").await;
    let body = get(&emulator, OLD, &["secret: imds-emulator"]).await.json();
    let fields = ["access_token", "expires_on", "resource", "token_type"];
    assert_eq!(names(&body), fields);
    let expires_on = body["expires_on"].as_str().unwrap();
    assert!(expires_on.ends_with("M +00:00"), "{expires_on}");
}

/// The text that such an answer has, byte for byte.
fn arc_body(body: &Value) -> String {
    let text = |key: &str| body[key].as_str().unwrap();
    format!(
        r#"{{"token_type":"Bearer","expires_in":"{}","expires_on":"{}","ext_expires_in":86399,"access_token":"{}","resource":"https://vault.azure.net","client_id":"{}","object_id":"{}","msi_res_id":"{}"}}"#,
        text("expires_in"),
        text("expires_on"),
        text("access_token"),
        text("client_id"),
        text("object_id"),
        text("msi_res_id"),
    )
}

#[tokio::test]
async fn arc_challenges_and_then_answers_whoever_read_the_file() {
    let emulator = start("").await;
    let challenge = get(&emulator, ARC, &["Metadata: true"]).await;
    assert_eq!(challenge.status, 401);
    assert_eq!(
        challenge.body,
        r#"{"error":"unauthorized_client","error_description":"Missing Basic Authorization header","error_codes":[401]}"#
    );
    let realm = challenge.header("www-authenticate").unwrap();
    let path = std::path::Path::new(realm.strip_prefix("Basic realm=").unwrap());
    let key = std::fs::read_to_string(path).unwrap();

    let authorization = format!("Authorization: Basic {key}");
    let answer = get(&emulator, ARC, &["Metadata: true", &authorization]).await;
    let body = answer.json();
    assert_eq!(answer.body, arc_body(&body));
    assert_eq!(body["expires_on"], claims(&body)["exp"].to_string());
    assert_eq!(body["client_id"], claims(&body)["appid"]);

    emulator.stop().await;
    assert!(!path.exists(), "the key file is left behind");
}

#[tokio::test]
async fn cloud_shell_takes_a_form() {
    let emulator = start("").await;
    let answer = post(
        &emulator,
        CLOUD_SHELL,
        "resource=https%3A%2F%2Fvault.azure.net",
    )
    .await;
    let body = answer.json();
    assert_eq!(body["resource"], "https://vault.azure.net");
    assert_eq!(body["expires_on"], claims(&body)["exp"].to_string());
    let empty = post(&emulator, CLOUD_SHELL, "").await;
    assert_eq!(empty.status, 400);
    assert_eq!(
        empty.body,
        r#"{"error":{"code":"InvalidRequest","message":"The resource is missing"}}"#
    );
}

#[tokio::test]
async fn cloud_shell_takes_a_query_too_and_neither_for_the_other() {
    let emulator = start("").await;
    let header = &["Metadata: true"];
    let query = format!("{CLOUD_SHELL}?resource=https%3A%2F%2Fvault.azure.net");
    let by_query = get(&emulator, &query, header).await.json();
    let form = "resource=https%3A%2F%2Fvault.azure.net";
    let by_form = post(&emulator, CLOUD_SHELL, form).await.json();
    assert_eq!(by_query["resource"], "https://vault.azure.net");
    assert_eq!(by_query["access_token"], by_form["access_token"]);
    for (method, target, body) in [("GET", CLOUD_SHELL, form), ("POST", &query, "")] {
        let answer = ask(&emulator.imds_url(), method, target, header, body).await;
        assert_eq!(answer.status, 400, "{method}");
        assert!(
            answer.body.contains("The resource is missing"),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn each_has_its_methods_and_names_them() {
    let emulator = start("").await;
    for (target, wrong, right) in [
        (APP_SERVICE, "POST", "GET"),
        (OLD, "HEAD", "GET"),
        (ARC, "PUT", "GET"),
        (CLOUD_SHELL, "PUT", "GET, POST"),
        ("/azureml/token", "DELETE", "GET"),
    ] {
        let answer = ask(&emulator.imds_url(), wrong, target, &[HEADER], "").await;
        let told = (answer.status, answer.header("allow"));
        assert_eq!(told, (405, Some(right)), "{wrong} {target}");
    }
}

#[tokio::test]
async fn all_share_the_token_and_the_limits_of_imds() {
    let emulator = start(
        "limits.identity.rate = { algorithm = 'sliding-window', requests = 2, window = '1h' }",
    )
    .await;
    let path = "/metadata/identity/oauth2/token?api-version=2018-02-01";
    let own = imds(
        &emulator,
        &format!("{path}&resource=https://vault.azure.net"),
    )
    .await
    .json();
    let other = get(&emulator, APP_SERVICE, &[HEADER]).await.json();
    assert_eq!(own["access_token"], other["access_token"]);
    assert_eq!(get(&emulator, APP_SERVICE, &[HEADER]).await.status, 429);
    let shell = post(&emulator, CLOUD_SHELL, "resource=x").await;
    assert_eq!(shell.status, 429);
}

#[tokio::test]
async fn they_can_be_without_limits() {
    let emulator =
        start("protocols.limits = 'none'\nlimits.identity.rate = { algorithm = 'sliding-window', requests = 1, window = '1h' }")
            .await;
    for _ in 0..3 {
        assert_eq!(get(&emulator, APP_SERVICE, &[HEADER]).await.status, 200);
    }
    assert_eq!(emulator.tally().identity.admitted, 0);
}

#[tokio::test]
async fn a_fault_for_one_resource_or_identity_strikes_in_every_protocol() {
    let faults = "[[faults]]\nresource = 'https://vault.azure.net/'\neffect = { status = 503 }\n\
        [[faults]]\nidentity = 'jobs'\neffect = { status = 504 }\n";
    let emulator = start(&format!("{WITH_JOBS}{faults}")).await;
    let form = "resource=https%3A%2F%2Fvault.azure.net%2F";
    for struck in [
        get(&emulator, APP_SERVICE, &[HEADER]).await,
        get(&emulator, OLD, &[]).await,
        get(&emulator, ARC, &["Metadata: true"]).await,
        post(&emulator, CLOUD_SHELL, form).await,
    ] {
        assert_eq!(struck.status, 503, "{}", struck.body);
    }
    for (target, status) in [
        ("/msi/token?api-version=2019-08-01&resource=r", 200),
        (
            "/msi/token?api-version=2019-08-01&resource=r&client_id=5a1f0c9e-0000-4000-8000-000000000001",
            504,
        ),
    ] {
        assert_eq!(get(&emulator, target, &[HEADER]).await.status, status);
    }
}

#[tokio::test]
async fn without_limits_faults_strike_and_a_reset_frees_all_the_same() {
    let emulator = start(
        "protocols.limits = 'none'\nlatency.token_cold = '1h'\n\
         [[faults]]\neffect = 'content-type'",
    )
    .await;
    emulator.ready().await;
    let asking = get(&emulator, APP_SERVICE, &[HEADER]);
    let resetting = async {
        while emulator.faults()[0].struck == 0 {
            tokio::task::yield_now().await;
        }
        emulator.reset();
    };
    let (answer, ()) = tokio::join!(asking, resetting);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let tally = emulator.tally();
    assert_eq!((tally.identity.admitted, tally.identity.in_use), (0, 0));
}

#[tokio::test]
async fn the_journal_has_one_word_for_a_flaw_in_every_protocol() {
    let emulator = start("").await;
    let metadata = "Metadata: true";
    for (target, header) in [
        (
            "/metadata/identity/oauth2/token?api-version=2018-02-01",
            metadata,
        ),
        ("/msi/token?api-version=2019-08-01", HEADER),
        (
            "/arc/metadata/identity/oauth2/token?api-version=2020-06-01",
            metadata,
        ),
    ] {
        assert_eq!(get(&emulator, target, &[header]).await.status, 400);
        let journal = emulator.journal();
        let outcome = &journal.last().unwrap().outcome;
        assert_eq!(outcome.reason.as_deref(), Some("ResourceMissing"));
    }
}
