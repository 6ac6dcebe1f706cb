//! The emulator's own certificates: a root, and the signer of statements beneath it.

use std::time::Duration;

use rand::CryptoRng;
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::asn1::Ia5String;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoRef;
use x509_cert::time::Validity;

use crate::credentials::certificate::{Key, name, pem, unsigned, validity};
use crate::credentials::rsa_key::new_key;

/// A root, and a signer with a certificate beneath it.
pub(super) struct Authority {
    root: Certificate,
    pub(super) signer: Certificate,
    pub(super) key: Key,
}

impl Authority {
    /// The root and what it signs are valid for ten years.
    const VALID: Duration = Duration::from_hours(10 * 365 * 24);

    /// New keys, drawn from `rng`; the signer is called by all `names`, of which there is at least one.
    /// `epoch` is the time from 1970 to the run's start.
    pub(super) fn new<R: CryptoRng>(rng: &mut R, names: Vec<String>, epoch: Duration) -> Authority {
        let mut key = || Key::new(new_key(rng));
        let (root_key, signer_key) = (key(), key());
        let validity = validity(epoch, Self::VALID);
        let root = certificate(Profile::Root, 1, validity, &root_key, &root_key);
        let profile = Profile::Signer { names };
        let signer = certificate(profile, 2, validity, &signer_key, &root_key);
        Authority {
            root,
            signer,
            key: signer_key,
        }
    }

    /// The root's certificate, as PEM.
    pub(super) fn root_pem(&self) -> String {
        pem(&self.root)
    }
}

fn certificate(
    profile: Profile,
    serial: u32,
    validity: Validity,
    subject: &Key,
    issuer: &Key,
) -> Certificate {
    let built = unsigned(profile, serial, validity, subject).and_then(|it| it.build(issuer));
    built.expect("names and keys are well formed")
}

/// What a certificate is for.
enum Profile {
    Root,
    Signer { names: Vec<String> },
}

impl Profile {
    const ROOT: &str = "CN=imds-emulator test root,O=imds-emulator";
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        name(Profile::ROOT)
    }

    fn get_subject(&self) -> Name {
        match self {
            Profile::Root => name(Profile::ROOT),
            Profile::Signer { names } => name(&format!("CN={}", names[0])),
        }
    }

    /// No extended key usage: verifiers differ in what they require there (the real certificate is one for
    /// TLS servers, which `openssl cms` refuses by default).
    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        certificate: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let subject = certificate.subject();
        let mut extensions = Vec::new();
        let mut add = |extension: Result<Extension, _>| extension.map(|made| extensions.push(made));
        add(SubjectKeyIdentifier::try_from(key)?.to_extension(subject, &[]))?;
        add(AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(subject, &[]))?;
        let ca = matches!(self, Profile::Root);
        let path_len_constraint = None;
        add(BasicConstraints {
            ca,
            path_len_constraint,
        }
        .to_extension(subject, &[]))?;
        match self {
            Profile::Root => {
                let usage = KeyUsages::KeyCertSign | KeyUsages::CRLSign;
                add(KeyUsage(usage).to_extension(subject, &[]))?;
            }
            Profile::Signer { names } => {
                let usage = KeyUsages::DigitalSignature | KeyUsages::NonRepudiation;
                add(KeyUsage(usage).to_extension(subject, &[]))?;
                let names = names.iter().map(Ia5String::new);
                let names = names.map(|name| name.map(GeneralName::DnsName));
                let names = SubjectAltName(names.collect::<Result<_, _>>()?);
                add(names.to_extension(subject, &[]))?;
            }
        }
        Ok(extensions)
    }
}
