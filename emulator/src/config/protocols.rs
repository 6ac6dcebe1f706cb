//! The `protocols` table.

use serde::{Deserialize, Serialize};

use crate::document::Section;

/// The settings of the other protocols for managed identities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Protocols {
    /// Which limits they meet.
    pub limits: ProtocolLimits,
    /// The secret that clients of App Service and Azure Machine Learning must send: letters, digits, `-`
    /// and `_`.
    pub secret: String,
    /// How App Service's version 2017-09-01 writes the time of expiry.
    pub expiry_2017: ExpiryForm,
    /// Where the key file of Arc's challenge is.
    pub arc_key_folder: ArcKeyFolder,
}

impl Protocols {
    /// Whether that can be a secret: every shell and every header can carry it.
    #[must_use]
    pub fn is_secret(text: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !text.is_empty() && text.bytes().all(is_plain)
    }
}

/// How a time of expiry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpiryForm {
    /// As a date and a time for people.
    Text,
    /// As seconds since 1970.
    Epoch,
}

/// Which limits a request meets that is not for IMDS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProtocolLimits {
    /// Those of IMDS's tokens.
    Identity,
    /// None.
    None,
}

/// Where the key file of Arc's challenge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArcKeyFolder {
    /// In a folder of this run, among the temporary files.
    Run,
    /// Where Azure's libraries require it.
    Sdk,
}

pub(super) fn read(section: &mut Section) -> Option<Protocols> {
    let limits = section.required("limits");
    let secret: Option<String> = section.required("secret");
    let expiry_2017 = section.required("expiry_2017");
    let arc_key_folder = section.required("arc_key_folder");
    if secret
        .as_deref()
        .is_some_and(|text| !Protocols::is_secret(text))
    {
        section.refuse("secret", "expected letters, digits, `-` and `_`");
    }
    Some(Protocols {
        limits: limits?,
        secret: secret?,
        expiry_2017: expiry_2017?,
        arc_key_folder: arc_key_folder?,
    })
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn names_all_that_is_wrong() {
        let text = "[protocols]\nlimits = 'some'\nsecret = \"it's\"\nexpiry_2017 = 1\n\
            arc_key_folder = '/tmp'\n";
        let problems = Config::from_toml("c", text).unwrap_err();
        let paths: Vec<&str> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        let keys = ["limits", "secret", "expiry_2017", "arc_key_folder"];
        assert_eq!(
            paths,
            keys.map(|key| format!("protocols.{key}")),
            "{problems}"
        );
    }
}
