//! What is asked of IMDS.

use form_urlencoded::Serializer;
use rand::{Rng, RngExt};

use super::{Ask, Token, Unreadable};

/// The oldest version of the token endpoint's protocol that is documented, and the one that most
/// clients ask for (measured).
const API_VERSION: &str = "2018-02-01";

const USER_AGENT: &str = concat!("imds-client/", env!("CARGO_PKG_VERSION"));

/// Asks for one token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenRequest {
    /// As which of the VM's identities.
    pub identity: Identity,
    /// For which service, such as `https://management.azure.com/`; sent as it is written here.
    pub resource: String,
}

impl Ask for TokenRequest {
    type Reply = Token;
    const WANTED: &'static str = "token";

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        let mut query = Serializer::new(String::new());
        query
            .append_pair("api-version", API_VERSION)
            .append_pair("resource", &self.resource);
        if let Some((name, value)) = self.identity.selector() {
            query.append_pair(name, value);
        }
        let target = format!("/metadata/identity/oauth2/token?{}", query.finish());
        Request::get(target, rng)
    }

    fn read(&self, body: &[u8]) -> Result<Token, Unreadable> {
        Token::read(body)
    }
}

/// Which of the VM's identities.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Identity {
    /// No selector: the system-assigned identity, or the only user-assigned one of a VM that has
    /// no system-assigned (documented).
    #[default]
    SystemAssigned,
    /// User-assigned, by its client id.
    ClientId(String),
    /// User-assigned, by its object id.
    ObjectId(String),
    /// User-assigned, by its Azure resource id.
    ResourceId(String),
}

impl Identity {
    /// The query parameter that selects it, if one does.
    fn selector(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::SystemAssigned => None,
            Self::ClientId(id) => Some(("client_id", id)),
            Self::ObjectId(id) => Some(("object_id", id)),
            Self::ResourceId(id) => Some(("msi_res_id", id)),
        }
    }
}

/// One request as it goes to a transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Path and query, percent-encoded.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// What a POST carries; a request without it is a GET.
    pub body: Option<String>,
}

impl Request {
    /// A GET, with a request id of its own.
    pub(super) fn get(target: String, rng: &mut dyn Rng) -> Self {
        let request_id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
        let headers = vec![
            ("metadata", "true".to_owned()),
            ("user-agent", USER_AGENT.to_owned()),
            ("x-ms-client-request-id", request_id.to_string()),
        ];
        Self {
            target,
            headers,
            body: None,
        }
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

    use super::*;

    /// Path and query of what is asked.
    pub(in crate::wire) fn target(ask: &impl Ask) -> String {
        ask.to_wire(&mut ChaCha8Rng::seed_from_u64(1)).target
    }

    fn wire(identity: Identity, seed: u64) -> Request {
        let resource = "https://management.azure.com/".to_owned();
        TokenRequest { identity, resource }.to_wire(&mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn asks_the_documented_endpoint_for_the_resource() {
        assert_eq!(
            wire(Identity::SystemAssigned, 1).target,
            "/metadata/identity/oauth2/token?api-version=2018-02-01\
             &resource=https%3A%2F%2Fmanagement.azure.com%2F"
        );
    }

    #[test]
    fn selects_an_identity_by_the_parameter_for_its_kind() {
        let selectors = [
            (Identity::ClientId("a".to_owned()), "&client_id=a"),
            (Identity::ObjectId("a".to_owned()), "&object_id=a"),
            (Identity::ResourceId("/a".to_owned()), "&msi_res_id=%2Fa"),
        ];
        for (identity, selector) in selectors {
            let target = wire(identity, 1).target;
            assert!(target.ends_with(selector), "{target}");
        }
    }

    #[test]
    fn sends_the_headers_that_name_it_and_get_it_past_the_guard() {
        let headers = wire(Identity::SystemAssigned, 1).headers;
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
    fn a_seed_reproduces_the_request_id() {
        assert_eq!(
            wire(Identity::SystemAssigned, 1),
            wire(Identity::SystemAssigned, 1)
        );
        assert_ne!(
            wire(Identity::SystemAssigned, 1),
            wire(Identity::SystemAssigned, 2)
        );
    }
}
