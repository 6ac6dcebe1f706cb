//! What all certificates of the emulator's own have in common. Their keys are drawn anew at each start
//! and never written anywhere.

use std::str::FromStr;
use std::time::Duration;

use rsa::pkcs1v15::SigningKey;
use rsa::signature::Keypair;
use sha2::Sha256;
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, CertificateBuilder};
use x509_cert::der::EncodePem;
use x509_cert::der::asn1::GeneralizedTime;
use x509_cert::der::pem::LineEnding;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

/// Signs with RSA and SHA-256.
pub(crate) type Key = SigningKey<Sha256>;

/// From a day before the start (clocks differ) to so long after it. `epoch` is the time from 1970 to
/// the start.
pub(crate) fn validity(epoch: Duration, after: Duration) -> Validity {
    const BEFORE: Duration = Duration::from_hours(24);
    let time = |since_1970| {
        let time = GeneralizedTime::from_unix_duration(since_1970);
        Time::GeneralTime(time.expect("the year has four digits"))
    };
    Validity::new(time(epoch.saturating_sub(BEFORE)), time(epoch + after))
}

/// A certificate that is still to be signed; `serial` is its number.
pub(crate) fn unsigned<P: BuilderProfile>(
    profile: P,
    serial: u32,
    validity: Validity,
    subject: &Key,
) -> builder::Result<CertificateBuilder<P>> {
    let key = SubjectPublicKeyInfoOwned::from_key(&subject.verifying_key())?;
    CertificateBuilder::new(profile, SerialNumber::from(serial), validity, key)
}

/// A name such as `CN=localhost`, which must be well formed.
pub(crate) fn name(text: &str) -> Name {
    Name::from_str(text).expect("a well-formed name")
}

/// A certificate as PEM.
pub(crate) fn pem(certificate: &Certificate) -> String {
    let pem = certificate.to_pem(LineEnding::LF);
    pem.expect("a certificate can be encoded")
}
