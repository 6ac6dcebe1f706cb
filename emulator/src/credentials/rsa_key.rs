//! The RSA keys of the emulator: for tokens, attested documents, certificates and TLS. Each is drawn anew at
//! the start and never written anywhere.

use rand::CryptoRng;
use rsa::PrivateKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};

const BITS: usize = 2048;

/// A new key of 2048 bits, drawn from `rng`. Its first prime is the greater one.
///
/// The order matters to those who compute with the primes. graviola 0.4.4, the provider of TLS, subtracts
/// the two halves of a signature modulo the first prime without reducing the second half, which is right
/// only if the first prime is the greater one (read in its source, at `RsaPrivateKey::private_op`). With the other order
/// up to some 3 % of the handshakes failed with `BadSignature` (measured, 2026-11-30). OpenSSL
/// writes its keys in this order, too.
pub(super) fn new_key<R: CryptoRng>(rng: &mut R) -> PrivateKey {
    let key = PrivateKey::new(rng, BITS).expect("2048 bits are enough");
    greater_prime_first(key)
}

fn greater_prime_first(key: PrivateKey) -> PrivateKey {
    let mut primes: Vec<_> = key
        .primes()
        .iter()
        .map(|prime| prime.as_ref().clone())
        .collect();
    if primes.is_sorted_by(|first, second| first >= second) {
        return key;
    }
    primes.sort_unstable_by(|one, other| other.cmp(one));
    let (n, e, d) = (key.n().as_ref().clone(), key.e().clone(), key.d().clone());
    PrivateKey::from_components(n, e, d, primes).expect("the same key in another order")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;
    use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
    use rsa::pkcs8::EncodePrivateKey;
    use rsa::signature::{SignatureEncoding, Signer, Verifier};
    use sha2::Sha256;
    use tokio_rustls::rustls::SignatureScheme;
    use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
    use tokio_rustls::rustls::sign;

    use super::*;

    const KEYS: u64 = 100;
    const SIGNATURES: u32 = 100;

    /// As TLS signs: by the provider, with the key as it is given to it.
    fn tls_signer(key: &PrivateKey) -> Box<dyn sign::Signer> {
        let encoded = key.to_pkcs8_der().unwrap().as_bytes().to_vec();
        let provider = rustls_graviola::default_provider();
        let key: Arc<dyn sign::SigningKey> = provider
            .key_provider
            .load_private_key(PrivatePkcs8KeyDer::from(encoded).into())
            .unwrap();
        let scheme = SignatureScheme::RSA_PKCS1_SHA256;
        key.choose_scheme(&[scheme]).unwrap()
    }

    /// Keys of these seeds; the hundred are made on all cores.
    fn each_key(check: impl Fn(u64, PrivateKey) + Sync) {
        let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
        std::thread::scope(|scope| {
            for first in 0..threads {
                let check = &check;
                scope.spawn(move || {
                    for seed in (first..KEYS).step_by(usize::try_from(threads).unwrap()) {
                        check(seed, new_key(&mut ChaCha20Rng::seed_from_u64(seed)));
                    }
                });
            }
        });
    }

    #[test]
    fn every_signature_of_a_hundred_keys_is_right_for_tls_and_for_tokens() {
        each_key(|seed, key| {
            let primes = key.primes();
            assert!(primes[0] > primes[1], "seed {seed}");
            let (tls, own) = (tls_signer(&key), SigningKey::<Sha256>::new(key.clone()));
            let verifying = VerifyingKey::<Sha256>::new(key.to_public_key());
            for nth in 0..SIGNATURES {
                let message = format!("{seed} {nth}");
                let signed = tls.sign(message.as_bytes());
                let signed = signed.unwrap_or_else(|error| panic!("{message}: {error}"));
                for signature in [signed, own.sign(message.as_bytes()).to_vec()] {
                    let signature = Signature::try_from(signature.as_slice()).unwrap();
                    let verified = verifying.verify(message.as_bytes(), &signature);
                    verified.unwrap_or_else(|error| panic!("{message}: {error}"));
                }
            }
        });
    }

    #[test]
    fn a_key_in_the_other_order_is_put_right_and_stays_the_same_key() {
        let key = new_key(&mut ChaCha20Rng::seed_from_u64(7));
        let mut primes: Vec<_> = key
            .primes()
            .iter()
            .map(|prime| prime.as_ref().clone())
            .collect();
        primes.reverse();
        let (n, e, d) = (key.n().as_ref().clone(), key.e().clone(), key.d().clone());
        let other = PrivateKey::from_components(n, e, d, primes).unwrap();
        assert!(other.primes()[0] < other.primes()[1]);
        let mended = greater_prime_first(other);
        assert_eq!(mended, key);
        assert_eq!(mended.primes(), key.primes());
    }
}
