//! The document's form: what a capture of 2023 has, and what a verifier makes of it, here with the crates that
//! the emulator has already.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerInfo};
use imds_emulator::Emulator;
use rsa::PublicKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier;
use sha2::Sha256;
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, OctetString};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityInfoAccessSyntax, ExtendedKeyUsage, SubjectAltName};

use super::PATH;
use crate::raw::{fetch, imds, start};

const SHA_256: &str = "2.16.840.1.101.3.4.2.1";
const SHA_256_WITH_RSA: &str = "1.2.840.113549.1.1.11";
const RSA: &str = "1.2.840.113549.1.1.1";

/// The document that Microsoft's guide shows, of 2018.
const GUIDE: &str = include_str!("guide-2018.base64");

/// A document, taken apart.
struct Document {
    content: Vec<u8>,
    digests: Vec<String>,
    certificate: Certificate,
    signer: SignerInfo,
}

impl Document {
    fn parse(base64: &str) -> Document {
        let der = STANDARD.decode(base64.trim()).unwrap();
        let envelope = ContentInfo::from_der(&der).unwrap();
        let data: SignedData = envelope.content.decode_as().unwrap();
        let content: OctetString = data
            .encap_content_info
            .econtent
            .unwrap()
            .decode_as()
            .unwrap();
        let certificates = data.certificates.unwrap();
        let [certificate] = certificates.0.as_slice() else {
            panic!("expected the signer's certificate alone");
        };
        let digests = data.digest_algorithms.iter();
        Document {
            content: content.as_bytes().to_vec(),
            digests: digests.map(|digest| digest.oid.to_string()).collect(),
            certificate: Certificate::from_der(&certificate.to_der().unwrap()).unwrap(),
            signer: data.signer_infos.0.as_slice()[0].clone(),
        }
    }

    async fn of(emulator: &Emulator) -> Document {
        let answer = imds(emulator, &format!("{PATH}=2021-12-13")).await.json();
        Document::parse(answer["signature"].as_str().unwrap())
    }

    /// Digests, signed attributes and signature algorithm: what a verifier may object to.
    fn form(&self) -> (Vec<String>, String, bool, String) {
        let signer = &self.signer;
        (
            self.digests.clone(),
            signer.digest_alg.oid.to_string(),
            signer.signed_attrs.is_some(),
            signer.signature_algorithm.oid.to_string(),
        )
    }

    /// Whether the signature is over the content itself.
    fn signs_its_content(&self) -> bool {
        let signature = self.signer.signature.as_bytes();
        is_signed_by(&self.certificate, &self.content, signature)
    }

    fn extension<'a, T: Decode<'a> + x509_cert::der::oid::AssociatedOid>(&'a self) -> T
    where
        T::Error: std::fmt::Debug,
    {
        let extensions = self.certificate.tbs_certificate().extensions().unwrap();
        let found = extensions
            .iter()
            .find(|extension| extension.extn_id == T::OID);
        T::from_der(found.unwrap().extn_value.as_bytes()).unwrap()
    }

    fn intermediate_url(&self) -> String {
        let access: AuthorityInfoAccessSyntax = self.extension();
        let GeneralName::UniformResourceIdentifier(url) = &access.0[0].access_location else {
            panic!("expected a URL: {access:?}");
        };
        assert_eq!(access.0[0].access_method.to_string(), "1.3.6.1.5.5.7.48.2");
        url.to_string()
    }
}

fn is_signed_by(certificate: &Certificate, signed: &[u8], signature: &[u8]) -> bool {
    let key = certificate.tbs_certificate().subject_public_key_info();
    let key = PublicKey::from_public_key_der(&key.to_der().unwrap()).unwrap();
    let signature = Signature::try_from(signature).unwrap();
    VerifyingKey::<Sha256>::new(key)
        .verify(signed, &signature)
        .is_ok()
}

fn captured() -> (Vec<String>, String, bool, String) {
    let digest = SHA_256_WITH_RSA.to_owned();
    (vec![digest.clone()], digest, false, RSA.to_owned())
}

#[tokio::test]
async fn its_form_is_that_of_the_guides_and_both_sign_their_content() {
    let emulator = start("").await;
    let mut own = Document::of(&emulator).await;
    let guide = Document::parse(GUIDE);
    for document in [&own, &guide] {
        assert_eq!(document.form(), captured());
        assert!(document.signs_its_content());
    }
    own.content[0] ^= 1;
    assert!(!own.signs_its_content());
}

#[tokio::test]
async fn the_signer_is_called_by_the_domain_and_is_for_tls() {
    let emulator = start("instance.compute.location = 'northeurope'").await;
    let document = Document::of(&emulator).await;
    let tbs = document.certificate.tbs_certificate();
    assert_eq!(tbs.subject().to_string(), "CN=metadata.azure.com");
    let names: SubjectAltName = document.extension();
    let names: Vec<String> = names.0.iter().map(|name| format!("{name:?}")).collect();
    for (name, expected) in names
        .iter()
        .zip(["northeurope.metadata.azure.com", "metadata.azure.com"])
    {
        assert!(name.contains(&format!("\"{expected}\"")), "{names:?}");
    }
    assert_eq!(names.len(), 2);
    let usage: ExtendedKeyUsage = document.extension();
    let usage: Vec<String> = usage.0.iter().map(ObjectIdentifier::to_string).collect();
    assert_eq!(usage, ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"]);
}

#[tokio::test]
async fn the_intermediate_is_where_the_signer_says_for_each_vm() {
    let emulator = start("[[vms]]\nname = 'b'\nlisten = '127.0.0.1:0'").await;
    let first = Document::of(&emulator).await;
    let admin = emulator.admin_url();
    assert_eq!(
        first.intermediate_url(),
        format!("{admin}/attested/intermediate.crt")
    );
    let (head, intermediate) = fetch(&first.intermediate_url()).await;
    assert!(
        head.contains("Content-Type: application/pkix-cert"),
        "{head}"
    );
    let intermediate = Certificate::from_der(&intermediate).unwrap();
    let signed = first.certificate.tbs_certificate().to_der().unwrap();
    let signature = first.certificate.signature().raw_bytes();
    assert!(is_signed_by(&intermediate, &signed, signature));

    let (_, other) = fetch(&format!("{admin}/vms/b/attested/intermediate.crt")).await;
    let other = Certificate::from_der(&other).unwrap();
    assert!(!is_signed_by(&other, &signed, signature));
}

#[tokio::test]
async fn what_is_different_on_purpose_is_so() {
    let url = "http://emulator:16926/attested/intermediate.crt";
    let emulator = start(&format!(
        "[attested]\nsigned = 'attributes'\ndigest_algorithm = 'sha256'\ncommon_name = 'region'\n\
         intermediate_url = '{url}'"
    ))
    .await;
    let document = Document::of(&emulator).await;
    let digest = SHA_256.to_owned();
    assert_eq!(
        document.form(),
        (vec![digest.clone()], digest, true, RSA.to_owned())
    );
    assert!(!document.signs_its_content());
    let tbs = document.certificate.tbs_certificate();
    assert_eq!(
        tbs.subject().to_string(),
        "CN=westeurope.metadata.azure.com"
    );
    assert_eq!(document.intermediate_url(), url);
}
