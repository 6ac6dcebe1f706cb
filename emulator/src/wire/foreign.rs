//! Which requests a port for people's own browsers accepts.
//!
//! A page in a browser may reach it through a name it has made to point here, so requests for a
//! foreign host and from a foreign origin are refused.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::{HOST, HeaderName, ORIGIN};
use http::uri::Authority;

/// What is foreign about a request for a port whose host has these names besides its addresses and `localhost`, if
/// anything is: its `Host`, or the page that it was sent from.
#[must_use]
pub fn foreign(headers: &HeaderMap, names: &[String]) -> Option<&'static str> {
    if !is_own_host(headers, names) {
        return Some("foreign Host");
    }
    (!is_own_origin(headers)).then_some("foreign Origin")
}

/// An address, whichever it is, the name of this machine, or a name that was set: a page that has made its
/// own name point here asks by that name.
fn is_own_host(headers: &HeaderMap, further: &[String]) -> bool {
    let Some(authority) = text(headers, HOST).and_then(|host| host.parse::<Authority>().ok())
    else {
        return false;
    };
    let host = authority.host().trim_matches(['[', ']']);
    let is_named = |name: &str| host.eq_ignore_ascii_case(name);
    is_named("localhost")
        || host.parse::<IpAddr>().is_ok()
        || further.iter().any(|name| is_named(name))
}

/// None, as programs send it, or the host that is asked.
fn is_own_origin(headers: &HeaderMap) -> bool {
    match (headers.get(ORIGIN), text(headers, HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.as_bytes() == format!("http://{host}").as_bytes(),
        (Some(_), None) => false,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(host: &'static str, origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn answers_only_to_its_own_names() {
        let own = |host| is_own_host(&headers(host, None), &[]);
        for host in [
            "localhost",
            "LocalHost:1",
            "127.0.0.1:16926",
            "127.9.9.9",
            "[::1]:1",
            "10.0.0.7:80",
        ] {
            assert!(own(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:1",
        ] {
            assert!(!own(host), "{host}");
        }
        assert!(!is_own_host(&HeaderMap::new(), &[]));
    }

    #[test]
    fn answers_to_the_further_names_that_were_set() {
        let further = ["imds".to_owned(), "imds.test".to_owned()];
        let own = |host| is_own_host(&headers(host, None), &further);
        for host in ["imds", "IMDS:16926", "imds.test:1", "localhost"] {
            assert!(own(host), "{host}");
        }
        for host in ["", "test", "imds.evil.example", "evil.imds"] {
            assert!(!own(host), "{host}");
        }
    }

    #[test]
    fn answers_no_foreign_page() {
        let own = |origin| is_own_origin(&headers("localhost:1", origin));
        assert!(own(None));
        assert!(own(Some("http://localhost:1")));
        for origin in [
            "null",
            "http://localhost:2",
            "https://localhost:1",
            "http://evil.example",
        ] {
            assert!(!own(Some(origin)), "{origin}");
        }
    }
}
