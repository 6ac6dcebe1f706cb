//! Tokens that clients present: whether they are the emulator's own, and their claims.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::signature::{Keypair, Verifier};
use serde::Deserialize;
use sha2::Sha256;

use super::signer::Signer;

/// The claims that a service checks when it gets a token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Opened {
    /// The tenant, a GUID.
    #[serde(rename = "tid")]
    pub(crate) tenant_id: String,
    /// What it is for.
    #[serde(rename = "aud")]
    pub(crate) audience: String,
    /// The application's id, a GUID.
    #[serde(rename = "appid")]
    pub(crate) client_id: String,
    /// The service principal's id, a GUID.
    #[serde(rename = "oid")]
    pub(crate) object_id: String,
    /// When it ends to be valid, in seconds since 1970.
    #[serde(rename = "exp")]
    pub(crate) expires_on: u64,
}

impl Signer {
    /// The claims of a token, if this key has signed it.
    pub(super) fn open(&self, token: &str) -> Option<Opened> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let signature = Signature::try_from(signature.as_slice()).ok()?;
        let key: VerifyingKey<Sha256> = self.key().verifying_key();
        key.verify(signed.as_bytes(), &signature).ok()?;
        let (_, payload) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_this_key_has_signed_can_be_opened() {
        let [own, other] = [1, 2].map(|seed| Signer::new(&mut ChaCha20Rng::seed_from_u64(seed)));
        let claims = json!({ "tid": "t", "aud": "a", "appid": "c", "oid": "o", "exp": 9 });
        let token = own.sign(&claims.to_string());
        let opened = own.open(&token).unwrap();
        assert_eq!((opened.object_id.as_str(), opened.expires_on), ("o", 9));
        assert_eq!(other.open(&token), None);
        let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            panic!("{token}")
        };
        let longer = json!({ "tid": "t", "aud": "a", "appid": "c", "oid": "o", "exp": 99 });
        let longer = URL_SAFE_NO_PAD.encode(longer.to_string());
        for forged in [
            format!("{header}.{longer}.{signature}"),
            format!("{header}.{longer}."),
            token.replace('.', ""),
            String::new(),
            "a.b.c".to_owned(),
        ] {
            assert_eq!(own.open(&forged), None, "{forged}");
        }
    }
}
