//! Which endpoint a request is for, and what it asks of it.

pub(crate) mod attested;
pub(crate) mod identity_info;
pub(crate) mod instance;
pub(crate) mod load_balancer;
pub(crate) mod scheduled_events;
pub(crate) mod token;
pub(crate) mod versions;

use http::Method;

use crate::config::VmSettings;
use crate::model::limit::Category;
use crate::model::load_balancer::LoadBalancer;
use crate::model::vm::{Request, Selector};
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::guard;
use crate::wire::head::Head;
use crate::wire::reply::Answer;

/// What is asked. Whatever can be wrong with a question was found when it was read: an answer follows
/// once the VM has served it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ask<'a> {
    Token(token::Ask<'a>),
    IdentityInfo,
    Instance(instance::Ask),
    LoadBalancer(&'a LoadBalancer),
    Versions,
    Attested(attested::Ask<'a>),
    Events(scheduled_events::Ask<'a>),
}

impl Ask<'_> {
    /// What the VM needs to know of it.
    pub(crate) fn request(&self) -> Request<'_> {
        match *self {
            Ask::Token(token::Ask {
                identity,
                resource,
                bypass_cache,
            }) => Request::Token {
                identity,
                resource,
                bypass_cache,
            },
            Ask::IdentityInfo => Request::Plain(Category::Identity),
            Ask::Instance(_)
            | Ask::LoadBalancer(_)
            | Ask::Versions
            | Ask::Attested(_)
            | Ask::Events(_) => Request::Plain(Category::Other),
        }
    }

    /// How it says which identity it means.
    pub(crate) fn selector(&self) -> Selector<'_> {
        match self {
            Ask::Token(ask) => ask.identity,
            _ => Selector::Default,
        }
    }

    /// The answer to what neither keys nor the VM's state are needed for.
    pub(crate) fn answer(&self, config: &VmSettings, request_id: &str) -> Answer {
        match self {
            Ask::IdentityInfo => identity_info::answer(&config.tenant_id, request_id),
            Ask::Instance(ask) => ask.answer(request_id),
            Ask::LoadBalancer(load_balancer) => load_balancer::answer(load_balancer, request_id),
            Ask::Versions => versions::answer(request_id),
            Ask::Token(_) | Ask::Attested(_) | Ask::Events(_) => {
                unreachable!("the service answers what it has the keys or the state for")
            }
        }
    }
}

/// Reads a request. Whether its path is there is asked before all else: libraries send a probe without the
/// `Metadata` header and take a 400 for a yes, a 404 for a no.
pub(crate) fn read<'a>(head: &'a Head, config: &'a VmSettings) -> Result<Ask<'a>, Flaw> {
    let read = reader(head.path()).ok_or(Flaw::PathUnknown)?;
    guard::check(head)?;
    let minds_itself = head.path() == scheduled_events::PATH;
    ensure(
        minds_itself || head.method == Method::GET,
        Flaw::MethodNotAllowed,
    )?;
    read(head, config)
}

type Reader = for<'a> fn(&'a Head, &'a VmSettings) -> Result<Ask<'a>, Flaw>;

fn reader(path: &str) -> Option<Reader> {
    let read: Reader = match path {
        attested::PATH => |head, _| attested::read(head).map(Ask::Attested),
        token::PATH => |head, config| token::read(head, config).map(Ask::Token),
        identity_info::PATH => |head, _| identity_info::read(head).map(|()| Ask::IdentityInfo),
        load_balancer::PATH => |head, config| {
            let read = load_balancer::read(head, config);
            read.map(Ask::LoadBalancer)
        },
        versions::PATH => |_, _| Ok(Ask::Versions),
        path if instance::holds(path) => {
            |head, config| instance::read(head, config).map(Ask::Instance)
        }
        scheduled_events::PATH => |head, _| scheduled_events::read(head).map(Ask::Events),
        _ => return None,
    };
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::wire::head::get;

    #[test]
    fn finds_the_path_before_it_minds_the_method() {
        let config = VmSettings::default();
        let mut head = get("/metadata/versions");
        assert_eq!(read(&head, &config), Ok(Ask::Versions));
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
            let ask = read(&head, &config).unwrap();
            let category = match ask.request() {
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
