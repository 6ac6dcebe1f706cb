//! `azure_identity` asks for one token, for `../../../presets`. What comes of it is in the emulator's journal.

use azure_core::credentials::TokenCredential;
use imds_clients::credential;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let scopes = ["https://vault.azure.net/.default"];
    credential(None).get_token(&scopes, None).await.unwrap();
}
