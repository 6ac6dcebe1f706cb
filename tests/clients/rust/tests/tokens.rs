//! azure_identity gets tokens from the emulator, and asks once for one that it holds: at the metadata
//! address, and in App Service's protocol.

use std::time::{SystemTime, UNIX_EPOCH};

use azure_core::credentials::TokenCredential;
use azure_identity::UserAssignedId;
use imds_clients::{JOBS, claims, credential, requests};

const DAY: i64 = 24 * 60 * 60;
const MINUTE: i64 = 60;

const JOBS_OBJECT: &str = "5a1f0c9e-0000-4000-8000-000000000002";
const JOBS_RESOURCE: &str = "/subscriptions/5a1f0c9e-0000-4000-8000-000000000003/resourcegroups/night/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs";
const UNKNOWN: &str = "5a1f0c9e-0000-4000-8000-00000000ffff";

#[tokio::test]
async fn gets_a_token_for_a_day() {
    let scope = "https://management.azure.com/.default";
    let token = credential(None).get_token(&[scope], None).await.unwrap();

    let said = claims(&token);
    assert_eq!(said["aud"], "https://management.azure.com");
    assert_ne!(said["appid"], JOBS);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let life = token.expires_on.unix_timestamp() - i64::try_from(now.as_secs()).unwrap();
    assert!((life - DAY).abs() < MINUTE, "{life} s");
}

#[tokio::test]
async fn does_not_ask_again_for_a_token_it_holds() {
    let scope = "https://storage.azure.com/.default";
    let credential = credential(None);
    let first = credential.get_token(&[scope], None).await.unwrap();
    let second = credential.get_token(&[scope], None).await.unwrap();

    assert_eq!(first.token.secret(), second.token.secret());
    assert_eq!(requests("https://storage.azure.com").await.len(), 1);
}

#[tokio::test]
async fn asks_once_for_all_who_ask_at_once() {
    let scopes = ["https://vault.azure.net/.default"];
    let credential = credential(None);
    let ask = || credential.get_token(&scopes, None);
    let (one, two, three) = tokio::join!(ask(), ask(), ask());

    let tokens = [one, two, three].map(|token| token.unwrap().token.secret().to_owned());
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(requests("https://vault.azure.net").await.len(), 1);
}

#[tokio::test]
async fn knows_an_identity_by_its_client_id() {
    assert_jobs(
        UserAssignedId::ClientId(JOBS.into()),
        "https://by-client-id.invalid",
    )
    .await;
}

#[tokio::test]
async fn knows_an_identity_by_its_object_id() {
    let id = UserAssignedId::ObjectId(JOBS_OBJECT.into());
    assert_jobs(id, "https://by-object-id.invalid").await;
}

#[tokio::test]
async fn says_that_an_identity_is_unknown() {
    let resource = "https://unknown.invalid";
    let credential = credential(Some(UserAssignedId::ClientId(UNKNOWN.into())));
    let scope = format!("{resource}/.default");
    let error = credential.get_token(&[&scope], None).await.unwrap_err();

    let text = error.to_string();
    assert!(
        text.contains("has not been assigned to this resource"),
        "{text}"
    );
    assert_eq!(requests(resource).await.len(), 1);
}

async fn assert_jobs(id: UserAssignedId, resource: &str) {
    let scope = format!("{resource}/.default");
    let token = credential(Some(id))
        .get_token(&[&scope], None)
        .await
        .unwrap();

    let said = claims(&token);
    assert_eq!(said["appid"], JOBS);
    assert_eq!(said["oid"], JOBS_OBJECT);
    assert_eq!(said["xms_mirid"], JOBS_RESOURCE);
    assert_eq!(requests(resource).await.len(), 1);
}
