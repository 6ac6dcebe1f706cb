//! Which endpoint of IMDS a request is for, and what it asks of it.

pub(crate) mod attested;
pub(crate) mod endpoint;
pub(crate) mod identity_info;
pub(crate) mod instance;
pub(crate) mod load_balancer;
pub(crate) mod scheduled_events;
pub(crate) mod token;
pub(crate) mod versions;

use std::borrow::Cow;

use http::Method;

use crate::config::VmSettings;
use crate::model::vm::{Request, Selector};
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::guard;
use crate::wire::head::Head;

use endpoint::Endpoint;
use token::TokenQuestion;

/// What a request asks for, in whichever protocol. All flaws were found when it was read, except those that
/// depend on the VM.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question<'a> {
    Token(TokenQuestion<'a>),
    /// Only IMDS has other endpoints.
    Endpoint(Endpoint<'a>),
}

impl<'a> Question<'a> {
    /// A question for a token that may be one that is held.
    pub(crate) fn token(identity: Selector<'a>, resource: impl Into<Cow<'a, str>>) -> Question<'a> {
        Question::Token(TokenQuestion {
            identity,
            resource: resource.into(),
            bypass_cache: false,
        })
    }

    /// The request as the VM takes it.
    pub(crate) fn request(&self) -> Request<'_> {
        match self {
            Question::Token(TokenQuestion {
                identity,
                resource,
                bypass_cache,
            }) => Request::Token {
                identity: *identity,
                resource,
                bypass_cache: *bypass_cache,
            },
            Question::Endpoint(endpoint) => Request::Plain(endpoint.category()),
        }
    }

    /// How it selects an identity.
    pub(crate) fn selector(&self) -> Selector<'_> {
        match self {
            Question::Token(token) => token.identity,
            Question::Endpoint(_) => Selector::Default,
        }
    }
}

/// Reads a request. The path is checked first: libraries send a probe without the `Metadata` header, which
/// must be answered with 400 if the path exists and with 404 if not.
pub(crate) fn read<'a>(head: &'a Head, config: &'a VmSettings) -> Result<Question<'a>, Flaw> {
    let read = reader(head.path()).ok_or(Flaw::PathUnknown)?;
    guard::check(head)?;
    let checks_method = head.path() == scheduled_events::PATH;
    ensure(
        checks_method || head.method == Method::GET,
        Flaw::MethodNotAllowed,
    )?;
    read(head, config)
}

type Reader = for<'a> fn(&'a Head, &'a VmSettings) -> Result<Question<'a>, Flaw>;

fn reader(path: &str) -> Option<Reader> {
    Some(match path {
        token::PATH => |head, config| token::read(head, config).map(Question::Token),
        attested::PATH => |head, _| endpoint(attested::read(head), Endpoint::Attested),
        identity_info::PATH => {
            |head, _| endpoint(identity_info::read(head), |()| Endpoint::IdentityInfo)
        }
        load_balancer::PATH => {
            |head, config| endpoint(load_balancer::read(head, config), Endpoint::LoadBalancer)
        }
        versions::PATH => |_, _| Ok(Question::Endpoint(Endpoint::Versions)),
        path if instance::holds(path) => {
            |head, config| endpoint(instance::read(head, config), Endpoint::Instance)
        }
        scheduled_events::PATH => {
            |head, _| endpoint(scheduled_events::read(head), Endpoint::Events)
        }
        _ => return None,
    })
}

fn endpoint<'a, T>(
    read: Result<T, Flaw>,
    asked: impl FnOnce(T) -> Endpoint<'a>,
) -> Result<Question<'a>, Flaw> {
    read.map(|read| Question::Endpoint(asked(read)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::limit::Category;
    use crate::wire::head::get;

    #[test]
    fn finds_the_path_before_it_checks_the_method() {
        let config = VmSettings::default();
        let mut head = get("/metadata/versions");
        assert_eq!(
            read(&head, &config),
            Ok(Question::Endpoint(Endpoint::Versions))
        );
        for method in [Method::POST, Method::HEAD, Method::OPTIONS] {
            head.method = method;
            assert_eq!(read(&head, &config), Err(Flaw::MethodNotAllowed));
        }
        head.target = get("/metadata/nothing").target;
        assert_eq!(read(&head, &config), Err(Flaw::PathUnknown));
    }

    #[test]
    fn what_is_asked_is_limited_with_the_category_of_its_path() {
        let config = Config::from_toml("c", "[loadbalancer]").unwrap().vm;
        for path in [
            token::PATH,
            identity_info::PATH,
            instance::PATH,
            load_balancer::PATH,
            versions::PATH,
        ] {
            let head = get(&format!("{path}?api-version=2021-02-01&resource=r"));
            let question = read(&head, &config).unwrap();
            let category = match question.request() {
                Request::Token { .. } => Category::Identity,
                Request::Plain(category) => category,
            };
            assert_eq!(category, head.category(), "{path}");
        }
    }

    #[test]
    fn every_endpoint_takes_get_alone() {
        let config = VmSettings::default();
        for path in [
            token::PATH,
            identity_info::PATH,
            instance::PATH,
            "/metadata/instance/compute",
            load_balancer::PATH,
            versions::PATH,
        ] {
            let mut head = get(path);
            head.method = Method::PUT;
            assert_eq!(read(&head, &config), Err(Flaw::MethodNotAllowed), "{path}");
        }
    }

    #[test]
    fn what_only_other_hosts_have_is_not_there() {
        let config = VmSettings::default();
        for path in [
            "/metadata/identity/getplatformmetadata",
            "/metadata/identity/issuecredential",
            "/metadata/thim/amd/certification",
            "/metadata/instances",
            "/latest/meta-data",
        ] {
            for method in [Method::GET, Method::POST] {
                let mut head = get(&format!("{path}?a=1&a=2"));
                head.method = method;
                head.headers.clear();
                assert_eq!(read(&head, &config), Err(Flaw::PathUnknown), "{path}");
            }
        }
    }
}
