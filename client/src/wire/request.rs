//! A request as a transport sends it.

use rand::{Rng, RngExt};

const USER_AGENT: &str = concat!("imds-client/", env!("CARGO_PKG_VERSION"));

/// The header without which IMDS refuses a request (documented).
const METADATA: &str = "metadata";

/// One request, as a transport sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Path and query, percent-encoded.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body of a POST; a request without it is a GET.
    pub body: Option<String>,
}

impl Request {
    /// A GET, with a request id of its own.
    pub(crate) fn get(target: String, rng: &mut dyn Rng) -> Self {
        let request_id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
        let headers = vec![
            (METADATA, "true".to_owned()),
            ("user-agent", USER_AGENT.to_owned()),
            ("x-ms-client-request-id", request_id.to_string()),
        ];
        Self {
            target,
            headers,
            body: None,
        }
    }

    /// The same without the header `Metadata`, as a policy's probe is sent.
    #[must_use]
    pub(crate) fn without_metadata(&self) -> Self {
        let mut request = self.clone();
        request.headers.retain(|(name, _)| *name != METADATA);
        request
    }

    /// A POST of JSON, with a request id of its own.
    pub(super) fn post(target: String, body: String, rng: &mut dyn Rng) -> Self {
        let mut request = Self::get(target, rng);
        let json = "application/json".to_owned();
        request.headers.push(("content-type", json));
        request.body = Some(body);
        request
    }
}

#[cfg(test)]
pub(super) mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::super::imds_request::ImdsRequest;
    use super::*;

    /// Path and query of a kind of request.
    pub(in crate::wire) fn target(request: &impl ImdsRequest) -> String {
        request.to_wire(&mut ChaCha8Rng::seed_from_u64(1)).target
    }

    fn get(seed: u64) -> Request {
        Request::get("/".to_owned(), &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn sends_the_headers_that_name_it_and_get_it_past_the_guard() {
        let headers = get(1).headers;
        assert_eq!(headers[0], ("metadata", "true".to_owned()));
        assert_eq!(headers[1], ("user-agent", USER_AGENT.to_owned()));
        let (name, id) = &headers[2];
        assert_eq!(*name, "x-ms-client-request-id");
        assert_eq!(
            uuid::Uuid::parse_str(id).expect("a UUID").get_version_num(),
            4
        );
    }

    #[test]
    fn a_probe_is_the_same_request_without_the_header_that_gets_it_past_the_guard() {
        let (request, probe) = (get(1), get(1).without_metadata());
        assert_eq!(probe.target, request.target);
        assert_eq!(probe.headers, request.headers[1..]);
    }

    #[test]
    fn a_seed_reproduces_the_request_id() {
        assert_eq!(get(1), get(1));
        assert_ne!(get(1), get(2));
    }
}
