//! Where requests go, and how they are written for it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::{ACCEPT, HOST};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use http_body_util::Full;
use reqwest::Url;

use crate::endpoint::Endpoint;
use crate::outcome::TransportFailure;
use crate::wire::Request;

/// What reqwest accepts, by default (measured by `client/tests/transport.rs`).
const ANYTHING: HeaderValue = HeaderValue::from_static("*/*");

/// Targets are those of a scenario's steps: few. More are taken apart each time.
const MOST_TARGETS: usize = 64;

/// An endpoint is the text of a URL with a host, without a user and without a default port.
const ADDRESS: &str = "an endpoint is an address";

pub(super) type HttpRequest = http::Request<Full<Bytes>>;

/// An endpoint with what is the same for all requests to it.
#[derive(Debug)]
pub(super) struct Destination {
    endpoint: Endpoint,
    /// Its address, of which a connector takes host and port.
    pub(super) address: Uri,
    host: HeaderValue,
    /// Targets that were taken apart, as they are sent.
    targets: Mutex<BTreeMap<String, Uri>>,
}

impl Destination {
    pub(super) fn of(endpoint: &Endpoint) -> Self {
        let address: Uri = endpoint.address("/").parse().expect(ADDRESS);
        let authority = address.authority().expect(ADDRESS).as_str();
        Self {
            endpoint: endpoint.clone(),
            host: HeaderValue::from_str(authority).expect(ADDRESS),
            address,
            targets: Mutex::default(),
        }
    }

    /// The request as it is sent, with `own` headers for those that it does not have.
    pub(super) fn written(
        &self,
        request: &Request,
        own: &HeaderMap,
    ) -> Result<HttpRequest, TransportFailure> {
        let body = request.body.clone().map(Bytes::from);
        let mut written = http::Request::new(body.clone().map_or_else(Full::default, Full::new));
        *written.uri_mut() = self.target(&request.target)?;
        if body.is_some() {
            *written.method_mut() = Method::POST;
        }
        let headers = written.headers_mut();
        headers.reserve(request.headers.len() + own.len() + 2);
        for (name, value) in &request.headers {
            let value = HeaderValue::from_str(value).map_err(|_| TransportFailure::Other)?;
            headers.append(HeaderName::from_static(name), value);
        }
        for (name, value) in own {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        headers.entry(ACCEPT).or_insert(ANYTHING);
        headers.entry(HOST).or_insert_with(|| self.host.clone());
        Ok(written)
    }

    /// Path and query, as a URL of the endpoint has them.
    fn target(&self, target: &str) -> Result<Uri, TransportFailure> {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = targets.get(target) {
            return Ok(known.clone());
        }
        let taken = taken_apart(&self.endpoint.address(target)).ok_or(TransportFailure::Other)?;
        if targets.len() < MOST_TARGETS {
            targets.insert(target.to_owned(), taken.clone());
        }
        Ok(taken)
    }
}

/// Path and query of an address, written as reqwest does: by way of a URL.
fn taken_apart(address: &str) -> Option<Uri> {
    let url = Url::parse(address).ok()?;
    let address: Uri = url.as_str().parse().ok()?;
    let target = address.path_and_query().cloned();
    Some(
        target
            .unwrap_or_else(|| PathAndQuery::from_static("/"))
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As RFC 9110 (7.2) has it of an authority, without its default port.
    #[test]
    fn the_host_is_that_of_the_endpoint_with_a_port_that_is_not_the_default() {
        for (endpoint, host) in [
            ("http://169.254.169.254/prefix", "169.254.169.254"),
            ("http://LOCALHOST:80/a/../b", "localhost"),
            ("http://[::1]:9/", "[::1]:9"),
        ] {
            let destination = Destination::of(&endpoint.parse().expect("an endpoint"));
            assert_eq!(destination.host, host);
        }
    }
}
