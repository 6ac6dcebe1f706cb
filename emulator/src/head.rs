//! A request's head as the routes want it: its path in one spelling, its query taken apart.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};

use crate::limit::Category;

/// What a request says before its body, and the body of a POST. The body of a GET means nothing and is
/// never read.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    /// The path as it was sent.
    pub(crate) sent_path: String,
    /// In lower case, without doubled slashes and without one at the end.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    /// Names and values, decoded, in the order in which they were sent.
    query: Vec<(String, String)>,
    /// Empty unless it is a POST; `None` if it was longer than is read.
    pub(crate) body: Option<Bytes>,
}

impl Head {
    pub(crate) fn of<B>(request: &Request<B>) -> Head {
        Head {
            method: request.method().clone(),
            sent_path: request.uri().path().to_owned(),
            path: normal_path(request.uri()),
            headers: request.headers().clone(),
            query: query(request.uri()),
            body: Some(Bytes::new()),
        }
    }

    pub(crate) fn category(&self) -> Category {
        match self.path.strip_prefix("/metadata/identity") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Category::Identity,
            _ => Category::Other,
        }
    }

    /// Whether the path is of the service at all, and not of another cloud's.
    pub(crate) fn is_metadata(&self) -> bool {
        let rest = self.path.strip_prefix("/metadata");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Names and values of the query's parameters, in the order in which they were sent.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.query.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The names of the query's parameters.
    pub(crate) fn parameter_names(&self) -> impl Iterator<Item = &str> {
        self.query.iter().map(|(name, _)| name.as_str())
    }
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

#[cfg(test)]
pub(crate) fn get(target: &str) -> Head {
    let request = Request::get(target).header("Metadata", "true").body(());
    Head::of(&request.expect("a test's target is valid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brings_every_spelling_of_a_path_to_one() {
        for target in [
            "/metadata/versions",
            "/metadata/versions/",
            "//metadata//versions?x=1",
            "/Metadata/Versions",
            "http://169.254.169.254/metadata/versions/",
        ] {
            assert_eq!(get(target).path, "/metadata/versions", "{target}");
        }
        assert_eq!(get("/").path, "");
    }

    #[test]
    fn tells_the_categories_by_whole_segments() {
        let category = |target| get(target).category();
        assert_eq!(
            category("/metadata/identity/oauth2/token"),
            Category::Identity
        );
        assert_eq!(category("//metadata/Identity/"), Category::Identity);
        assert_eq!(category("/metadata/identityx"), Category::Other);
        assert_eq!(category("/metadata/versions"), Category::Other);
    }

    #[test]
    fn knows_its_own_paths_from_other_clouds() {
        assert!(get("/metadata").is_metadata());
        assert!(get("//Metadata/x").is_metadata());
        for foreign in [
            "/",
            "/latest/meta-data/",
            "/computeMetadata/v1/",
            "/metadatax",
        ] {
            assert!(!get(foreign).is_metadata(), "{foreign}");
        }
    }

    #[test]
    fn decodes_raw_and_encoded_values_alike() {
        for target in [
            "/t?resource=https%3A%2F%2Fvault.azure.net%2F",
            "/t?resource=https://vault.azure.net/",
        ] {
            assert_eq!(
                get(target).parameter("resource"),
                Some("https://vault.azure.net/")
            );
        }
    }
}
