//! The number of a release.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The number of a release: two or three numbers, such as `2.12.1`. Its order is that of the releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    major: u32,
    minor: u32,
    patch: Option<u32>,
}

impl Version {
    /// The version of these three numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch: Some(patch),
        }
    }

    /// The version that a text is, with as many numbers as `like`.
    pub(super) fn read_like(text: &str, like: Self) -> Result<Self, VersionError> {
        let expected = match like.patch {
            Some(_) => "three numbers such as 2.12.1",
            None => "two numbers such as 2026.8",
        };
        let alike = |version: &Self| version.patch.is_some() == like.patch.is_some();
        let version = text.parse().ok().filter(alike);
        version.ok_or_else(|| VersionError::new(expected, text))
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
        match numbers.as_deref() {
            Some(&[major, minor, patch]) => Ok(Self::new(major, minor, patch)),
            Some(&[major, minor]) => Ok(Self {
                major,
                minor,
                patch: None,
            }),
            _ => Err(VersionError::new(
                "two or three numbers such as 2.12.1",
                text,
            )),
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
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

/// A text that is no version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected a version of {expected}, found {found:?}")]
pub struct VersionError {
    expected: &'static str,
    found: String,
}

impl VersionError {
    fn new(expected: &'static str, found: &str) -> Self {
        let found = found.to_owned();
        Self { expected, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number_not_by_letter() {
        let version = |text: &str| text.parse::<Version>().expect("a version");
        assert!(version("2.8.0") < version("2.10.1"));
        assert!(version("4.0.0") < version("4.0.2"));
        assert!(version("2026.8") < version("2026.10"));
        for text in ["2.10.1", "0.20260811"] {
            assert_eq!(version(text).to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_version() {
        for text in [
            "",
            "2",
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
