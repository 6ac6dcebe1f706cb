//! What a request is for, decided by its path, query and headers alone.

use http::Method;

use super::app_service;
use super::guard::{Rejection, check_metadata, check_sender, ensure};
use super::head::Head;
use super::relay::Relayed;
use super::settings::BrokerSettings;
use crate::wire::{Identity, TokenRequest};

/// What a request to the broker is for.
#[derive(Debug)]
pub(super) enum Route {
    /// The broker's state and counts.
    Health,
    /// A token, in IMDS's protocol.
    Token(TokenRequest),
    /// A token, in App Service's protocol.
    AppService(TokenRequest),
    /// Anything else, which IMDS answers.
    Other(Relayed),
}

impl Route {
    pub(super) fn of(head: &Head, settings: &BrokerSettings) -> Result<Self, Rejection> {
        check_sender(head, settings)?;
        if head.path == HEALTH {
            ensure(head.method == Method::GET, Rejection::MethodNotAllowed)?;
            return Ok(Self::Health);
        }
        if head.path == app_service::PATH {
            return app_service::request(head, settings).map(Self::AppService);
        }
        ensure(head.is_beneath("/metadata"), Rejection::PathUnknown)?;
        check_metadata(head)?;
        let known = [Method::GET, Method::POST].contains(&head.method);
        ensure(known, Rejection::MethodNotAllowed)?;
        Ok(match token(head) {
            Some(request) => Self::Token(request),
            None => Self::Other(Relayed::of(head)),
        })
    }
}

const HEALTH: &str = "/healthz";

const TOKEN: &str = "/metadata/identity/oauth2/token";

/// The oldest version of the token endpoint that is documented. All later ones answer in the same shape
/// (observed with three).
const OLDEST_VERSION: &str = "2018-02-01";

/// The token that is requested; `None` if the request is not a plain one.
fn token(head: &Head) -> Option<TokenRequest> {
    if head.method != Method::GET || !head.path.eq_ignore_ascii_case(TOKEN) {
        return None;
    }
    let (mut version, mut resource, mut identity) = (None, None, None);
    for (name, value) in head.parameters() {
        let before = match &*name {
            "api-version" => version.replace(value).is_some(),
            "resource" => resource.replace(value).is_some(),
            selector => identity.replace(selected(selector, value)?).is_some(),
        };
        if before {
            return None;
        }
    }
    version.filter(|version| is_known(version))?;
    Some(TokenRequest {
        identity: identity.unwrap_or_default(),
        resource: resource.filter(|resource| !resource.is_empty())?,
    })
}

/// The three selectors that are documented.
fn selected(name: &str, value: String) -> Option<Identity> {
    match name {
        _ if value.is_empty() => None,
        "client_id" => Some(Identity::ClientId(value)),
        "object_id" => Some(Identity::ObjectId(value)),
        "msi_res_id" => Some(Identity::ResourceId(value)),
        _ => None,
    }
}

/// Whether it is a date, not before the oldest version.
fn is_known(version: &str) -> bool {
    let digits = version.bytes().enumerate();
    let is_date = version.len() == OLDEST_VERSION.len()
        && digits.into_iter().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    is_date && version >= OLDEST_VERSION
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn head(target: &str) -> Head {
        Head::of(&Request::get(target).body(()).expect("a valid target"))
    }

    fn plain(query: &str) -> Option<TokenRequest> {
        token(&head(&format!("{TOKEN}?{query}")))
    }

    fn of(identity: Identity) -> TokenRequest {
        let resource = "https://a.example/".to_owned();
        TokenRequest { identity, resource }
    }

    #[test]
    fn reads_every_spelling_of_the_token_path() {
        for path in [
            TOKEN,
            "/metadata/identity/oauth2/token/",
            "//metadata/identity/oauth2/token",
            "/Metadata/identity/OAuth2/token",
            "http://169.254.169.254/metadata/identity/oauth2/token",
        ] {
            let query = "api-version=2018-02-01&resource=https://a.example/";
            let read = token(&head(&format!("{path}?{query}")));
            assert_eq!(read, Some(of(Identity::SystemAssigned)), "{path}");
        }
    }

    #[test]
    fn reads_resource_and_selector_raw_or_encoded() {
        let raw = "resource=https://a.example/&api-version=2019-08-01";
        let encoded = "resource=https%3A%2F%2Fa.example%2F&api-version=2021-02-01";
        for query in [raw, encoded] {
            assert_eq!(plain(query), Some(of(Identity::SystemAssigned)));
            let id = || "i".to_owned();
            for (selector, identity) in [
                ("client_id=i", Identity::ClientId(id())),
                ("object_id=i", Identity::ObjectId(id())),
                ("msi_res_id=i", Identity::ResourceId(id())),
            ] {
                assert_eq!(plain(&format!("{query}&{selector}")), Some(of(identity)));
            }
        }
    }

    #[test]
    fn forwards_requests_with_more_or_fewer_parameters_than_a_plain_one() {
        let query = "api-version=2018-02-01&resource=r";
        for more in [
            "bypass_cache=true",
            "resource=r",
            "client_id=a&object_id=b",
            "client_id=",
            "resource_id=a",
            "xms_cc=cp1",
        ] {
            assert_eq!(plain(&format!("{query}&{more}")), None, "{more}");
        }
        for less in [
            "",
            "resource=r",
            "api-version=2018-02-01",
            "api-version=2018-02-01&resource=",
            "api-version=2017-12-01&resource=r",
            "api-version=latest&resource=r",
            "api-version=2018-02-0x&resource=r",
        ] {
            assert_eq!(plain(less), None, "{less}");
        }
    }
}
