//! The key that signs tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rsa::PrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer as _};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Signs JSON web tokens with RS256, as Entra does.
pub(crate) struct Signer {
    key: SigningKey<Sha256>,
    header: String,
}

impl Signer {
    const BITS: usize = 2048;

    /// Apart from the streams of requests, which count from 0.
    const STREAM: u64 = u64::MAX;

    /// The key follows from the seed, so that an emulator started again signs as before. It is no
    /// secret: its tokens are worth nothing anywhere.
    pub(super) fn from_seed(seed: u64) -> Signer {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(Self::STREAM);
        let key = PrivateKey::new(&mut rng, Self::BITS).expect("2048 bits are enough");
        Signer {
            header: header(&key_id(&key)),
            key: SigningKey::new(key),
        }
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
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
    use rsa::pkcs1v15::{Signature, VerifyingKey};
    use rsa::signature::{Keypair, Verifier};

    use super::*;

    fn decoded(part: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(part).unwrap()
    }

    #[test]
    fn signs_what_it_says_with_the_seed_s_key() {
        let signer = Signer::from_seed(7);
        let claims = json!({ "tid": "t" });
        let token = signer.sign(&claims);
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
        let verifying: VerifyingKey<Sha256> = signer.key.verifying_key();
        let signature = Signature::try_from(decoded(signature).as_slice()).unwrap();
        verifying.verify(content.as_bytes(), &signature).unwrap();
        assert_eq!(Signer::from_seed(7).sign(&claims), token);
    }
}
