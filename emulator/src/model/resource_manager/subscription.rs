//! A subscription with its resources and its readers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use super::bearer::Claims;
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
    /// Its name within its group.
    pub name: String,
    /// Its type, such as `Microsoft.Storage/storageAccounts`.
    pub kind: String,
    /// The name of its resource group.
    pub group: String,
    /// An Azure region.
    pub location: String,
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
        let id = &subscription.id;
        format!("/subscriptions/{id}/resourceGroups/{group}/providers/{kind}/{name}")
    }
}
