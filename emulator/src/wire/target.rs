//! The target of a request: its path in one spelling, its query parsed.
//!
//! Clients repeat their requests, so a connection keeps the [target of the last one](LatestTarget), and the
//! entries of the journal share its texts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use http::Uri;

use crate::model::limit::Category;
use crate::wire::protocol_name::ProtocolName;
use crate::wire::redact;

/// A request target, taken apart.
#[derive(Debug)]
pub(crate) struct Target {
    /// The path as it was sent.
    pub(crate) sent_path: String,
    sent_query: String,
    /// In lower case, without doubled slashes and without one at the end.
    pub(crate) path: String,
    /// Names and values, decoded, in the order in which they were sent.
    query: Vec<(String, String)>,
    /// The protocol that a request for it is in.
    pub(crate) protocol: ProtocolName,
    /// Whether a query parameter comes twice.
    pub(crate) repeats_parameter: bool,
    /// The path as it may be written down.
    pub(crate) shown_path: Arc<str>,
    /// The query as it may be written down.
    pub(crate) shown_query: Arc<str>,
    /// The whole target as it was sent, as far as it may be written down.
    pub(crate) shown_sent: Arc<str>,
}

impl Target {
    pub(crate) fn of(uri: &Uri) -> Target {
        let (path, query) = (normal_path(uri), query(uri));
        Target {
            sent_path: uri.path().to_owned(),
            sent_query: uri.query().unwrap_or_default().to_owned(),
            shown_path: redact::path(&path).into(),
            shown_query: redact::query(pairs(&query)).into(),
            shown_sent: shown_sent(uri).into(),
            repeats_parameter: repeats(pairs(&query).map(|(name, _)| name)),
            protocol: ProtocolName::of(&path, value(&query, "api-version")),
            path,
            query,
        }
    }

    pub(crate) fn category(&self) -> Category {
        Category::of_path(&self.path)
    }

    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        value(&self.query, name)
    }

    fn is_of(&self, uri: &Uri) -> bool {
        uri.authority().is_none()
            && self.sent_path == uri.path()
            && self.sent_query == uri.query().unwrap_or_default()
    }

    fn length(&self) -> usize {
        self.sent_path.len() + self.sent_query.len()
    }
}

/// The target of a connection's last request.
#[derive(Debug, Default)]
pub(crate) struct LatestTarget(Mutex<Option<Arc<Target>>>);

impl LatestTarget {
    /// In bytes. Longer targets are not kept, or thousands of connections would take much memory.
    const LONGEST: usize = 512;

    /// The target, taken apart anew only if it is another than the last time.
    pub(crate) fn target(&self, uri: &Uri) -> Arc<Target> {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(target) = latest.as_ref().filter(|target| target.is_of(uri)) {
            return Arc::clone(target);
        }
        let target = Arc::new(Target::of(uri));
        let is_short = target.length() <= LatestTarget::LONGEST && uri.authority().is_none();
        *latest = is_short.then(|| Arc::clone(&target));
        target
    }
}

/// Clients of proxies send the whole URI.
fn shown_sent(uri: &Uri) -> String {
    let mut shown = match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(authority)) => {
            format!("{scheme}://{}", redact::word(authority.as_str()))
        }
        _ => String::new(),
    };
    shown += &redact::sent_path(uri.path());
    if let Some(query) = uri.query() {
        shown.push('?');
        shown += &redact::sent_parameters(query);
    }
    shown
}

/// Real clients send the token path with a slash at the end (JavaScript) and with a doubled slash at
/// the start (Java), and proxies' clients send the whole URI.
fn normal_path(uri: &Uri) -> String {
    let segments = uri.path().split('/').filter(|segment| !segment.is_empty());
    let path: String = segments.flat_map(|segment| ["/", segment]).collect();
    path.to_ascii_lowercase()
}

fn query(uri: &Uri) -> Vec<(String, String)> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn repeats<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = BTreeSet::new();
    !names.all(|name| seen.insert(name))
}

fn value<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut pairs = pairs(query);
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn pairs(query: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.iter();
    pairs.map(|(name, value)| (name.as_str(), value.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Target {
        Target::of(&text.parse().expect("a test's target is valid"))
    }

    #[test]
    fn brings_every_spelling_of_a_path_to_one() {
        for sent in [
            "/metadata/versions",
            "/metadata/versions/",
            "//metadata//versions?x=1",
            "/Metadata/Versions",
            "http://169.254.169.254/metadata/versions/",
        ] {
            assert_eq!(target(sent).path, "/metadata/versions", "{sent}");
        }
        assert_eq!(target("/").path, "");
    }

    #[test]
    fn tells_the_categories_by_whole_segments() {
        let category = |sent| target(sent).category();
        assert_eq!(
            category("/metadata/identity/oauth2/token"),
            Category::Identity
        );
        assert_eq!(category("//metadata/Identity/"), Category::Identity);
        assert_eq!(category("/metadata/identityx"), Category::Other);
        assert_eq!(category("/metadata/versions"), Category::Other);
    }

    #[test]
    fn decodes_raw_and_encoded_values_alike() {
        for sent in [
            "/t?resource=https%3A%2F%2Fvault.azure.net%2F",
            "/t?resource=https://vault.azure.net/",
        ] {
            assert_eq!(
                target(sent).parameter("resource"),
                Some("https://vault.azure.net/")
            );
        }
    }

    #[test]
    fn what_was_asked_for_last_is_remembered_and_nothing_else_is_taken_for_it() {
        let latest = LatestTarget::default();
        let asked = |text: &str| latest.target(&text.parse().unwrap());
        let first = asked("/a?x=1");
        assert!(Arc::ptr_eq(&first, &asked("/a?x=1")));
        for other in ["/a?x=2", "/a", "/b?x=1", "/A?x=1"] {
            assert_eq!(asked(other).sent_path, other.split('?').next().unwrap());
            let again = asked("/a?x=1");
            assert!(!Arc::ptr_eq(&first, &again));
            assert_eq!(again.parameter("x"), Some("1"));
        }
    }

    #[test]
    fn what_is_long_is_not_remembered() {
        let latest = LatestTarget::default();
        let long = format!("/{}", "x".repeat(LatestTarget::LONGEST))
            .parse()
            .unwrap();
        assert!(!Arc::ptr_eq(&latest.target(&long), &latest.target(&long)));
    }
}
