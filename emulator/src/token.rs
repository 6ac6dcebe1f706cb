//! The tokens themselves: which times they name, what they claim, and who signs them.
//!
//! Only the HTTP shell makes tokens; a simulation gets by with their [`Grant`]s. A token names the
//! emulator as its issuer, so nobody can take it for one of Entra's.

mod claims;
mod signer;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::config::Config;
use crate::vm::Grant;

pub(crate) use claims::Validity;

use signer::Signer;

/// Makes tokens, each once.
///
/// The signing key takes a moment to make, so a thread of its own makes it after the start.
pub(crate) struct Mint {
    tenant_id: String,
    /// From 1970 to the run's start.
    epoch: Duration,
    signer: watch::Receiver<Option<Arc<Signer>>>,
    signed: Mutex<BTreeMap<Issue, Arc<str>>>,
}

/// Client id, resource and time of issue: what makes a token another one.
type Issue = (String, Arc<str>, Duration);

/// How many tokens are kept. Beyond it all are forgotten; signing one again gives the same bytes.
const MOST_TOKENS: usize = 1024;

impl Mint {
    pub(crate) fn new(config: &Config, epoch: Duration) -> Mint {
        let (made, signer) = watch::channel(None);
        let seed = config.seed;
        std::thread::spawn(move || made.send_replace(Some(Arc::new(Signer::from_seed(seed)))));
        Mint {
            tenant_id: config.tenant_id.clone(),
            epoch,
            signer,
            signed: Mutex::default(),
        }
    }

    /// Waits until the key is made.
    pub(crate) async fn ready(&self) {
        self.signer().await;
    }

    /// Whether the key is made.
    pub(crate) fn is_ready(&self) -> bool {
        self.signer.borrow().is_some()
    }

    /// When a granted token begins and ends to be valid.
    pub(crate) fn validity(&self, grant: &Grant) -> Validity {
        Validity::of(grant, self.epoch)
    }

    /// The token that was granted.
    pub(crate) async fn token(&self, grant: &Grant) -> Arc<str> {
        let issue: Issue = issue(grant);
        if let Some(token) = self.signed().get(&issue) {
            return Arc::clone(token);
        }
        let claims = claims::claims(grant, self.validity(grant), &self.tenant_id);
        let signer = self.signer().await;
        let signing = tokio::task::spawn_blocking(move || signer.sign(&claims));
        let token: Arc<str> = signing.await.expect("signing does not panic").into();
        self.keep(issue, &token);
        token
    }

    fn keep(&self, issue: Issue, token: &Arc<str>) {
        let mut signed = self.signed();
        if signed.len() >= MOST_TOKENS {
            signed.clear();
        }
        signed.insert(issue, Arc::clone(token));
    }

    async fn signer(&self) -> Arc<Signer> {
        let mut signer = self.signer.clone();
        let made = signer.wait_for(Option::is_some).await;
        let made = made.expect("the thread that makes the key ends only with a key");
        Arc::clone(made.as_ref().expect("waited for"))
    }

    fn signed(&self) -> MutexGuard<'_, BTreeMap<Issue, Arc<str>>> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn issue(grant: &Grant) -> Issue {
    (
        grant.identity.client_id.clone(),
        Arc::clone(&grant.resource),
        grant.issued_at,
    )
}
