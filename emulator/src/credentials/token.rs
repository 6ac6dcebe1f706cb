//! The tokens themselves: their times, their claims and their signature.
//!
//! Only the server makes tokens; a simulation uses their [`Grant`]s alone. A token names the emulator as
//! its issuer, so it cannot be mistaken for one of Entra's.

mod claims;
mod issued;
mod key;
mod opened;
mod signer;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::config::{CustomClaims, VmSettings};
use crate::model::epoch::Epoch;
use crate::model::vm::Grant;

pub(crate) use claims::Validity;
#[cfg(test)]
pub(crate) use claims::a_grant;
pub(crate) use issued::Issued;
pub(crate) use key::SharedKey;
pub(crate) use opened::Opened;

use signer::Signer;

/// Makes the tokens of one VM, each once.
pub(crate) struct TokenIssuer {
    tenant_id: String,
    issuer: String,
    keys_url: String,
    /// From 1970 to the run's start.
    epoch: Epoch,
    key: SharedKey,
    /// By what they say. Settings that are read again can make another token of the same grant.
    signed: Mutex<BTreeMap<String, Arc<RawValue>>>,
}

/// How many tokens are kept. Beyond it all are forgotten; signing one again gives the same bytes.
const MOST_TOKENS: usize = 1024;

impl TokenIssuer {
    /// One whose tokens name the administration port at `admin`, unless they are to name another issuer.
    pub(crate) fn new(
        settings: &VmSettings,
        admin: SocketAddr,
        epoch: Epoch,
        key: SharedKey,
    ) -> TokenIssuer {
        let tenant_id = &settings.tenant_id;
        TokenIssuer {
            tenant_id: tenant_id.clone(),
            issuer: issuer(settings, admin),
            keys_url: format!("{}/{tenant_id}/discovery/v2.0/keys", base_url(admin)),
            epoch,
            key,
            signed: Mutex::default(),
        }
    }

    /// Waits until the key is made.
    pub(crate) async fn ready(&self) {
        self.signer().await;
    }

    /// Whether the key is made.
    pub(crate) fn is_ready(&self) -> bool {
        self.key.is_ready()
    }

    /// When a granted token begins and ends to be valid.
    pub(crate) fn validity(&self, grant: &Grant) -> Validity {
        Validity::of(grant, self.epoch.get())
    }

    /// The tenant that tokens name.
    pub(crate) fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// The issuer that tokens name.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where the administration port hands out the public key.
    pub(crate) fn keys_url(&self) -> &str {
        &self.keys_url
    }

    /// The public part of the key that signs, as a JSON web key; waits until it is made.
    pub(crate) async fn public_key(&self) -> Value {
        self.signer().await.public_key()
    }

    /// The token that was granted, as JSON: it is long, and written into many answers. `custom` are the
    /// claims of the user's own that hold at the answer.
    pub(crate) async fn token(&self, grant: &Grant, custom: &[CustomClaims]) -> Arc<RawValue> {
        let claims = self.claims(grant, custom);
        if let Some(token) = self.signed().get(&claims) {
            return Arc::clone(token);
        }
        let signer = self.signer().await;
        let signing = tokio::task::spawn_blocking(move || (signer.sign(&claims), claims));
        let (token, claims) = signing.await.expect("signing does not panic");
        let token = Arc::from(to_raw_value(&token).expect("text is always JSON"));
        self.keep(claims, &token);
        token
    }

    fn claims(&self, grant: &Grant, custom: &[CustomClaims]) -> String {
        let validity = self.validity(grant);
        let own = claims::own(grant, validity, &self.tenant_id, &self.issuer);
        claims::overlaid(own, grant, custom).to_string()
    }

    fn keep(&self, claims: String, token: &Arc<RawValue>) {
        let mut signed = self.signed();
        if signed.len() >= MOST_TOKENS {
            signed.clear();
        }
        signed.insert(claims, Arc::clone(token));
    }

    async fn signer(&self) -> Arc<Signer> {
        self.key.signer().await
    }

    fn signed(&self) -> MutexGuard<'_, BTreeMap<String, Arc<RawValue>>> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The issuer that tokens name: the one that is set, or the address under which the administration port
/// hands out the key. Bound to every address, that port is named by the loopback one.
fn issuer(settings: &VmSettings, admin: SocketAddr) -> String {
    let tenant_id = &settings.tenant_id;
    let issuer = settings.tokens.issuer.clone();
    issuer.unwrap_or_else(|| format!("{}/{tenant_id}/", base_url(admin)))
}

/// How a client on this machine reaches what is bound to `address`; no slash at the end.
///
/// What is bound to every address is named by the loopback one: in a container, by that of the container.
#[must_use]
pub fn base_url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn issuer_of(text: &str) -> String {
        let config = Config::from_toml("c", text).unwrap();
        issuer(&config.vm, config.admin_listen)
    }

    #[test]
    fn the_issuer_is_where_the_key_is_to_be_had_unless_it_is_set() {
        let tenant = "tenant_id = '00000000-0000-4000-8000-000000000009'\n";
        for (address, host) in [
            ("127.0.0.1:9", "127.0.0.1:9"),
            ("0.0.0.0:9", "127.0.0.1:9"),
            ("[::]:9", "[::1]:9"),
        ] {
            let found = issuer_of(&format!("{tenant}admin_listen = '{address}'"));
            let expected = format!("http://{host}/00000000-0000-4000-8000-000000000009/");
            assert_eq!(found, expected);
        }
        assert_eq!(
            issuer_of("tokens.issuer = 'https://my.test/'"),
            "https://my.test/"
        );
    }
}
