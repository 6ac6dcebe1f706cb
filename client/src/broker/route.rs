//! What a request is for, decided by its path, query and headers alone.

use http::Method;

use super::app_service;
use super::asked_token::AskedToken;
use super::guard::{Rejection, check_metadata, check_sender, ensure};
use super::head::Head;
use super::relay::Relayed;
use super::settings::BrokerSettings;

/// What a request to the broker is for.
#[derive(Debug)]
pub(super) enum Route {
    /// The broker's state and counts.
    Health,
    /// A token, in IMDS's protocol.
    Token(AskedToken),
    /// A token, in App Service's protocol.
    AppService(AskedToken),
    /// Anything else, which IMDS answers.
    Other(Relayed),
}

impl Route {
    pub(super) fn of(head: &Head, settings: &BrokerSettings) -> Result<Self, Rejection> {
        check_sender(head, settings)?;
        ensure(!head.climbs, Rejection::PathClimbs)?;
        if head.path == HEALTH {
            ensure(head.method == Method::GET, Rejection::MethodNotAllowed)?;
            return Ok(Self::Health);
        }
        if head.path == app_service::PATH {
            return app_service::request(head, settings)
                .map(|request| Self::AppService(request.into()));
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

/// The token that is asked for; `None` if IMDS is to answer.
fn token(head: &Head) -> Option<AskedToken> {
    let is_token = head.method == Method::GET && head.path.eq_ignore_ascii_case(TOKEN);
    is_token.then(|| AskedToken::of(head)).flatten()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn reads_every_spelling_of_the_token_path() {
        for path in [
            TOKEN,
            "/metadata/identity/oauth2/token/",
            "//metadata/identity/oauth2/token",
            "/Metadata/identity/OAuth2/token",
            "http://169.254.169.254/metadata/identity/oauth2/token",
        ] {
            let target = format!("{path}?api-version=2018-02-01&resource=https://a.example/");
            let request = Request::get(target).body(()).expect("a valid target");
            let read = token(&Head::of(&request)).map(|asked| asked.resource);
            assert_eq!(read.as_deref(), Some("https://a.example/"), "{path}");
        }
    }
}
