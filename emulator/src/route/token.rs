//! `GET /metadata/identity/oauth2/token`: an access token for one of the VM's identities.

use super::{Ask, versions};
use crate::guard::{Flaw, ensure};
use crate::head::Head;
use crate::vm::Selector;

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/identity/oauth2/token";

/// The first version that has tokens (documented).
const FIRST_VERSION: &str = "2018-02-01";

/// A way to say which identity is meant, given an id.
type Select = fn(&str) -> Selector<'_>;

/// The spellings in use. `client_id`, `object_id` and `msi_res_id` are documented; some clients send
/// `mi_res_id` or `resource_id` (assumed to mean the same). Whether the service knows `principal_id`
/// is unknown; here it is ignored, as every other parameter is.
const SELECTORS: [(&str, Select); 5] = [
    ("client_id", |id| Selector::ClientId(id)),
    ("object_id", |id| Selector::ObjectId(id)),
    ("msi_res_id", |id| Selector::ResourceId(id)),
    ("mi_res_id", |id| Selector::ResourceId(id)),
    ("resource_id", |id| Selector::ResourceId(id)),
];

pub(super) fn read(head: &Head) -> Result<Ask<'_>, Flaw> {
    version(head)?;
    let resource = resource(head)?;
    let identity = selector(head)?;
    Ok(Ask::Token { identity, resource })
}

/// Which versions the service takes for tokens is documented only as "2018-02-01 or later"; that it
/// refuses dates that are no version is assumed.
fn version(head: &Head) -> Result<(), Flaw> {
    let version = head.parameter("api-version").ok_or(Flaw::VersionInvalid)?;
    let known = version >= FIRST_VERSION && versions::ALL.contains(&version);
    ensure(known, Flaw::VersionInvalid)
}

fn resource(head: &Head) -> Result<&str, Flaw> {
    let resource = head.parameter("resource");
    resource
        .filter(|resource| !resource.is_empty())
        .ok_or(Flaw::ResourceMissing)
}

/// At most one selector: they exclude each other in the published API description; what the service
/// answers to two is unknown.
fn selector(head: &Head) -> Result<Selector<'_>, Flaw> {
    let mut given = SELECTORS
        .iter()
        .filter_map(|(name, select)| head.parameter(name).map(select));
    match (given.next(), given.next()) {
        (None, _) => Ok(Selector::Default),
        (Some(selector), None) => Ok(selector),
        (Some(_), Some(_)) => Err(Flaw::SelectorsMixed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::get;

    fn read_query(query: &str) -> Result<Ask<'static>, Flaw> {
        let head = Box::leak(Box::new(get(&format!("{PATH}?{query}"))));
        read(head)
    }

    #[test]
    fn keeps_the_resource_as_it_was_sent() {
        for resource in ["https://vault.azure.net/", "https://vault.azure.net", "a+b"] {
            let encoded: String = form_urlencoded::byte_serialize(resource.as_bytes()).collect();
            let request = read_query(&format!("api-version=2018-02-01&resource={encoded}"));
            assert_eq!(
                request,
                Ok(Ask::Token {
                    identity: Selector::Default,
                    resource
                })
            );
        }
    }

    #[test]
    fn minds_the_version_before_the_resource_before_the_selectors() {
        let two = "client_id=a&object_id=b";
        assert_eq!(read_query(two), Err(Flaw::VersionInvalid));
        assert_eq!(
            read_query(&format!("api-version=2017-12-01&{two}")),
            Err(Flaw::VersionInvalid)
        );
        assert_eq!(
            read_query(&format!("api-version=2019-08-02&{two}")),
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

    #[test]
    fn knows_the_spellings_in_use_and_ignores_the_rest() {
        let identity = |query: &str| {
            let request = read_query(&format!("api-version=2018-02-01&resource=r&{query}=x"));
            match request {
                Ok(Ask::Token { identity, .. }) => identity,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(identity("client_id"), Selector::ClientId("x"));
        assert_eq!(identity("object_id"), Selector::ObjectId("x"));
        for spelling in ["msi_res_id", "mi_res_id", "resource_id"] {
            assert_eq!(identity(spelling), Selector::ResourceId("x"));
        }
        assert_eq!(identity("principal_id"), Selector::Default);
        assert_eq!(identity("bypass_cache"), Selector::Default);
    }
}
