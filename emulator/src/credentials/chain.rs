//! Certificates of the emulator's own for TLS: a root that clients must be configured to trust, and the
//! server's beneath it.

use std::net::IpAddr;
use std::time::Duration;

use rand::CryptoRng;
use rsa::pkcs8::EncodePrivateKey;
use x509_cert::Certificate;
use x509_cert::builder::profile::cabf::Root;
use x509_cert::builder::profile::cabf::tls::{CertificateType, Subscriber};
use x509_cert::builder::{self, Builder};
use x509_cert::der::Encode;
use x509_cert::der::asn1::Ia5String;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::credentials::certificate::{Key, name, pem, unsigned, validity};
use crate::credentials::rsa_key::new_key;

/// A root, and a server's certificate beneath it with its key.
pub(super) struct Chain {
    /// As PEM.
    pub(super) root: String,
    /// As DER.
    pub(super) server: Vec<u8>,
    /// As DER (PKCS #8).
    pub(super) key: Vec<u8>,
}

impl Chain {
    const ISSUER: &str = "CN=imds-emulator test root for TLS,O=imds-emulator,C=ZZ";

    /// Less than the 398 days that some clients insist on.
    const VALID: Duration = Duration::from_hours(365 * 24);

    /// New keys, drawn from `rng`. `names` are DNS names and addresses; `epoch` is the time from 1970
    /// to the run's start.
    pub(super) fn new<R: CryptoRng>(rng: &mut R, names: &[String], epoch: Duration) -> Chain {
        let (root_key, server_key) = (Key::new(new_key(rng)), new_key(rng));
        let validity = validity(epoch, Self::VALID);
        let encoded = server_key.to_pkcs8_der().expect("a key can be encoded");
        let server_key = Key::new(server_key);
        let build = || -> builder::Result<(Certificate, Certificate)> {
            let issuer = name(Self::ISSUER);
            let profile = Root::new(false, issuer.clone())?;
            let root = unsigned(profile, 1, validity, &root_key)?.build(&root_key)?;
            let subject = name("CN=localhost");
            let names = alternatives(names);
            let profile = Subscriber {
                certificate_type: CertificateType::domain_validated(subject, names.clone())?,
                issuer,
                client_auth: false,
            };
            let mut server = unsigned(profile, 2, validity, &server_key)?;
            server.add_extension(&SubjectAltName(names))?;
            Ok((root, server.build(&root_key)?))
        };
        let (root, server) = build().expect("names and keys are well formed");
        Chain {
            root: pem(&root),
            server: server.to_der().expect("a certificate can be encoded"),
            key: encoded.as_bytes().to_vec(),
        }
    }
}

/// Whatever is neither an address nor a DNS name is left out; the configuration lets none pass.
fn alternatives(names: &[String]) -> Vec<GeneralName> {
    let one = |name: &String| match name.parse::<IpAddr>() {
        Ok(address) => Some(GeneralName::from(address)),
        Err(_) => Ia5String::new(name).ok().map(GeneralName::DnsName),
    };
    names.iter().filter_map(one).collect()
}
