//! The key that signs tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use rsa::PrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer as _};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::credentials::rsa_key::new_key;

/// Signs JSON web tokens with RS256, as Entra does.
pub(crate) struct Signer {
    key: SigningKey<Sha256>,
    key_id: String,
    header: String,
}

impl Signer {
    /// A new key, drawn from `rng`. From entropy it is a key that exists nowhere else.
    pub(super) fn new<R: CryptoRng>(rng: &mut R) -> Signer {
        let key = new_key(rng);
        let key_id = key_id(&key);
        Signer {
            header: header(&key_id),
            key_id,
            key: SigningKey::new(key),
        }
    }

    /// The public key as a JSON web key (RFC 7517), with the fields that Entra's have and that a
    /// verifier reads. No part of it is private.
    pub(super) fn public_key(&self) -> Value {
        let key: &PrivateKey = self.key.as_ref();
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.key_id,
            "x5t": self.key_id,
            "n": URL_SAFE_NO_PAD.encode(key.n_bytes()),
            "e": URL_SAFE_NO_PAD.encode(key.e_bytes()),
        })
    }

    pub(super) fn key(&self) -> &SigningKey<Sha256> {
        &self.key
    }

    /// A token with these claims, as JSON.
    pub(super) fn sign(&self, claims: &str) -> String {
        let payload = URL_SAFE_NO_PAD.encode(claims);
        let signed = format!("{}.{payload}", self.header);
        let signature = self.key.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// As long as the certificate thumbprints that Entra's key ids are.
fn key_id(key: &PrivateKey) -> String {
    let digest = Sha256::digest(key.n_bytes());
    URL_SAFE_NO_PAD.encode(&digest[..20])
}

fn header(key_id: &str) -> String {
    let header = json!({ "typ": "JWT", "alg": "RS256", "x5t": key_id, "kid": key_id });
    URL_SAFE_NO_PAD.encode(header.to_string())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;
    use rsa::pkcs1v15::{Signature, VerifyingKey};
    use rsa::signature::Verifier;
    use rsa::{BoxedUint, PublicKey};

    use super::*;

    fn read(key: &Value) -> PublicKey {
        let number =
            |name: &str| BoxedUint::from_be_slice_vartime(&decoded(key[name].as_str().unwrap()));
        PublicKey::new(number("n"), number("e")).unwrap()
    }

    fn decoded(part: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(part).unwrap()
    }

    #[test]
    fn signs_what_it_says_with_the_key_it_publishes() {
        let signer = Signer::new(&mut ChaCha20Rng::seed_from_u64(7));
        let claims = json!({ "tid": "t" });
        let token = signer.sign(&claims.to_string());
        let (content, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = content.split_once('.').unwrap();
        let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
        assert_eq!(
            (&header["alg"], &header["kid"]),
            (&json!("RS256"), &header["x5t"])
        );
        assert_eq!(
            serde_json::from_slice::<Value>(&decoded(payload)).unwrap(),
            claims
        );
        let published = signer.public_key();
        assert_eq!(published["kid"], header["kid"]);
        let fields = published.as_object().unwrap().keys();
        let expected = ["alg", "e", "kid", "kty", "n", "use", "x5t"];
        assert!(fields.eq(expected), "no part of it is private");
        let verifying = VerifyingKey::<Sha256>::new(read(&published));
        let signature = Signature::try_from(decoded(signature).as_slice()).unwrap();
        verifying.verify(content.as_bytes(), &signature).unwrap();
    }
}
