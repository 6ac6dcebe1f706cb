//! The number of a release.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The number of a release: three numbers, such as `2.12.1`. Its order is that of the releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// The version of these three numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
        match numbers.as_deref() {
            Some(&[major, minor, patch]) => Ok(Self::new(major, minor, patch)),
            _ => Err(VersionError(text.to_owned())),
        }
    }
}

/// A number of digits only: no sign, no space.
fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

impl TryFrom<String> for Version {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A text that is no version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected a version of three numbers such as 2.12.1, found {0:?}")]
pub struct VersionError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number_not_by_letter() {
        let version = |text: &str| text.parse::<Version>().expect("a version");
        assert!(version("2.8.0") < version("2.10.1"));
        assert!(version("4.0.0") < version("4.0.2"));
        assert_eq!(version("2.10.1").to_string(), "2.10.1");
    }

    #[test]
    fn refuses_what_is_no_version() {
        for text in [
            "",
            "2",
            "2.8",
            "2.8.0.1",
            "2.8.x",
            "+2.8.0",
            "2.8.0-preview",
            "v2.8.0",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text:?}");
        }
    }
}
