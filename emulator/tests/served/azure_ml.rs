//! Azure Machine Learning's protocol, as bytes.

use imds_emulator::Emulator;

use crate::raw::{Answer, ask, start};

const TARGET: &str = "/azureml/token?api-version=2017-09-01&resource=r";
const SECRET: &str = "secret: imds-emulator";
const TWO: &str =
    "[[identities]]\nname = 'jobs'\nclient_id = '5a1f0c9e-0000-4000-8000-000000000001'\n";

async fn get(emulator: &Emulator, target: &str) -> Answer {
    ask(&emulator.imds_url(), "GET", target, &[SECRET], "").await
}

#[tokio::test]
async fn a_token_says_as_a_number_when_it_expires() {
    let emulator = start(TWO).await;
    let target = format!("{TARGET}&clientid=5A1F0C9E-0000-4000-8000-000000000001");
    let answer = get(&emulator, &target).await;
    let body = answer.json();
    let (token, expires) = (body["access_token"].as_str(), body["expires_on"].as_u64());
    let golden = format!(
        r#"{{"access_token":"{}","client_id":"5a1f0c9e-0000-4000-8000-000000000001","expires_on":{},"resource":"r","token_type":"Bearer"}}"#,
        token.unwrap(),
        expires.unwrap(),
    );
    assert_eq!((answer.status, &answer.body), (200, &golden));
    assert_eq!(answer.header("server"), None);
}

#[tokio::test]
async fn a_request_without_an_identity_gets_the_default_one() {
    let emulator = start(TWO).await;
    let system = get(&emulator, TARGET).await.json()["client_id"].clone();
    let empty = get(&emulator, &format!("{TARGET}&clientid=")).await.json()["client_id"].clone();
    assert_ne!(system, "5a1f0c9e-0000-4000-8000-000000000001");
    assert_eq!(system, empty);
}

#[tokio::test]
async fn what_will_not_do_is_told_in_app_service_s_shape() {
    let emulator = start("").await;
    for (target, words) in [
        (
            "/azureml/token?resource=r",
            "The api-version is missing or not supported",
        ),
        (
            "/azureml/token?api-version=2019-08-01&resource=r",
            "The api-version is missing or not supported",
        ),
        (
            "/azureml/token?api-version=2017-09-01",
            "The resource is missing",
        ),
    ] {
        let answer = get(&emulator, target).await;
        let id = answer.json()["correlationId"].clone();
        let golden = format!(r#"{{"statusCode":400,"message":"{words}","correlationId":{id}}}"#);
        assert_eq!((answer.status, answer.body), (400, golden), "{target}");
    }
    let stranger = ask(&emulator.imds_url(), "GET", TARGET, &["secret: x"], "").await;
    assert_eq!(stranger.status, 401);
    let unknown = get(&emulator, &format!("{TARGET}&clientid=x")).await;
    let words = "No Managed Identity found for specified ClientId/ResourceId/PrincipalId.";
    assert_eq!(unknown.status, 400);
    assert_eq!(unknown.json()["Message"], words);
}
