//! What follows from a subscription's resources and readers: its tags, providers, regions and roles.

use std::collections::{BTreeMap, BTreeSet};

use super::subscription::{Readers, Resource, Subscription};
use crate::model::identity::derived_guid;

/// A tag in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagName {
    /// As it was first written; names compare without case (documented).
    pub name: String,
    /// Its values, which compare with case (documented), and how many resources have each.
    pub values: BTreeMap<String, usize>,
}

/// A resource provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Such as `Microsoft.Storage`.
    pub namespace: String,
    /// Its types.
    pub kinds: Vec<ProviderKind>,
}

/// One of a provider's types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderKind {
    /// Without the provider: `storageAccounts`.
    pub name: String,
    /// The regions where it is to be had.
    pub locations: BTreeSet<String>,
}

/// That a principal may read a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAssignment {
    /// A GUID.
    pub name: String,
    /// Whose it is: an object id.
    pub principal_id: String,
    /// The subscription's id.
    pub subscription_id: String,
}

/// The types that the stub serves beside those of its resources.
const OWN: [(&str, &str); 5] = [
    ("Microsoft.Authorization", "roleAssignments"),
    ("Microsoft.Authorization", "roleDefinitions"),
    ("Microsoft.Resources", "resourceGroups"),
    ("Microsoft.Resources", "subscriptions"),
    ("Microsoft.Resources", "tags"),
];

/// The tags of some resources, by name.
pub(super) fn tag_names(subscription: &Subscription) -> Vec<TagName> {
    let mut found: BTreeMap<String, TagName> = BTreeMap::new();
    let resources = subscription.resources.iter();
    for (name, value) in resources.flat_map(|resource| &resource.details.tags) {
        let tag = found.entry(name.to_ascii_lowercase());
        let tag = tag.or_insert_with(|| TagName {
            name: name.clone(),
            values: BTreeMap::new(),
        });
        *tag.values.entry(value.clone()).or_default() += 1;
    }
    found.into_values().collect()
}

/// The providers of what is there, and of what the stub serves itself, by name.
pub(super) fn providers<'a>(
    subscriptions: impl Iterator<Item = &'a Subscription>,
) -> Vec<Provider> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (namespace, kind) in OWN {
        note(&mut found, namespace, kind, None);
    }
    let resources = subscriptions.flat_map(|subscription| &subscription.resources);
    for Resource { kind, location, .. } in resources.map(AsRef::as_ref) {
        let (namespace, kind) = kind.split_once('/').unwrap_or((kind, ""));
        note(&mut found, namespace, kind, Some(location));
    }
    let made = |found: Found| Provider {
        namespace: found.namespace,
        kinds: found.kinds.into_values().collect(),
    };
    found.into_values().map(made).collect()
}

/// A provider with its types, by their names in lower case.
struct Found {
    namespace: String,
    kinds: BTreeMap<String, ProviderKind>,
}

fn note(
    found: &mut BTreeMap<String, Found>,
    namespace: &str,
    kind: &str,
    location: Option<&String>,
) {
    let provider = found.entry(namespace.to_ascii_lowercase());
    let provider = provider.or_insert_with(|| Found {
        namespace: namespace.to_owned(),
        kinds: BTreeMap::new(),
    });
    let kinds = provider.kinds.entry(kind.to_ascii_lowercase());
    let kind = kinds.or_insert_with(|| ProviderKind {
        name: kind.to_owned(),
        locations: BTreeSet::new(),
    });
    kind.locations.extend(location.cloned());
}

/// One for each of the readers that are named; none where everyone may read.
pub(super) fn role_assignments(
    subscription: &Subscription,
    principal: Option<&str>,
) -> Vec<RoleAssignment> {
    let Readers::Only(readers) = &subscription.readers else {
        return Vec::new();
    };
    let is_meant =
        |id: &&String| principal.is_none_or(|principal| id.eq_ignore_ascii_case(principal));
    let assignment = |id: &String| RoleAssignment {
        name: derived_guid(&["role-assignment", &subscription.id, id]),
        principal_id: id.clone(),
        subscription_id: subscription.id.clone(),
    };
    readers.iter().filter(is_meant).map(assignment).collect()
}
