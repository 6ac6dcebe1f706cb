//! Certificates of the emulator's own for TLS: a root that clients have to be told to trust, and the
//! server's beneath it. No one else can have their keys, which are never written anywhere.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use rand::CryptoRng;
use rsa::PrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::EncodePrivateKey;
use rsa::signature::Keypair;
use sha2::Sha256;
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::profile::cabf::Root;
use x509_cert::builder::profile::cabf::tls::{CertificateType, Subscriber};
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::der::asn1::{GeneralizedTime, Ia5String};
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{Encode, EncodePem};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

type Key = SigningKey<Sha256>;

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
    const BITS: usize = 2048;
    const ISSUER: &str = "CN=imds-emulator test root for TLS,O=imds-emulator,C=ZZ";

    /// Valid from a day before the start (clocks differ) for less than the 398 days that some clients
    /// insist on.
    const BEFORE: Duration = Duration::from_hours(24);
    const AFTER: Duration = Duration::from_hours(365 * 24);

    /// New keys, drawn from `rng`. `names` are DNS names and addresses; `epoch` is the time from 1970
    /// to the run's start.
    pub(super) fn new<R: CryptoRng>(rng: &mut R, names: &[String], epoch: Duration) -> Chain {
        let mut key = || PrivateKey::new(rng, Self::BITS).expect("2048 bits are enough");
        let (root_key, server_key) = (Key::new(key()), key());
        let validity = validity(epoch.saturating_sub(Self::BEFORE), epoch + Self::AFTER);
        let encoded = server_key.to_pkcs8_der().expect("a key can be encoded");
        let server_key = Key::new(server_key);
        let build = || -> builder::Result<(Certificate, Certificate)> {
            let issuer = name(Self::ISSUER);
            let profile = Root::new(false, issuer.clone())?;
            let root = blank(profile, 1, validity, &root_key)?.build(&root_key)?;
            let subject = name("CN=localhost");
            let names = alternatives(names);
            let profile = Subscriber {
                certificate_type: CertificateType::domain_validated(subject, names.clone())?,
                issuer,
                client_auth: false,
            };
            let mut server = blank(profile, 2, validity, &server_key)?;
            server.add_extension(&SubjectAltName(names))?;
            Ok((root, server.build(&root_key)?))
        };
        let (root, server) = build().expect("names and keys are well formed");
        Chain {
            root: root
                .to_pem(LineEnding::LF)
                .expect("a certificate can be encoded"),
            server: server.to_der().expect("a certificate can be encoded"),
            key: encoded.as_bytes().to_vec(),
        }
    }
}

fn blank<P: BuilderProfile>(
    profile: P,
    serial: u32,
    validity: Validity,
    subject: &Key,
) -> builder::Result<CertificateBuilder<P>> {
    let key = SubjectPublicKeyInfoOwned::from_key(&subject.verifying_key())?;
    CertificateBuilder::new(profile, SerialNumber::from(serial), validity, key)
}

/// Whatever is neither an address nor a DNS name is left out; the configuration lets none pass.
fn alternatives(names: &[String]) -> Vec<GeneralName> {
    let one = |name: &String| match name.parse::<IpAddr>() {
        Ok(address) => Some(GeneralName::from(address)),
        Err(_) => Ia5String::new(name).ok().map(GeneralName::DnsName),
    };
    names.iter().filter_map(one).collect()
}

fn validity(not_before: Duration, not_after: Duration) -> Validity {
    let time = |since_1970| {
        let time = GeneralizedTime::from_unix_duration(since_1970);
        Time::GeneralTime(time.expect("the year has four digits"))
    };
    Validity::new(time(not_before), time(not_after))
}

fn name(text: &str) -> Name {
    Name::from_str(text).expect("a well-formed name")
}
