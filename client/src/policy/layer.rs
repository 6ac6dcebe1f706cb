//! One retry loop of a client. A client that retries inside a retry has several.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::{Deserialize, Serialize};

use super::rule::Rule;

/// One retry loop around the layers inside it.
///
/// An outcome goes to the innermost layer first. A layer retries if one of its rules matches the
/// outcome and has retries left; otherwise the outcome goes to the next outer layer. When that one
/// retries, the layers inside it are reset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// The most retries of this layer; `None` sets no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// No wait begins once this long has passed since the layer's first failure.
    #[serde(
        default,
        with = "compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub give_up_after: Option<Duration>,
    /// The `max_retries` of the rule for the first failure limits the whole layer, and those of
    /// the other rules do not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first_failure_sets_limit: bool,
    /// Tried in order: the first that matches the outcome and has retries left decides.
    pub rules: Vec<Rule>,
}
