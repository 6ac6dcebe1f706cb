//! The administration port hands out what a verifier needs. (`PyJWT` verifies a token with it in
//! `tests/clients`.)

use crate::raw::{admin, start};

const TENANT: &str = "7e0a11e5-0000-4000-8000-000000000001";

#[tokio::test]
async fn discovery_leads_from_the_issuer_to_the_keys() {
    let emulator = start("").await;
    let issuer = format!("{}/{TENANT}/", emulator.admin_url());
    for path in [
        "/.well-known/openid-configuration",
        "/v2.0/.well-known/openid-configuration",
    ] {
        let metadata = admin(&emulator, &format!("/{TENANT}{path}")).await.json();
        assert_eq!(metadata["issuer"], issuer);
        let keys = metadata["jwks_uri"].as_str().unwrap();
        let keys = keys.strip_prefix(&emulator.admin_url()).unwrap();
        let keys = admin(&emulator, keys).await.json();
        assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
        assert_eq!(keys["keys"][0]["kty"], "RSA");
    }
    let foreign = "/00000000-0000-4000-8000-000000000009/discovery/v2.0/keys";
    assert_eq!(admin(&emulator, foreign).await.status, 404);
}

#[tokio::test]
async fn every_start_has_a_key_of_its_own() {
    let key = async || {
        let keys = admin(
            &start("seed = 1").await,
            &format!("/{TENANT}/discovery/keys"),
        )
        .await;
        keys.json()["keys"][0]["n"].clone()
    };
    assert_ne!(key().await, key().await);
}
