//! The key that signs tokens, while it is being made and after.

use std::sync::Arc;

use rand::CryptoRng;
use tokio::sync::watch;

use super::opened::Opened;
use super::signer::Signer;

/// The signing key of a process. It takes a moment to make, so a thread of its own makes it after the
/// start. All VMs share it, as those of a tenant do: their tokens have one issuer, which names one key.
#[derive(Clone)]
pub(crate) struct SharedKey(watch::Receiver<Option<Arc<Signer>>>);

impl SharedKey {
    /// The key is drawn from `entropy`, so that every start has its own and none can be foretold.
    pub(crate) fn new(mut entropy: impl CryptoRng + Send + 'static) -> SharedKey {
        let (made, signer) = watch::channel(None);
        std::thread::spawn(move || made.send_replace(Some(Arc::new(Signer::new(&mut entropy)))));
        SharedKey(signer)
    }

    /// Whether it is made.
    pub(crate) fn is_ready(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// The claims of a token, if this key has signed it; waits until the key is made.
    pub(crate) async fn open(&self, token: &str) -> Option<Opened> {
        self.signer().await.open(token)
    }

    /// Waits until it is made.
    pub(super) async fn signer(&self) -> Arc<Signer> {
        let mut signer = self.0.clone();
        let made = signer.wait_for(Option::is_some).await;
        let made = made.expect("the thread that makes the key ends only with a key");
        Arc::clone(made.as_ref().expect("waited for"))
    }
}
