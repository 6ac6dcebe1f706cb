//! The managed identities of a VM, and which of them a request means.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::Builder;

use crate::model::audience::Audience;

/// One managed identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// What the configuration calls it; [`Identity::SYSTEM`] for the system-assigned one.
    pub name: String,
    /// The application's id, a GUID; the `appid` of its tokens.
    pub client_id: String,
    /// The service principal's id, a GUID; the `oid` of its tokens.
    pub object_id: String,
    /// The ARM id: of the identity if it is user-assigned, of the VM if it is system-assigned.
    pub resource_id: String,
    /// Its kind.
    pub kind: Kind,
    /// The only resources it may have tokens for; all when `None`.
    pub resources: Option<Vec<Audience>>,
}

impl Identity {
    /// The name of the system-assigned identity.
    pub const SYSTEM: &'static str = "system";

    /// Whether it is the VM's own.
    #[must_use]
    pub fn is_system_assigned(&self) -> bool {
        self.kind == Kind::SystemAssigned
    }

    fn is_meant_by(&self, selector: Selector<'_>) -> bool {
        match selector {
            Selector::Default => false,
            Selector::ClientId(id) => self.client_id.eq_ignore_ascii_case(id),
            Selector::ObjectId(id) => self.object_id.eq_ignore_ascii_case(id),
            Selector::ResourceId(id) => {
                self.kind == Kind::UserAssigned && self.resource_id.eq_ignore_ascii_case(id)
            }
        }
    }
}

/// The kind of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The VM's own.
    SystemAssigned,
    /// A resource of its own, assigned to the VM.
    UserAssigned,
}

/// How a request selects an identity.
///
/// GUIDs and ARM ids compare without case (assumed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'a> {
    /// No selector.
    Default,
    /// By the application's id.
    ClientId(&'a str),
    /// By the service principal's id.
    ObjectId(&'a str),
    /// By the ARM id of a user-assigned identity.
    ResourceId(&'a str),
}

/// Why no identity could be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// No identity is assigned, or not the one that was selected.
    IdentityNotFound,
    /// Several are assigned, and the request selects none.
    SeveralIdentities,
}

/// The identities assigned to one VM: at most one system-assigned, any number of others, no two with
/// the same name or id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Identities(#[serde(serialize_with = "each")] Vec<Arc<Identity>>);

impl Identities {
    pub(crate) fn new(identities: impl IntoIterator<Item = Identity>) -> Identities {
        Identities(identities.into_iter().map(Arc::new).collect())
    }

    /// All of them, the system-assigned one first.
    pub fn iter(&self) -> impl Iterator<Item = &Identity> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The identity of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Identity> {
        self.iter().find(|identity| identity.name == name)
    }

    /// The identity that a request selects. Without a selector that is the system-assigned one if there is
    /// one, else the only user-assigned one (documented).
    ///
    /// # Errors
    /// When there is none, or several and no selector.
    pub fn select(&self, selector: Selector<'_>) -> Result<&Arc<Identity>, Rejection> {
        if selector == Selector::Default {
            return self.default_identity();
        }
        let mut all = self.0.iter();
        all.find(|identity| identity.is_meant_by(selector))
            .ok_or(Rejection::IdentityNotFound)
    }

    fn default_identity(&self) -> Result<&Arc<Identity>, Rejection> {
        let system = self
            .0
            .iter()
            .find(|identity| identity.kind == Kind::SystemAssigned);
        match (system, self.0.as_slice()) {
            (Some(identity), _) | (None, [identity]) => Ok(identity),
            (None, []) => Err(Rejection::IdentityNotFound),
            (None, _) => Err(Rejection::SeveralIdentities),
        }
    }
}

fn each<S: Serializer>(identities: &[Arc<Identity>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(identities.iter().map(AsRef::as_ref))
}

/// A GUID that follows from its parts: the same parts always give the same one.
pub(crate) fn derived_guid(parts: &[&str]) -> String {
    let digest: [u8; 32] = Sha256::digest(parts.join("/")).into();
    let [first, _] = digest.as_chunks().0 else {
        unreachable!("32 bytes are two times 16")
    };
    Builder::from_random_bytes(*first).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(kind: Kind, name: &str) -> Identity {
        Identity {
            name: name.to_owned(),
            client_id: derived_guid(&["client", name]),
            object_id: derived_guid(&["object", name]),
            resource_id: format!("/subscriptions/s/{name}"),
            kind,
            resources: None,
        }
    }

    fn identities(system: bool, users: &[&str]) -> Identities {
        let own = system.then(|| identity(Kind::SystemAssigned, Identity::SYSTEM));
        let users = users.iter().map(|name| identity(Kind::UserAssigned, name));
        Identities::new(own.into_iter().chain(users))
    }

    fn selected<'a>(
        identities: &'a Identities,
        selector: Selector<'_>,
    ) -> Result<&'a str, Rejection> {
        identities
            .select(selector)
            .map(|identity| identity.name.as_str())
    }

    #[test]
    fn prefers_the_system_assigned_then_the_only_one() {
        let default = |system, users| {
            let identities = identities(system, users);
            selected(&identities, Selector::Default).map(str::to_owned)
        };
        assert_eq!(default(true, &["a", "b"]), Ok("system".to_owned()));
        assert_eq!(default(false, &["a"]), Ok("a".to_owned()));
        assert_eq!(
            default(false, &["a", "b"]),
            Err(Rejection::SeveralIdentities)
        );
        assert_eq!(default(false, &[]), Err(Rejection::IdentityNotFound));
    }

    #[test]
    fn finds_by_each_id_whatever_its_case() {
        let all = identities(true, &["a", "b"]);
        let b = all.named("b").unwrap();
        let upper = |id: &str| id.to_ascii_uppercase();
        let (client, object) = (upper(&b.client_id), upper(&b.object_id));
        let resource = upper(&b.resource_id);
        for selector in [
            Selector::ClientId(&client),
            Selector::ObjectId(&object),
            Selector::ResourceId(&resource),
        ] {
            assert_eq!(selected(&all, selector), Ok("b"));
        }
        assert_eq!(
            selected(&all, Selector::ClientId(&object)),
            Err(Rejection::IdentityNotFound)
        );
    }

    #[test]
    fn the_system_assigned_has_a_client_id_but_no_resource_of_its_own() {
        let all = identities(true, &[]);
        let system = all.named(Identity::SYSTEM).unwrap();
        assert_eq!(
            selected(&all, Selector::ClientId(&system.client_id)),
            Ok("system")
        );
        let by_resource = selected(&all, Selector::ResourceId(&system.resource_id));
        assert_eq!(by_resource, Err(Rejection::IdentityNotFound));
    }
}
