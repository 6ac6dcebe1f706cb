//! Which outcomes a rule matches, as it is written in a file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One status, `"429"`, or a range that includes both its ends, `"500-599"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatusRange {
    first: u16,
    last: u16,
}

impl StatusRange {
    /// Whether the status is in the range.
    #[must_use]
    pub fn contains(self, status: u16) -> bool {
        (self.first..=self.last).contains(&status)
    }
}

impl FromStr for StatusRange {
    type Err = StatusRangeError;

    fn from_str(text: &str) -> Result<Self, StatusRangeError> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.parse(), last.parse()) {
            (Ok(first), Ok(last)) if first >= 100 && first <= last && last <= 999 => {
                Ok(Self { first, last })
            }
            _ => Err(StatusRangeError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for StatusRange {
    type Error = StatusRangeError;

    fn try_from(text: String) -> Result<Self, StatusRangeError> {
        text.parse()
    }
}

impl From<StatusRange> for String {
    fn from(range: StatusRange) -> Self {
        range.to_string()
    }
}

impl fmt::Display for StatusRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if self.first < self.last {
            write!(f, "-{}", self.last)?;
        }
        Ok(())
    }
}

/// A text that is neither a status nor a range of statuses.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected a status such as \"429\" or a range such as \"500-599\", found {0:?}")]
pub struct StatusRangeError(String);

/// A set of transport failures as a list of names, in which `"any"` stands for all of them.
pub(super) mod kinds_or_any {
    use std::collections::BTreeSet;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::outcome::TransportFailure;

    type Kinds = BTreeSet<TransportFailure>;

    #[derive(Clone, Copy, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum KindOrAny {
        Connect,
        Unreachable,
        Timeout,
        Reset,
        Closed,
        Other,
        Any,
    }

    impl KindOrAny {
        fn kinds(self) -> &'static [TransportFailure] {
            match self {
                Self::Connect => &[TransportFailure::Connect],
                Self::Unreachable => &[TransportFailure::Unreachable],
                Self::Timeout => &[TransportFailure::Timeout],
                Self::Reset => &[TransportFailure::Reset],
                Self::Closed => &[TransportFailure::Closed],
                Self::Other => &[TransportFailure::Other],
                Self::Any => &TransportFailure::ALL,
            }
        }
    }

    pub(in crate::policy) fn serialize<S: Serializer>(
        kinds: &Kinds,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        if kinds.len() == TransportFailure::ALL.len() {
            return to.collect_seq([KindOrAny::Any]);
        }
        to.collect_seq(kinds)
    }

    pub(in crate::policy) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Kinds, D::Error> {
        let named = Vec::<KindOrAny>::deserialize(from)?;
        Ok(named
            .into_iter()
            .flat_map(KindOrAny::kinds)
            .copied()
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_includes_both_its_ends() {
        let range: StatusRange = "500-504".parse().expect("a range");
        assert_eq!(
            [499, 500, 504, 505].map(|status| range.contains(status)),
            [false, true, true, false]
        );
    }

    #[test]
    fn refuses_what_is_no_range_of_statuses() {
        for text in ["", "4xx", "99", "599-500", "500-", "-500", "500-1000"] {
            assert!(text.parse::<StatusRange>().is_err(), "{text:?}");
        }
    }
}
