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
use x509_cert::der::asn1::{Any, Null, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use x509_cert::der::{self, Encode};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::authority::Authority;
use crate::config::DigestAlgorithm;

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

/// The content with its signature and the signer's certificate, but without the root's. `signed_at`
/// is the time since 1970.
pub(super) fn seal(
    authority: &Authority,
    content: &[u8],
    algorithm: DigestAlgorithm,
    signed_at: Duration,
) -> Vec<u8> {
    let sealed = || -> der::Result<Vec<u8>> {
        let digest = AlgorithmIdentifierOwned {
            oid: match algorithm {
                DigestAlgorithm::Sha256 => SHA_256,
                DigestAlgorithm::Sha256WithRsa => SHA_256_WITH_RSA,
            },
            parameters: Some(Null.into()),
        };
        let data = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![digest.clone()])?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: DATA,
                econtent: Some(Any::encode_from(&OctetString::new(content)?)?),
            },
            certificates: Some(
                vec![CertificateChoices::Certificate(authority.signer.clone())].try_into()?,
            ),
            crls: None,
            signer_infos: vec![signature(authority, content, digest, signed_at)?].try_into()?,
        };
        let envelope = ContentInfo {
            content_type: SIGNED_DATA,
            content: Any::encode_from(&data)?,
        };
        envelope.to_der()
    };
    sealed().expect("a document of some kilobytes can be encoded")
}

/// What is signed is a set of attributes, among them the content's digest.
fn signature(
    authority: &Authority,
    content: &[u8],
    digest_alg: AlgorithmIdentifierOwned,
    signed_at: Duration,
) -> der::Result<SignerInfo> {
    let attributes = attributes(content, signed_at)?;
    let signature = authority.key.sign(&attributes.to_der()?).to_vec();
    let signer = authority.signer.tbs_certificate();
    Ok(SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: signer.issuer().clone(),
            serial_number: signer.serial_number().clone(),
        }),
        digest_alg,
        signed_attrs: Some(attributes),
        signature_algorithm: AlgorithmIdentifierOwned {
            oid: RSA,
            parameters: Some(Null.into()),
        },
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    })
}

fn attributes(content: &[u8], signed_at: Duration) -> der::Result<SignedAttributes> {
    let digest = OctetString::new(Sha256::digest(content).to_vec())?;
    let time = UtcTime::from_unix_duration(Duration::from_secs(signed_at.as_secs()))?;
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
