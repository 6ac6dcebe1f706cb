//! A subscription with its resources and its readers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::bearer::Claims;
use super::place::{Place, short_id};
use super::refusal::Refusal;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// A GUID.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The tenant it belongs to, a GUID. Tokens of another are refused.
    pub tenant_id: String,
    /// Whether it can be used.
    pub state: State,
    /// The principals that may read it.
    pub readers: Readers,
    /// What is in it; written as how many.
    #[serde(serialize_with = "counted")]
    pub resources: Vec<Arc<Resource>>,
}

/// The state of a subscription, as the real service names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum State {
    /// In use.
    Enabled,
    /// Disabled, and still to be read.
    Disabled,
    /// With a payment due.
    PastDue,
    /// Enabled for a while yet.
    Warned,
    /// About to be deleted.
    Deleted,
}

/// The readers of a subscription: every bearer of a valid token, or principals by client or object id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readers {
    /// Every identity.
    Everyone,
    /// The identities with these client or object ids, in lower case.
    Only(BTreeSet<String>),
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Its name within its group; with that of the resource that it is part of: `server/database`.
    pub name: String,
    /// Its type, such as `Microsoft.Storage/storageAccounts`: one part more than its name has.
    pub kind: String,
    /// The name of its resource group.
    pub group: String,
    /// An Azure region.
    pub location: String,
    /// What else is known of it.
    pub details: Details,
}

/// What else is known of a resource, as Azure's documents name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// By name.
    pub tags: BTreeMap<String, String>,
    /// Which of the forms that its type has, such as `StorageV2`.
    pub kind: Option<String>,
    /// Its price tier and size, such as `{"name":"Standard_LRS"}`.
    pub sku: Option<Map<String, Value>>,
    /// What its provider knows of it, which lists leave out.
    pub properties: Map<String, Value>,
}

impl Subscription {
    /// Its resource groups: those of its resources, in their order.
    pub(super) fn groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        for Resource { group, .. } in self.resources.iter().map(AsRef::as_ref) {
            if !groups.iter().any(|known| known.eq_ignore_ascii_case(group)) {
                groups.push(group.clone());
            }
        }
        groups
    }

    /// The name of a group as it was first written.
    pub(super) fn group(&self, name: &str) -> Result<String, Refusal> {
        let mut resources = self.resources.iter();
        let found = resources.find(|resource| resource.group.eq_ignore_ascii_case(name));
        found
            .map(|resource| resource.group.clone())
            .ok_or_else(|| Refusal::GroupNotFound(name.to_owned()))
    }

    /// The resource of that type and name in that group.
    pub(super) fn resource(&self, place: &Place<'_>) -> Result<Arc<Resource>, Refusal> {
        let group = self.group(place.group.unwrap_or_default())?;
        let Some(wanted) = &place.resource else {
            return Err(Refusal::GroupNotFound(group));
        };
        let is_wanted = |resource: &&Arc<Resource>| {
            resource.group.eq_ignore_ascii_case(&group)
                && resource.kind.eq_ignore_ascii_case(&wanted.kind)
                && resource.name.eq_ignore_ascii_case(&wanted.name)
        };
        let found = self.resources.iter().find(is_wanted).cloned();
        found.ok_or_else(|| Refusal::ResourceNotFound {
            resource: wanted.clone(),
            group,
        })
    }

    /// That the place is there.
    pub(super) fn check(&self, place: &Place<'_>) -> Result<(), Refusal> {
        match (&place.resource, place.group) {
            (Some(_), _) => self.resource(place).map(drop),
            (None, Some(group)) => self.group(group).map(drop),
            (None, None) => Ok(()),
        }
    }

    /// The regions of its resources and further ones, by name.
    pub(super) fn locations(&self, further: &[String]) -> Vec<String> {
        let resources = self.resources.iter().map(|resource| &resource.location);
        let all: BTreeSet<&String> = resources.chain(further).collect();
        all.into_iter().cloned().collect()
    }

    /// The location of a group: that of its first resource.
    pub(crate) fn location_of(&self, group: &str) -> &str {
        let mut resources = self.resources.iter();
        let found = resources.find(|resource| resource.group.eq_ignore_ascii_case(group));
        found.map_or("", |resource| &resource.location)
    }
}

fn counted<S: Serializer>(all: &[Arc<Resource>], serializer: S) -> Result<S::Ok, S::Error> {
    all.len().serialize(serializer)
}

impl Readers {
    pub(super) fn include(&self, claims: &Claims<'_>) -> bool {
        let has = |ids: &BTreeSet<String>, id: &str| ids.contains(&id.to_ascii_lowercase());
        match self {
            Readers::Everyone => true,
            Readers::Only(ids) => has(ids, claims.object_id) || has(ids, claims.client_id),
        }
    }
}

impl Resource {
    /// Its ARM id.
    #[must_use]
    pub fn id(&self, subscription: &Subscription) -> String {
        let Resource {
            name, kind, group, ..
        } = self;
        let (id, short_id) = (&subscription.id, short_id(kind, name));
        format!("/subscriptions/{id}/resourceGroups/{group}/providers/{short_id}")
    }
}
