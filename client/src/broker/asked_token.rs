//! A request for a token as a client of the broker sent it: known by all its parameters, and forwarded as it came.

use std::cmp::Ordering;

use rand::Rng;

use super::head::Head;
use crate::wire::{Identity, ImdsRequest, Request, Token, TokenQuery, TokenRequest, Unreadable};

/// A request for a token that may be answered from memory.
///
/// Requests are equal if they have the same parameters with the same values, whether the broker knows them or not,
/// in whatever order and encoding. IMDS is sent the first of them as it came.
#[derive(Debug, Clone)]
pub struct AskedToken {
    /// Names and values, decoded, in the order of the names.
    parameters: Vec<(String, String)>,
    /// Path and query as the client sent them.
    target: String,
    /// The service that the token is for, as the client wrote it.
    pub(super) resource: String,
    /// What this crate's own client would ask for, if that is all that is asked for.
    plain: Option<TokenRequest>,
}

/// The oldest version of the token endpoint that is documented, which this crate's client sends. All later ones
/// answer in the same shape (observed with three).
const OLDEST_VERSION: &str = "2018-02-01";

/// Parameters that ask for a new token instead of a kept one: of IMDS (documented), and of MSAL, which sends the
/// other two after a service has refused the token (read in its source).
const FRESH: [&str; 3] = ["bypass_cache", "claims", "token_sha256_to_refresh"];

impl AskedToken {
    /// The token that is asked for at the token endpoint; `None` if no kept answer is what this request wants, or if
    /// IMDS's error is.
    pub(super) fn of(head: &Head) -> Option<Self> {
        let parameters = sorted(head.parameters());
        let is_named_twice = parameters.windows(2).any(|pair| pair[0].0 == pair[1].0);
        let wants_new = parameters
            .iter()
            .any(|(name, value)| is_for_new(name, value));
        if is_named_twice || wants_new {
            return None;
        }
        let value = |wanted| parameters.iter().find(|(name, _)| name == wanted);
        value("api-version").filter(|(_, version)| is_known(version))?;
        let (_, resource) = value("resource").filter(|(_, resource)| !resource.is_empty())?;
        Some(Self {
            plain: plain(&parameters, resource),
            resource: resource.clone(),
            target: head.target(),
            parameters,
        })
    }
}

impl From<TokenRequest> for AskedToken {
    fn from(request: TokenRequest) -> Self {
        let target = request.target();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let parameters = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self {
            parameters: sorted(parameters),
            target,
            resource: request.resource.clone(),
            plain: Some(request),
        }
    }
}

impl ImdsRequest for AskedToken {
    type Reply = Token;
    const WANTED: &'static str = TokenRequest::WANTED;

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        Request::get(self.target.clone(), rng)
    }

    fn read(&self, body: &[u8]) -> Result<Token, Unreadable> {
        Token::read(body)
    }
}

impl TokenQuery for AskedToken {
    /// A plain request shares its key with this crate's client, which reads the same files.
    fn key(&self) -> String {
        let all = || format!("{:?}", self.parameters);
        self.plain.as_ref().map_or_else(all, TokenQuery::key)
    }
}

impl Ord for AskedToken {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parameters.cmp(&other.parameters)
    }
}

impl PartialOrd for AskedToken {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for AskedToken {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for AskedToken {}

fn sorted(parameters: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut parameters: Vec<_> = parameters.collect();
    parameters.sort();
    parameters
}

fn is_for_new(name: &str, value: &str) -> bool {
    let is_named = FRESH.iter().any(|fresh| fresh.eq_ignore_ascii_case(name));
    is_named && !value.eq_ignore_ascii_case("false")
}

/// The same request by this crate's client; `None` if that cannot send these parameters.
fn plain(parameters: &[(String, String)], resource: &str) -> Option<TokenRequest> {
    let mut identity = None;
    for (name, value) in parameters {
        let is_sent_alike = name == "api-version" && value == OLDEST_VERSION;
        if is_sent_alike || name == "resource" {
            continue;
        }
        let selected = selector(name)?;
        let before = identity.replace(selected(value.clone()));
        if value.is_empty() || before.is_some() {
            return None;
        }
    }
    Some(TokenRequest {
        identity: identity.unwrap_or_default(),
        resource: resource.to_owned(),
    })
}

/// The identity that a documented selector makes of its value.
fn selector(name: &str) -> Option<fn(String) -> Identity> {
    match name {
        "client_id" => Some(Identity::ClientId),
        "object_id" => Some(Identity::ObjectId),
        "msi_res_id" => Some(Identity::ResourceId),
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

    const PLAIN: &str = "api-version=2018-02-01&resource=https://a.example/";

    fn asked(query: &str) -> Option<AskedToken> {
        let target = format!("/metadata/identity/oauth2/token?{query}");
        AskedToken::of(&Head::of(&Request::get(target).body(()).expect("a target")))
    }

    fn known(query: &str) -> AskedToken {
        asked(query).expect(query)
    }

    #[test]
    fn requests_that_differ_in_any_parameter_are_for_different_tokens() {
        let mut all: Vec<AskedToken> = [
            "",
            "&client_id=",
            "&client_id=i",
            "&client_id=j",
            "&object_id=i",
            "&msi_res_id=i",
            "&mi_res_id=i",
            "&resource_id=i",
            "&client_id=i&object_id=i",
            "&authority=https://login.microsoftonline.com/one",
            "&authority=https://login.microsoftonline.com/other",
            "&bypass_cache=false",
            "&xms_cc=cp1",
            "&unknown=",
        ]
        .map(|more| known(&format!("{PLAIN}{more}")))
        .into();
        all.push(known(&PLAIN.replace("2018-02-01", "2019-08-01")));
        all.push(known(&PLAIN.replace("a.example/", "a.example")));
        let mut keys: Vec<String> = all.iter().map(TokenQuery::key).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        keys.sort();
        keys.dedup();
        assert_eq!((all.len(), keys.len()), (count, count));
    }

    #[test]
    fn order_and_encoding_make_no_other_token_and_are_sent_as_they_came() {
        let other = "client_id=i&resource=https%3A%2F%2Fa.example%2F&api-version=2018-02-01";
        let (one, other) = (known(&format!("{PLAIN}&client_id=i")), known(other));
        assert_eq!(one, other);
        assert_eq!(one.key(), other.key());
        assert!(
            other.target.ends_with(
                "?client_id=i&resource=https%3A%2F%2Fa.example%2F&api-version=2018-02-01"
            )
        );
    }

    #[test]
    fn what_this_crates_client_asks_for_has_that_clients_key() {
        let id = || "i".to_owned();
        for (more, identity) in [
            ("", Identity::SystemAssigned),
            ("&client_id=i", Identity::ClientId(id())),
            ("&object_id=i", Identity::ObjectId(id())),
            ("&msi_res_id=i", Identity::ResourceId(id())),
        ] {
            let resource = "https://a.example/".to_owned();
            let plain = TokenRequest { identity, resource };
            let asked = known(&format!("{PLAIN}{more}"));
            assert_eq!(asked.key(), plain.key());
            assert_eq!(asked, AskedToken::from(plain));
        }
    }

    #[test]
    fn what_wants_a_new_token_or_an_error_is_not_answered_from_memory() {
        for query in [
            &*format!("{PLAIN}&bypass_cache=true"),
            &format!("{PLAIN}&Bypass_Cache=1"),
            &format!("{PLAIN}&claims={{}}"),
            &format!("{PLAIN}&token_sha256_to_refresh=ab"),
            &format!("{PLAIN}&resource=r"),
            "",
            "resource=r",
            "api-version=2018-02-01",
            "api-version=2018-02-01&resource=",
            "api-version=2017-12-01&resource=r",
            "api-version=latest&resource=r",
            "api-version=2018-02-0x&resource=r",
        ] {
            assert_eq!(asked(query), None, "{query}");
        }
    }
}
