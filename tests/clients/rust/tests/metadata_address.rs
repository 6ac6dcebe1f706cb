//! What azure_identity does at the metadata address alone: resource ids (it refuses them itself in App
//! Service's protocol), and retries, as imds-client's preset rust-azure-identity has them.

use azure_core::credentials::TokenCredential;
use azure_identity::UserAssignedId;
use imds_clients::{JOBS, answer_next, claims, credential, requests};

const JOBS_RESOURCE: &str = "/subscriptions/5a1f0c9e-0000-4000-8000-000000000003/resourcegroups/night/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs";
const RESOURCE: &str = "https://refused.invalid";

#[tokio::test]
async fn knows_an_identity_by_its_resource_id() {
    let credential = credential(Some(UserAssignedId::ResourceId(JOBS_RESOURCE.into())));
    let scope = "https://by-resource-id.invalid/.default";
    let said = claims(&credential.get_token(&[scope], None).await.unwrap());
    assert_eq!(said["appid"], JOBS);
    assert_eq!(said["xms_mirid"], JOBS_RESOURCE);
}

#[tokio::test]
async fn comes_back_later_each_time_it_is_refused() {
    answer_next(RESOURCE, 2, 429).await;
    let scope = format!("{RESOURCE}/.default");
    let token = credential(None).get_token(&[&scope], None).await.unwrap();
    assert_eq!(claims(&token)["aud"], RESOURCE);

    let at = requests(RESOURCE).await;
    let waits: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    println!("    waited {waits:.2?} s");
    assert_eq!(waits.len(), 2);
    assert!(waits[0] >= 2.68, "{waits:?}");
    assert!(waits[1] >= 5.36, "{waits:?}");
}
