//! The attested document: a statement about the VM that carries a signature.
//!
//! The real one is signed under a public root. This one is signed under a root of the emulator's own, which
//! the administration port serves; a verifier must be configured to trust it.

mod authority;
mod envelope;
mod statement;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;
use tokio::sync::OnceCell;

use crate::config::{Attested, NonceUse, VmSettings};

use authority::Authority;
use statement::{Subject, statement};

/// Signs statements about one VM.
///
/// The keys are made when they are first needed, in a thread of their own: most clients never request this
/// document, and two keys take a while.
pub(crate) struct Attestor {
    /// The signer's names.
    names: Vec<String>,
    /// From 1970 to the run's start.
    epoch: Duration,
    /// What the keys are drawn from.
    entropy: [u8; 32],
    authority: OnceCell<Arc<Authority>>,
    /// By api-version, where documents are to be kept.
    kept: Mutex<BTreeMap<String, Kept>>,
}

/// A document, and when it expires.
struct Kept {
    document: String,
    until: Duration,
}

impl Attestor {
    pub(crate) fn new(config: &VmSettings, epoch: Duration, entropy: [u8; 32]) -> Attestor {
        Attestor {
            names: config.attested.names(),
            epoch,
            entropy,
            authority: OnceCell::new(),
            kept: Mutex::default(),
        }
    }

    /// The document as that version has it, signed: DER in base64. `now` is the time since the run's
    /// start; without a nonce the time takes its place.
    pub(crate) async fn document(
        &self,
        config: &VmSettings,
        now: Duration,
        version: &str,
        nonce: Option<&str>,
    ) -> String {
        let settings = &config.attested;
        if settings.nonce == NonceUse::Fresh {
            return self.sign(config, now, version, nonce).await;
        }
        if let Some(kept) = self.kept().get(version)
            && now < kept.until
        {
            return kept.document.clone();
        }
        let document = self.sign(config, now, version, nonce).await;
        let kept = Kept {
            document: document.clone(),
            until: now + settings.lifetime,
        };
        self.kept().insert(version.to_owned(), kept);
        document
    }

    async fn sign(
        &self,
        config: &VmSettings,
        now: Duration,
        version: &str,
        nonce: Option<&str>,
    ) -> String {
        let signed_at = self.epoch + now;
        let Attested {
            lifetime,
            digest_algorithm,
            ..
        } = config.attested;
        let subject = Subject::of(config);
        let content = statement(&subject, version, nonce, signed_at, lifetime);
        let authority = self.authority().await;
        let sealing = tokio::task::spawn_blocking(move || {
            envelope::seal(&authority, content.as_bytes(), digest_algorithm, signed_at)
        });
        STANDARD.encode(sealing.await.expect("signing does not panic"))
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The root's certificate, as PEM.
    pub(crate) async fn root(&self) -> String {
        self.authority().await.root_pem()
    }

    async fn authority(&self) -> Arc<Authority> {
        let authority = self.authority.get_or_init(|| async {
            let mut entropy = ChaCha20Rng::from_seed(self.entropy);
            let names = self.names.clone();
            let epoch = self.epoch;
            let making = tokio::task::spawn_blocking(move || {
                Arc::new(Authority::new(&mut entropy, names, epoch))
            });
            making.await.expect("making keys does not panic")
        });
        Arc::clone(authority.await)
    }
}
