//! The attested document: a statement about the VM that carries a signature.
//!
//! The real one is signed under a public root. This one is signed under a root of the emulator's own, which
//! the administration port serves; a verifier must be configured to trust it. As with the real one, the
//! document lacks the intermediate certificate, which a verifier fetches where the signer's names it.

mod authority;
mod envelope;
mod statement;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;
use tokio::sync::OnceCell;

use crate::config::{FIRST, NonceUse, VmSettings};
use crate::credentials::token::base_url;
use crate::model::epoch::Epoch;

use authority::{Authority, SignerNames};
use envelope::Form;
use statement::{Subject, statement};

/// The path of the intermediate's certificate, on the administration port.
pub(crate) const INTERMEDIATE_PATH: &str = "/attested/intermediate.crt";

/// Signs statements about one VM.
///
/// The keys are made when they are first needed, in a thread of their own: most clients never request this
/// document, and three keys take a while.
pub(crate) struct Attestor {
    names: SignerNames,
    /// From 1970 to the run's start.
    epoch: Epoch,
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
    /// That of the VM called `name`, whose administration port is at `admin`.
    pub(crate) fn new(
        name: &str,
        config: &VmSettings,
        admin: SocketAddr,
        epoch: Epoch,
        entropy: [u8; 32],
    ) -> Attestor {
        Attestor {
            names: names(name, config, admin),
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
        let signed_at = self.epoch.get() + now;
        let settings = &config.attested;
        let form = Form {
            digest: settings.digest_algorithm,
            signed: settings.signed,
        };
        let subject = Subject::of(config);
        let content = statement(&subject, version, nonce, signed_at, settings.lifetime);
        let authority = self.authority().await;
        let sealing = tokio::task::spawn_blocking(move || {
            envelope::seal(&authority, content.as_bytes(), form, signed_at)
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

    /// The intermediate's certificate, as DER.
    pub(crate) async fn intermediate(&self) -> Vec<u8> {
        self.authority().await.intermediate_der()
    }

    async fn authority(&self) -> Arc<Authority> {
        let authority = self.authority.get_or_init(|| async {
            let mut entropy = ChaCha20Rng::from_seed(self.entropy);
            let names = self.names.clone();
            let epoch = self.epoch.get();
            let making = tokio::task::spawn_blocking(move || {
                Arc::new(Authority::new(&mut entropy, names, epoch))
            });
            making.await.expect("making keys does not panic")
        });
        Arc::clone(authority.await)
    }
}

fn names(vm: &str, config: &VmSettings, admin: SocketAddr) -> SignerNames {
    let settings = &config.attested;
    let url = settings.intermediate_url.clone();
    SignerNames {
        common_name: settings.signer(),
        alternatives: settings.names().to_vec(),
        intermediate_url: url.unwrap_or_else(|| served(vm, admin)),
    }
}

/// Where the administration port serves the intermediate's certificate of a VM.
fn served(vm: &str, admin: SocketAddr) -> String {
    let base = base_url(admin);
    if vm == FIRST {
        format!("{base}{INTERMEDIATE_PATH}")
    } else {
        format!("{base}/vms/{vm}{INTERMEDIATE_PATH}")
    }
}
