//! The two categories of requests, which are limited apart.

use serde::Serialize;

/// What IMDS counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// `/metadata/identity/*`.
    Identity,
    /// Everything else.
    Other,
}

impl Category {
    /// Of a path in its one spelling: lower case, single slashes.
    pub(crate) fn of_path(path: &str) -> Category {
        match path.strip_prefix("/metadata/identity") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Category::Identity,
            _ => Category::Other,
        }
    }

    /// The name used in journal and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Category::Identity => "identity",
            Category::Other => "other",
        }
    }
}
