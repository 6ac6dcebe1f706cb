//! `GET /metadata/identity/oauth2/token`: an access token for one of the VM's identities.

mod body;
pub(crate) mod denial;
mod latest_body;

use std::borrow::Cow;

use super::versions;
use crate::config::VmSettings;
use crate::model::vm::Selector;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;

pub(crate) use body::Body;
pub(crate) use latest_body::LatestBody;

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/identity/oauth2/token";

/// The first version that has tokens (documented).
const FIRST_VERSION: &str = "2018-02-01";

/// A way to say which identity is meant, given an id.
pub(crate) type Select = fn(&str) -> Selector<'_>;

/// The spellings in use. `client_id`, `object_id` and `msi_res_id` are documented; some clients send
/// `mi_res_id` or `resource_id` (assumed to mean the same).
const SELECTORS: [(&str, Select); 5] = [
    ("client_id", |id| Selector::ClientId(id)),
    ("object_id", |id| Selector::ObjectId(id)),
    ("msi_res_id", |id| Selector::ResourceId(id)),
    ("mi_res_id", |id| Selector::ResourceId(id)),
    ("resource_id", |id| Selector::ResourceId(id)),
];

/// One client sends it; whether the service supports it is unknown, so a setting says whether it means the
/// same as `object_id` or is ignored.
const PRINCIPAL_ID: &str = "principal_id";

/// What a request for a token asks for, in whichever protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenQuestion<'a> {
    pub(crate) identity: Selector<'a>,
    /// The audience.
    pub(crate) resource: Cow<'a, str>,
    /// Whether Entra is to be asked although a token is held. Only IMDS can be asked for that.
    pub(crate) bypass_cache: bool,
}

pub(super) fn read<'a>(head: &'a Head, config: &'a VmSettings) -> Result<TokenQuestion<'a>, Flaw> {
    versions::asked(head, FIRST_VERSION)?;
    Ok(TokenQuestion {
        resource: Cow::Borrowed(resource(head)?),
        bypass_cache: bypass_cache(head)?,
        identity: selector(head, config.wire.accept_principal_id)?,
    })
}

/// The only value in the published API description is `true`; that others are refused is assumed.
fn bypass_cache(head: &Head) -> Result<bool, Flaw> {
    const NAME: &str = "bypass_cache";
    match head.parameter(NAME) {
        None => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Flaw::ValueNotAllowed(NAME)),
    }
}

/// The audience, which must be there and say something.
pub(crate) fn resource(head: &Head) -> Result<&str, Flaw> {
    let resource = head.parameter("resource");
    resource
        .filter(|resource| !resource.is_empty())
        .ok_or(Flaw::ResourceMissing)
}

/// At most one selector: they exclude each other in the published API description; what the service
/// answers to two is unknown.
pub(crate) fn selector(head: &Head, accept_principal_id: bool) -> Result<Selector<'_>, Flaw> {
    let principal_id: [(&str, Select); 1] = [(PRINCIPAL_ID, |id| Selector::ObjectId(id))];
    let principal_id = principal_id.iter().filter(|_| accept_principal_id);
    let named = named(head, SELECTORS.iter().chain(principal_id))?;
    Ok(named.unwrap_or(Selector::Default))
}

/// The identity that a request names in one of these spellings, if it names any.
pub(crate) fn named<'a, 's>(
    head: &'a Head,
    spellings: impl IntoIterator<Item = &'s (&'s str, Select)>,
) -> Result<Option<Selector<'a>>, Flaw> {
    let mut given = spellings
        .into_iter()
        .filter_map(|(name, select)| head.parameter(name).map(select));
    let first = given.next();
    ensure(given.next().is_none(), Flaw::SelectorsMixed)?;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::wire::head::get;

    fn read_with(query: &str, config: &str) -> Result<TokenQuestion<'static>, Flaw> {
        let head = Box::leak(Box::new(get(&format!("{PATH}?{query}"))));
        let config = Box::leak(Box::new(Config::from_toml("c", config).unwrap().vm));
        read(head, config)
    }

    fn read_query(query: &str) -> Result<TokenQuestion<'static>, Flaw> {
        read_with(query, "")
    }

    #[test]
    fn keeps_the_resource_as_it_was_sent() {
        for resource in ["https://vault.azure.net/", "https://vault.azure.net", "a+b"] {
            let encoded: String = form_urlencoded::byte_serialize(resource.as_bytes()).collect();
            let ask = read_query(&format!("api-version=2018-02-01&resource={encoded}"));
            assert_eq!(
                ask,
                Ok(TokenQuestion {
                    identity: Selector::Default,
                    resource: resource.into(),
                    bypass_cache: false
                })
            );
        }
    }

    #[test]
    fn checks_the_version_before_the_resource_before_the_rest() {
        let two = "client_id=a&object_id=b";
        assert_eq!(read_query(two), Err(Flaw::VersionInvalid));
        assert_eq!(
            read_query(&format!("api-version=2017-12-01&{two}")),
            Err(Flaw::VersionInvalid)
        );
        let version = "api-version=2019-08-01";
        assert_eq!(
            read_query(&format!("{version}&resource=&{two}")),
            Err(Flaw::ResourceMissing)
        );
        let mixed = read_query(&format!("{version}&resource=r&{two}"));
        assert_eq!(mixed, Err(Flaw::SelectorsMixed));
    }

    fn asked(query: &str, config: &str) -> TokenQuestion<'static> {
        read_with(
            &format!("api-version=2018-02-01&resource=r&{query}"),
            config,
        )
        .unwrap()
    }

    #[test]
    fn knows_the_spellings_in_use_and_ignores_the_rest() {
        let identity = |name: &str| asked(&format!("{name}=x"), "").identity;
        assert_eq!(identity("client_id"), Selector::ClientId("x"));
        assert_eq!(identity("object_id"), Selector::ObjectId("x"));
        for spelling in ["msi_res_id", "mi_res_id", "resource_id"] {
            assert_eq!(identity(spelling), Selector::ResourceId("x"));
        }
        assert_eq!(identity("principal_id"), Selector::Default);
        assert_eq!(identity("authority"), Selector::Default);
    }

    #[test]
    fn takes_a_principal_id_if_set_so() {
        let config = "wire.accept_principal_id = true";
        assert_eq!(
            asked("principal_id=x", config).identity,
            Selector::ObjectId("x")
        );
        let two = "api-version=2018-02-01&resource=r&principal_id=x&object_id=x";
        assert_eq!(read_with(two, config), Err(Flaw::SelectorsMixed));
    }

    #[test]
    fn the_cache_is_bypassed_with_the_one_value_there_is() {
        assert!(asked("bypass_cache=true", "").bypass_cache);
        for other in ["false", "True", "1", ""] {
            let query = format!("api-version=2018-02-01&resource=r&bypass_cache={other}");
            let flaw = Flaw::ValueNotAllowed("bypass_cache");
            assert_eq!(read_query(&query), Err(flaw), "{other}");
        }
    }
}
