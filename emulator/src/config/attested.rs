//! The `attested` table.

use std::time::Duration;

use http::Uri;
use serde::{Deserialize, Serialize};

use crate::document::{FriendlyDuration, Section, friendly};

/// The settings of attested documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attested {
    /// From signing to expiry, at most 365 days.
    #[serde(serialize_with = "friendly")]
    pub lifetime: Duration,
    /// What the document calls the digest's algorithm.
    pub digest_algorithm: DigestAlgorithm,
    /// What the signature is over.
    pub signed: Signed,
    /// Which request's nonce a document has.
    pub nonce: NonceUse,
    /// The Azure region that the signer's certificate names: a DNS label. If it is left out, the VM's
    /// own (`instance.compute.location`).
    pub region: String,
    /// The domain that the signer's certificate names.
    pub domain: String,
    /// Which of these two the signer's common name is.
    pub common_name: CommonName,
    /// Where the signer's certificate says that the intermediate's can be fetched, an `http` URL; on the
    /// administration port if `None`.
    pub intermediate_url: Option<String>,
}

impl Attested {
    /// The DNS names of the signer's certificate: the region's, then the domain's own (documented; observed in
    /// this order in 2023, in the other one in 2022).
    pub(crate) fn names(&self) -> [String; 2] {
        [
            format!("{}.{}", self.region, self.domain),
            self.domain.clone(),
        ]
    }

    /// The common name of the signer's certificate.
    pub(crate) fn signer(&self) -> String {
        let [region, domain] = self.names();
        match self.common_name {
            CommonName::Domain => domain,
            CommonName::Region => region,
        }
    }
}

/// What a document calls the algorithm of its digest, which is SHA-256 either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestAlgorithm {
    /// SHA-256, as the standard requires.
    Sha256,
    /// SHA-256 with RSA, which is no digest's name. The real service says this (observed in 2018, 2022 and
    /// 2023), and strict libraries refuse it.
    Sha256WithRsa,
}

/// What the signature of a document is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signed {
    /// The content itself; there are no signed attributes (observed in 2018, 2022 and 2023).
    Content,
    /// A set of attributes with the content's digest, as most programs sign. No capture shows it.
    Attributes,
}

/// The common name of the signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommonName {
    /// The domain, such as `metadata.azure.com` (observed in 2022 and 2023).
    Domain,
    /// One beneath it (observed in the guide's sample of 2018).
    Region,
}

/// Which request's nonce a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NonceUse {
    /// Each request's own (documented).
    Fresh,
    /// That of the first request, until the document expires: the service once gave out a document that
    /// it had kept, whatever the nonce (observed in 2019).
    Kept,
}

/// `location` is where the VM is.
pub(super) fn read(section: &mut Section, location: &str) -> Option<Attested> {
    const LONGEST: Duration = Duration::from_hours(365 * 24);
    let lifetime = section.required("lifetime");
    let lifetime = lifetime.map(|FriendlyDuration(lifetime)| lifetime);
    if lifetime.is_some_and(|lifetime| lifetime > LONGEST) {
        section.refuse("lifetime", "expected at most 365 days");
    }
    let digest_algorithm = section.required("digest_algorithm");
    let signed = section.required("signed");
    let nonce = section.required("nonce");
    let own = section.optional("region");
    // Without a location there is a problem already, and its place is that of the location.
    let known = Some(location).filter(|location| !location.is_empty());
    let region = own.or_else(|| known.map(str::to_owned));
    let region = dns_name(section, "region", region);
    let domain = section.required("domain");
    let domain = dns_name(section, "domain", domain);
    let common_name = section.required("common_name");
    let intermediate_url: Option<String> = section.optional("intermediate_url");
    if intermediate_url.as_deref().is_some_and(|url| !is_http(url)) {
        section.refuse("intermediate_url", EXPECTED_URL);
        return None;
    }
    Some(Attested {
        lifetime: lifetime?,
        digest_algorithm: digest_algorithm?,
        signed: signed?,
        nonce: nonce?,
        region: region?,
        domain: domain?,
        common_name: common_name?,
        intermediate_url,
    })
}

const EXPECTED_URL: &str =
    "expected an http URL such as \"http://emulator:16926/attested/intermediate.crt\"";

/// Not `https`: what verifies certificates must not need one for it.
fn is_http(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    uri.is_some_and(|uri| uri.scheme_str() == Some("http") && uri.host().is_some())
}

pub(super) const EXPECTED_NAME: &str = "expected a DNS name of at most 31 characters";

fn dns_name(section: &Section, key: &str, name: Option<String>) -> Option<String> {
    let name = name?;
    let is_name = is_dns_name(&name);
    if !is_name {
        section.refuse(key, EXPECTED_NAME);
    }
    is_name.then_some(name)
}

/// Letters, digits, hyphens and dots, short enough for a certificate's common name in the sum.
pub(super) fn is_dns_name(name: &str) -> bool {
    (1..=31).contains(&name.len())
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(is_of_label))
}

fn is_of_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn the_region_is_where_the_vm_is_unless_another_is_named() {
        let region =
            |text: &str| Config::from_toml("c", text).map(|config| config.vm.attested.region);
        let location = "instance.compute.location = 'norwayeast'\n";
        assert_eq!(region(location).unwrap(), "norwayeast");
        assert_eq!(
            region(&format!("{location}attested.region = 'x'")).unwrap(),
            "x"
        );
        let problems = region("instance.compute.location = 'far away'").unwrap_err();
        assert!(
            problems.to_string().contains("instance.compute.location"),
            "{problems}"
        );
    }

    #[test]
    fn the_signer_is_called_by_the_domain_unless_by_the_region() {
        let signer = |text: &str| Config::from_toml("c", text).unwrap().vm.attested.signer();
        assert_eq!(signer(""), "metadata.azure.com");
        assert_eq!(
            signer("attested.common_name = 'region'"),
            "westeurope.metadata.azure.com"
        );
    }

    #[test]
    fn names_all_that_is_wrong() {
        let text = "[attested]\nlifetime = '9000h'\ndigest_algorithm = 'md5'\nsigned = true\n\
            region = ''\ndomain = 'a..b'\ncommon_name = 'x'\nintermediate_url = 'https://a/b'\n";
        let problems = Config::from_toml("c", text).unwrap_err();
        let paths: Vec<&str> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        let keys = [
            "lifetime",
            "digest_algorithm",
            "signed",
            "region",
            "domain",
            "common_name",
            "intermediate_url",
        ];
        assert_eq!(
            paths,
            keys.map(|key| format!("attested.{key}")),
            "{problems}"
        );
    }
}
