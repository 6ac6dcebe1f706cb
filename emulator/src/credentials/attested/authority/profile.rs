//! What each certificate is for, and so which extensions it has.

use x509_cert::builder;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::asn1::{Ia5String, ObjectIdentifier};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
    ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::credentials::certificate::name;

const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");

/// What the signer's certificate says.
#[derive(Clone)]
pub(in crate::credentials::attested) struct SignerNames {
    pub(in crate::credentials::attested) common_name: String,
    /// The DNS names that the certificate is for.
    pub(in crate::credentials::attested) alternatives: Vec<String>,
    /// Where the intermediate's certificate can be fetched.
    pub(in crate::credentials::attested) intermediate_url: String,
}

/// One of the three certificates of a chain.
pub(super) enum Profile {
    Root,
    Intermediate,
    Signer(SignerNames),
}

impl Profile {
    const ROOT: &str = "CN=imds-emulator test root,O=imds-emulator";
    const INTERMEDIATE: &str = "CN=imds-emulator test issuing CA,O=imds-emulator";

    fn is_authority(&self) -> bool {
        matches!(self, Profile::Root | Profile::Intermediate)
    }

    /// The signer's is observed (2023): also for the encipherment of keys, since it is a certificate for TLS.
    fn key_usage(&self) -> KeyUsage {
        KeyUsage(if self.is_authority() {
            KeyUsages::KeyCertSign | KeyUsages::CRLSign
        } else {
            KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment
        })
    }
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        name(match self {
            Profile::Root | Profile::Intermediate => Profile::ROOT,
            Profile::Signer(_) => Profile::INTERMEDIATE,
        })
    }

    fn get_subject(&self) -> Name {
        match self {
            Profile::Root => name(Profile::ROOT),
            Profile::Intermediate => name(Profile::INTERMEDIATE),
            Profile::Signer(names) => name(&format!("CN={}", names.common_name)),
        }
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        certificate: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let subject = certificate.subject();
        let constraints = BasicConstraints {
            ca: self.is_authority(),
            path_len_constraint: None,
        };
        let mut extensions = vec![
            SubjectKeyIdentifier::try_from(key)?.to_extension(subject, &[])?,
            AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(subject, &[])?,
            constraints.to_extension(subject, &[])?,
            self.key_usage().to_extension(subject, &[])?,
        ];
        if let Profile::Signer(names) = self {
            extensions.extend(of_signer(names, subject)?);
        }
        Ok(extensions)
    }
}

/// Observed (2023): a certificate for TLS clients and servers, in this order; where its issuer's is to be had.
/// `openssl cms -verify` refuses such a certificate unless it is told `-purpose any`.
fn of_signer(names: &SignerNames, subject: &Name) -> builder::Result<[Extension; 3]> {
    let alternatives = names.alternatives.iter().map(Ia5String::new);
    let alternatives = alternatives.map(|name| name.map(GeneralName::DnsName));
    let alternatives = SubjectAltName(alternatives.collect::<Result<_, _>>()?);
    let url = Ia5String::new(&names.intermediate_url)?;
    let access = AccessDescription {
        access_method: CA_ISSUERS,
        access_location: GeneralName::UniformResourceIdentifier(url),
    };
    Ok([
        ExtendedKeyUsage(vec![CLIENT_AUTH, SERVER_AUTH]).to_extension(subject, &[])?,
        alternatives.to_extension(subject, &[])?,
        AuthorityInfoAccessSyntax(vec![access]).to_extension(subject, &[])?,
    ])
}
