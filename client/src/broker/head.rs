//! A client's request: its path in one spelling, its parameters decoded.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};

/// A request, with the body of a POST.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: Method,
    /// The authority of a target that is a whole URI, as clients of a proxy send it.
    pub(super) authority: Option<String>,
    /// Without doubled slashes and without one at the end. (Clients in JavaScript send one at the end,
    /// those in Java a doubled one at the start: measured.)
    pub(super) path: String,
    /// As it was sent.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Head {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let uri = request.uri();
        Self {
            method: request.method().clone(),
            authority: uri.authority().map(ToString::to_string),
            path: normal_path(uri),
            query: uri.query().unwrap_or_default().to_owned(),
            headers: request.headers().clone(),
            body: Bytes::new(),
        }
    }

    /// Names and values of the query's parameters, decoded.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (String, String)> + '_ {
        form_urlencoded::parse(self.query.as_bytes()).into_owned()
    }

    /// The first value of a header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether its path is this one or beneath it, without regard to case.
    pub(super) fn is_beneath(&self, path: &str) -> bool {
        let Some((start, rest)) = self.path.split_at_checked(path.len()) else {
            return false;
        };
        start.eq_ignore_ascii_case(path) && (rest.is_empty() || rest.starts_with('/'))
    }

    /// Path and query, for the request that is forwarded.
    pub(super) fn target(&self) -> String {
        match &*self.query {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }
}

fn normal_path(uri: &Uri) -> String {
    let segments = uri.path().split('/').filter(|segment| !segment.is_empty());
    segments.flat_map(|segment| ["/", segment]).collect()
}
