//! A client's request: its path and query in the one spelling that is checked and sent, its parameters decoded.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};
use reqwest::Url;

use super::path;

/// A request, with the body of a POST.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: Method,
    /// The authority of a target that is a whole URI, as clients of a proxy send it.
    pub(super) authority: Option<String>,
    /// Without doubled slashes and without one at the end. (Clients in JavaScript send one at the end,
    /// those in Java a doubled one at the start: measured.)
    pub(super) path: String,
    /// As it was sent, but for characters that no URL may have: they are encoded.
    pub(super) query: String,
    /// Whether its path, in some spelling, leads out of the folder that it begins with.
    pub(super) climbs: bool,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Head {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let uri = request.uri();
        let (path, query) = spelled(uri);
        Self {
            method: request.method().clone(),
            authority: uri.authority().map(ToString::to_string),
            path,
            query,
            climbs: path::climbs(uri.path()),
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

/// Path and query as the URL parser of the transport spells them, so that it changes nothing any more.
fn spelled(uri: &Uri) -> (String, String) {
    let segments = uri.path().split('/').filter(|segment| !segment.is_empty());
    let path: String = segments.flat_map(|segment| ["/", segment]).collect();
    let query = uri.query().map(|query| format!("?{query}"));
    let url = Url::parse(&format!("http://imds{path}{}", query.unwrap_or_default()));
    // Any path and any query make a URL behind a host; were it otherwise, no path is known.
    let Ok(url) = url else {
        return (String::new(), String::new());
    };
    let path = url.path().trim_end_matches('/').to_owned();
    (path, url.query().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::endpoint::Endpoint;

    proptest! {
        /// The upstream has a path of its own, as a gateway of several VMs has.
        #[test]
        fn what_is_checked_is_what_is_sent(target in r#"/metadata[!-"$->@-~/.%]{0,40}(\?[!-"$-~]{0,20})?"#) {
            let Ok(request) = Request::get(&target).body(()) else { return Ok(()) };
            let head = Head::of(&request);
            prop_assume!(!head.climbs);
            let upstream: Endpoint = "http://gateway/vm-a".parse().expect("an endpoint");
            let sent = Url::parse(&upstream.address(&head.target())).expect("a URL");
            let query = sent.query().map(|query| format!("?{query}")).unwrap_or_default();
            prop_assert_eq!(format!("{}{query}", sent.path()), format!("/vm-a{}", head.target()));
        }
    }

    #[test]
    fn characters_that_no_url_may_have_are_encoded() {
        let target = "/metadata//instance/{a}/?b='c'";
        let request = Request::get(target).body(()).expect("a valid target");
        assert_eq!(
            Head::of(&request).target(),
            "/metadata/instance/%7Ba%7D?b=%27c%27"
        );
    }
}
