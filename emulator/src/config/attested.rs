//! The `attested` table.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::document::{FriendlyDuration, Section, friendly};

/// What attested documents are like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attested {
    /// From signing to expiry, at most 365 days.
    #[serde(serialize_with = "friendly")]
    pub lifetime: Duration,
    /// What the document calls the digest's algorithm.
    pub digest_algorithm: DigestAlgorithm,
    /// The Azure region that the signer's certificate names: a DNS label.
    pub region: String,
    /// The domain that the signer's certificate names.
    pub domain: String,
}

impl Attested {
    /// The signer's names: the region's, then the domain's own (documented).
    pub(crate) fn names(&self) -> Vec<String> {
        vec![
            format!("{}.{}", self.region, self.domain),
            self.domain.clone(),
        ]
    }
}

/// What a document calls the algorithm of its digest, which is SHA-256 either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestAlgorithm {
    /// SHA-256, as the standard wants it.
    Sha256,
    /// SHA-256 with RSA, which is no digest's name. The real service says this (observed), and strict
    /// libraries refuse it.
    Sha256WithRsa,
}

pub(super) fn read(section: &mut Section) -> Option<Attested> {
    const LONGEST: Duration = Duration::from_hours(365 * 24);
    let lifetime = section.required("lifetime");
    let lifetime = lifetime.map(|FriendlyDuration(lifetime)| lifetime);
    if lifetime.is_some_and(|lifetime| lifetime > LONGEST) {
        section.refuse("lifetime", "expected at most 365 days");
    }
    let digest_algorithm = section.required("digest_algorithm");
    let region = dns_name(section, "region");
    let domain = dns_name(section, "domain");
    Some(Attested {
        lifetime: lifetime?,
        digest_algorithm: digest_algorithm?,
        region: region?,
        domain: domain?,
    })
}

/// Letters, digits, hyphens and dots, short enough for a certificate's common name in the sum.
fn dns_name(section: &mut Section, key: &str) -> Option<String> {
    let name: String = section.required(key)?;
    let is_name = (1..=31).contains(&name.len())
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(is_of_label));
    if !is_name {
        section.refuse(key, "expected a DNS name of at most 31 characters");
    }
    is_name.then_some(name)
}

fn is_of_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use crate::Config;

    #[test]
    fn names_all_that_is_wrong() {
        let text = "[attested]\nlifetime = '9000h'\ndigest_algorithm = 'md5'\nregion = ''\n\
            domain = 'a..b'\n";
        let problems = Config::from_toml("c", text).unwrap_err();
        let paths: Vec<&str> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        let keys = ["lifetime", "digest_algorithm", "region", "domain"];
        assert_eq!(
            paths,
            keys.map(|key| format!("attested.{key}")),
            "{problems}"
        );
    }
}
