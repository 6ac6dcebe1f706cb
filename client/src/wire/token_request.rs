//! `/metadata/identity/oauth2/token`: a request for a token.

use form_urlencoded::Serializer;
use rand::Rng;

use super::imds_request::ImdsRequest;
use super::request::Request;
use super::token::Token;
use super::token_query::TokenQuery;
use super::unreadable::Unreadable;

/// The oldest documented version of the token endpoint's protocol, which most clients use (measured).
const API_VERSION: &str = "2018-02-01";

/// A request for one token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenRequest {
    /// Which of the VM's identities it is for.
    pub identity: Identity,
    /// The service that the token is for, such as `https://management.azure.com/`; sent byte for byte.
    pub resource: String,
}

impl ImdsRequest for TokenRequest {
    type Reply = Token;
    const WANTED: &'static str = "token";

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        Request::get(self.target(), rng)
    }

    fn read(&self, body: &[u8]) -> Result<Token, Unreadable> {
        Token::read(body)
    }
}

impl TokenRequest {
    /// Path and query, percent-encoded.
    pub(crate) fn target(&self) -> String {
        let mut query = Serializer::new(String::new());
        query
            .append_pair("api-version", API_VERSION)
            .append_pair("resource", &self.resource);
        if let Some((name, value)) = self.identity.selector() {
            query.append_pair(name, value);
        }
        format!("/metadata/identity/oauth2/token?{}", query.finish())
    }
}

impl TokenQuery for TokenRequest {
    fn key(&self) -> String {
        let Self { identity, resource } = self;
        format!("{identity:?} {resource:?}")
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
    /// The query parameter that selects it, if there is one.
    fn selector(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::SystemAssigned => None,
            Self::ClientId(id) => Some(("client_id", id)),
            Self::ObjectId(id) => Some(("object_id", id)),
            Self::ResourceId(id) => Some(("msi_res_id", id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::tests::target;
    use super::*;

    fn of(identity: Identity) -> String {
        let resource = "https://management.azure.com/".to_owned();
        target(&TokenRequest { identity, resource })
    }

    #[test]
    fn asks_the_documented_endpoint_for_the_resource() {
        assert_eq!(
            of(Identity::SystemAssigned),
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
            let target = of(identity);
            assert!(target.ends_with(selector), "{target}");
        }
    }
}
