//! TLS for the stub, which clients require: with a certificate of the emulator's own.

use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;
use tokio::sync::OnceCell;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use crate::config::ResourceManagerSettings;
use crate::credentials::chain::Chain;

/// What a connection with TLS needs. The keys are made when they are first needed, in a thread of their
/// own: two keys take a while, and many runs do not need them.
pub(crate) struct Tls {
    names: Vec<String>,
    /// From 1970 to the run's start.
    epoch: Duration,
    /// What the keys are drawn from.
    entropy: [u8; 32],
    made: OnceCell<Made>,
}

struct Made {
    root: String,
    acceptor: TlsAcceptor,
}

impl Tls {
    const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

    pub(crate) fn new(
        settings: &ResourceManagerSettings,
        epoch: Duration,
        entropy: [u8; 32],
    ) -> Tls {
        let loopback = Self::LOOPBACK.map(str::to_owned).into_iter();
        let mut names: Vec<String> = loopback.chain(settings.tls_names.clone()).collect();
        let bound = settings.listen.ip();
        if !bound.is_unspecified() && !bound.is_loopback() {
            names.push(bound.to_string());
        }
        Tls {
            names,
            epoch,
            entropy,
            made: OnceCell::new(),
        }
    }

    /// The root's certificate, as PEM.
    pub(crate) async fn root(&self) -> &str {
        &self.made().await.root
    }

    pub(crate) async fn acceptor(&self) -> &TlsAcceptor {
        &self.made().await.acceptor
    }

    async fn made(&self) -> &Made {
        let make = || async {
            let mut entropy = ChaCha20Rng::from_seed(self.entropy);
            let (names, epoch) = (self.names.clone(), self.epoch);
            let making = tokio::task::spawn_blocking(move || {
                Made::of(Chain::new(&mut entropy, &names, epoch))
            });
            making.await.expect("making keys does not panic")
        };
        self.made.get_or_init(make).await
    }
}

impl Made {
    fn of(chain: Chain) -> Made {
        let key = PrivatePkcs8KeyDer::from(chain.key);
        let certificate = CertificateDer::from(chain.server);
        let provider = Arc::new(rustls_graviola::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                let builder = builder.with_no_client_auth();
                builder.with_single_cert(vec![certificate], key.into())
            });
        let config = config.expect("the key belongs to the certificate");
        Made {
            root: chain.root,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }
}
