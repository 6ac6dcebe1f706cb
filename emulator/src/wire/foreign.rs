//! Which requests a port for people's own browsers accepts.
//!
//! A page in a browser may reach it through a name it has made to point here, so requests for a
//! foreign host and from a foreign origin are refused.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::{HOST, HeaderName, ORIGIN};
use http::uri::Authority;

/// What is foreign about a request for a port whose host has these names besides its addresses and `localhost`, if
/// anything is: its `Host`, or the page that it was sent from. A page elsewhere may have a link that leads here.
#[must_use]
pub fn foreign(headers: &HeaderMap, names: &[String]) -> Option<&'static str> {
    let once = |name: HeaderName| headers.get_all(name).iter().nth(1).is_none();
    if !once(HOST) || !is_own_host(headers, names) {
        return Some("foreign Host");
    }
    if !once(ORIGIN) || !is_own_origin(headers) {
        return Some("foreign Origin");
    }
    is_part_of_another_site(headers).then_some("foreign page")
}

/// An image or a script of a page elsewhere, which is sent without an origin. Browsers say so.
fn is_part_of_another_site(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    is("sec-fetch-site", "cross-site") && !is("sec-fetch-mode", "navigate")
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

    #[test]
    fn answers_no_part_of_a_foreign_page_but_its_links() {
        let fetched = |mode| {
            let mut headers = headers("localhost:1", None);
            headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
            headers.insert("sec-fetch-mode", HeaderValue::from_static(mode));
            foreign(&headers, &[])
        };
        assert_eq!(fetched("no-cors"), Some("foreign page"));
        assert_eq!(fetched("navigate"), None);
        assert_eq!(foreign(&headers("localhost:1", None), &[]), None);
    }

    #[test]
    fn a_header_that_is_there_twice_is_of_nobody() {
        let mut twice = headers("localhost:1", Some("http://localhost:1"));
        twice.append(ORIGIN, HeaderValue::from_static("http://evil.example"));
        assert_eq!(foreign(&twice, &[]), Some("foreign Origin"));
        twice.append(HOST, HeaderValue::from_static("evil.example"));
        assert_eq!(foreign(&twice, &[]), Some("foreign Host"));
    }
}
