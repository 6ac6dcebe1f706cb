//! The emulator's own certificates: a root, an intermediate beneath it, and the signer of statements
//! beneath that.

mod profile;

use std::time::Duration;

use rand::CryptoRng;
use x509_cert::Certificate;
use x509_cert::builder::Builder;
use x509_cert::der::Encode;
use x509_cert::time::Validity;

use crate::credentials::certificate::{Key, pem, unsigned, validity};
use crate::credentials::rsa_key::new_key;

use profile::Profile;
pub(super) use profile::SignerNames;

/// A root, an intermediate, and a signer with a certificate beneath it.
pub(super) struct Authority {
    root: Certificate,
    intermediate: Certificate,
    pub(super) signer: Certificate,
    pub(super) key: Key,
}

impl Authority {
    /// All three are valid for ten years.
    const VALID: Duration = Duration::from_hours(10 * 365 * 24);

    /// New keys, drawn from `rng`. `epoch` is the time from 1970 to the run's start.
    pub(super) fn new<R: CryptoRng>(rng: &mut R, names: SignerNames, epoch: Duration) -> Authority {
        let mut key = || Key::new(new_key(rng));
        let (root_key, intermediate_key, signer_key) = (key(), key(), key());
        let validity = validity(epoch, Self::VALID);
        let root = certificate(Profile::Root, 1, validity, &root_key, &root_key);
        let profile = Profile::Intermediate;
        let intermediate = certificate(profile, 2, validity, &intermediate_key, &root_key);
        let profile = Profile::Signer(names);
        let signer = certificate(profile, 3, validity, &signer_key, &intermediate_key);
        Authority {
            root,
            intermediate,
            signer,
            key: signer_key,
        }
    }

    /// The root's certificate, as PEM.
    pub(super) fn root_pem(&self) -> String {
        pem(&self.root)
    }

    /// The intermediate's certificate, as DER.
    pub(super) fn intermediate_der(&self) -> Vec<u8> {
        let der = self.intermediate.to_der();
        der.expect("a certificate can be encoded")
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
