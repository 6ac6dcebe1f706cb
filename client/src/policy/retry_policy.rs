//! A retry policy: what a client does after an attempt failed.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::{Deserialize, Serialize};

use super::layer::Layer;
use super::probe::Probe;
use super::replay::Replay;

/// A named retry behaviour.
///
/// In a file it is one table (`[policies.NAME]`); the name is the table's key and is set with
/// [`Policy::named`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name in scenarios and on the command line; empty until [`Policy::named`] sets it.
    #[serde(skip)]
    pub name: String,
    /// What it does, in one line.
    #[serde(default)]
    pub summary: String,
    /// Where its numbers are from: package, version, file and lines.
    #[serde(default)]
    pub source: String,
    /// How its numbers are known.
    #[serde(default)]
    pub evidence: Evidence,
    /// What the real client does besides, which these rules cannot express.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub not_modelled: String,
    /// The longest that an attempt may take before it counts as [`TransportFailure::Timeout`]; `None`
    /// leaves it to the driver.
    ///
    /// [`TransportFailure::Timeout`]: crate::TransportFailure::Timeout
    #[serde(
        default,
        with = "compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub attempt_timeout: Option<Duration>,
    /// The longest that the whole acquisition may take. A wait that would end later does not begin.
    #[serde(
        default,
        with = "compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub deadline: Option<Duration>,
    /// What is sent before the first attempt, to see whether IMDS is there; it counts as an attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Probe>,
    /// The most attempts of an acquisition, the first included; `None` leaves it to the layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// Final failures that are answered again for a while, without a request to the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
    /// Nested retry loops, innermost first; none means no retries.
    #[serde(default)]
    pub layers: Vec<Layer>,
}

impl Policy {
    /// The same policy under a name, such as the key of its table.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }
}

/// How a policy's numbers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The real client was run against a stub and timed.
    Measured,
    /// The real client's source was read.
    Read,
    /// The real client's documentation describes it.
    Documented,
    /// Our own, or a user's; it models no other client.
    #[default]
    Ours,
}

impl Evidence {
    /// Its name in a policy's table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Read => "read",
            Self::Documented => "documented",
            Self::Ours => "ours",
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A policy from its table.
    pub(in crate::policy) fn policy(text: &str) -> Policy {
        toml::from_str(text).expect("a policy")
    }

    #[test]
    fn refuses_a_key_it_does_not_know() {
        let error = toml::from_str::<Policy>("dead_line = \"1s\"").expect_err("a misspelt key");
        assert!(
            error.to_string().contains("unknown field `dead_line`"),
            "{error}"
        );
    }

    #[test]
    fn any_stands_for_every_transport_failure() {
        let listed = r#"["connect", "unreachable", "timeout", "reset", "closed", "other"]"#;
        let rule = |kinds: &str| {
            policy(&format!(
                "[[layers]]\nrules = [{{ transport = {kinds}, delay = {{ fixed = '1s' }} }}]"
            ))
        };
        assert_eq!(rule(r#"["any"]"#), rule(listed));
    }
}
