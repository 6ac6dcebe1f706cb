//! A statement and its signature in one: CMS `SignedData` (RFC 5652), as DER.

use std::time::Duration;

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    EncapsulatedContentInfo, SignedAttributes, SignedData, SignerIdentifier, SignerInfo,
};
use rsa::signature::{SignatureEncoding, Signer};
use sha2::{Digest, Sha256};
use x509_cert::attr::Attribute;
use x509_cert::der::asn1::{Any, Null, ObjectIdentifier, OctetString, SetOfVec};
use x509_cert::der::{self, DateTime, Encode};
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

use super::authority::Authority;
use crate::config::{DigestAlgorithm, Signed};

const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
const SHA_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const SHA_256_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.11");

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// The form of a document.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) digest: DigestAlgorithm,
    pub(super) signed: Signed,
}

/// The content with its signature and the signer's certificate, but without those above it. `signed_at`
/// is the time since 1970.
pub(super) fn seal(
    authority: &Authority,
    content: &[u8],
    form: Form,
    signed_at: Duration,
) -> Vec<u8> {
    let sealed = || -> der::Result<Vec<u8>> {
        let signer_info = signer_info(authority, content, form, signed_at)?;
        let data = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![signer_info.digest_alg.clone()])?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: DATA,
                econtent: Some(Any::encode_from(&OctetString::new(content)?)?),
            },
            certificates: Some(
                vec![CertificateChoices::Certificate(authority.signer.clone())].try_into()?,
            ),
            crls: None,
            signer_infos: vec![signer_info].try_into()?,
        };
        let envelope = ContentInfo {
            content_type: SIGNED_DATA,
            content: Any::encode_from(&data)?,
        };
        envelope.to_der()
    };
    sealed().expect("a document of some kilobytes can be encoded")
}

/// What is signed is the content itself, or a set of attributes, among them the content's digest.
fn signer_info(
    authority: &Authority,
    content: &[u8],
    form: Form,
    signed_at: Duration,
) -> der::Result<SignerInfo> {
    let signed_attrs = match form.signed {
        Signed::Content => None,
        Signed::Attributes => Some(attributes(content, signed_at)?),
    };
    let signature = match &signed_attrs {
        None => authority.key.sign(content),
        Some(attributes) => authority.key.sign(&attributes.to_der()?),
    };
    let signer = authority.signer.tbs_certificate();
    Ok(SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: signer.issuer().clone(),
            serial_number: signer.serial_number().clone(),
        }),
        digest_alg: algorithm(match form.digest {
            DigestAlgorithm::Sha256 => SHA_256,
            DigestAlgorithm::Sha256WithRsa => SHA_256_WITH_RSA,
        }),
        signed_attrs,
        signature_algorithm: algorithm(RSA),
        signature: OctetString::new(signature.to_vec())?,
        unsigned_attrs: None,
    })
}

fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: Some(Null.into()),
    }
}

fn attributes(content: &[u8], signed_at: Duration) -> der::Result<SignedAttributes> {
    let digest = OctetString::new(Sha256::digest(content).to_vec())?;
    let seconds = Duration::from_secs(signed_at.as_secs());
    // UTCTime until 2049, and GeneralizedTime from then on (RFC 5652, 11.3).
    let time = Time::from(DateTime::from_unix_duration(seconds)?);
    SetOfVec::try_from(vec![
        attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
        attribute(MESSAGE_DIGEST, Any::encode_from(&digest)?)?,
        attribute(SIGNING_TIME, Any::encode_from(&time)?)?,
    ])
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    let values = SetOfVec::try_from(vec![value])?;
    Ok(Attribute { oid, values })
}

#[cfg(test)]
mod tests {
    use x509_cert::der::{Tag, Tagged};

    use super::*;

    /// The first second of 2050, since 1970.
    const YEAR_2050: u64 = 2_524_608_000;

    fn tag_of_signing_time(seconds: u64) -> Tag {
        let attributes = attributes(b"content", Duration::from_secs(seconds));
        let attributes = attributes.expect("it can be encoded");
        let mut attributes = attributes.iter();
        let time = attributes.find(|it| it.oid == SIGNING_TIME);
        time.expect("it has it").values.as_slice()[0].tag()
    }

    #[test]
    fn a_document_can_be_signed_in_every_year_and_its_time_has_the_form_of_the_year() {
        assert_eq!(tag_of_signing_time(0), Tag::UtcTime);
        assert_eq!(tag_of_signing_time(YEAR_2050 - 1), Tag::UtcTime);
        assert_eq!(tag_of_signing_time(YEAR_2050), Tag::GeneralizedTime);
        assert_eq!(tag_of_signing_time(7 * YEAR_2050), Tag::GeneralizedTime);
    }
}
