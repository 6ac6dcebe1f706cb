//! What can be asked of Resource Manager.

use std::borrow::Cow;

use super::bearer::Bearer;
use super::filter::Filter;
use super::place::Place;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// What is asked for.
    pub operation: Operation<'a>,
    /// The sender, as far as it is proved.
    pub bearer: Bearer<'a>,
}

/// What is asked for. Ids and names compare without case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    /// `GET /tenants`
    Tenants,
    /// `GET /subscriptions`
    Subscriptions,
    /// `GET /subscriptions/{id}`
    Subscription(&'a str),
    /// `GET /subscriptions/{id}/resourcegroups`
    Groups(&'a str),
    /// `GET /subscriptions/{id}/resourcegroups/{name}`
    Group(&'a str, &'a str),
    /// `GET /subscriptions/{id}/resources`, or `…/resourcegroups/{name}/resources`
    Resources(Listing<'a>),
    /// `GET {resource}`
    Resource(Place<'a>),
    /// `GET /subscriptions/{id}/locations`
    Locations(&'a str),
    /// `GET /subscriptions/{id}/tagNames`
    TagNames(&'a str),
    /// `GET {place}/providers/Microsoft.Resources/tags/default`
    Tags(Place<'a>),
    /// `GET /providers`, or `/subscriptions/{id}/providers`
    Providers(Option<&'a str>),
    /// `GET /providers/{namespace}`, or `/subscriptions/{id}/providers/{namespace}`
    Provider(Option<&'a str>, &'a str),
    /// `GET {place}/providers/Microsoft.Authorization/roleAssignments`, of one principal only or of all
    RoleAssignments(Place<'a>, Option<String>),
    /// `GET {place}/providers/Microsoft.Authorization/roleDefinitions`
    RoleDefinitions(Place<'a>),
}

/// Which resources are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing<'a> {
    /// Of which subscription, by its id.
    pub subscription: &'a str,
    /// Of which group only.
    pub group: Option<&'a str>,
    /// Which of them only.
    pub filter: Filter,
    /// From which of those on, as the `nextLink` of the page before says; 0 for the first.
    pub from: usize,
    /// How many at most, if fewer than the service's own page.
    pub top: Option<usize>,
}

/// The kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// List tenants.
    Tenants,
    /// List subscriptions.
    Subscriptions,
    /// Show a subscription.
    Subscription,
    /// List resource groups.
    Groups,
    /// Show a resource group.
    Group,
    /// List resources.
    Resources,
    /// Show a resource.
    Resource,
    /// List regions.
    Locations,
    /// List the tags in use.
    TagNames,
    /// Show the tags of a place.
    Tags,
    /// List resource providers.
    Providers,
    /// Show a resource provider.
    Provider,
    /// List role assignments.
    RoleAssignments,
    /// List role definitions.
    RoleDefinitions,
    /// Whatever an answer of the user's own is for.
    Custom,
}

impl Action {
    /// The name used in counts and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Action::Tenants => "tenants",
            Action::Subscriptions => "subscriptions",
            Action::Subscription => "subscription",
            Action::Groups => "resource-groups",
            Action::Group => "resource-group",
            Action::Resources => "resources",
            Action::Resource => "resource",
            Action::Locations => "locations",
            Action::TagNames => "tag-names",
            Action::Tags => "tags",
            Action::Providers => "providers",
            Action::Provider => "provider",
            Action::RoleAssignments => "role-assignments",
            Action::RoleDefinitions => "role-definitions",
            Action::Custom => "custom",
        }
    }
}

impl<'a> Operation<'a> {
    /// The id of the subscription that it is about.
    #[must_use]
    pub fn subscription(&self) -> Option<&'a str> {
        match self {
            Operation::Tenants | Operation::Subscriptions => None,
            Operation::Providers(id) | Operation::Provider(id, _) => *id,
            Operation::Subscription(id)
            | Operation::Groups(id)
            | Operation::Group(id, _)
            | Operation::Locations(id)
            | Operation::TagNames(id) => Some(id),
            Operation::Resources(listing) => Some(listing.subscription),
            Operation::Resource(place)
            | Operation::Tags(place)
            | Operation::RoleAssignments(place, _)
            | Operation::RoleDefinitions(place) => Some(place.subscription),
        }
    }

    /// Of which kind it is.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Operation::Tenants => Action::Tenants,
            Operation::Subscriptions => Action::Subscriptions,
            Operation::Subscription(_) => Action::Subscription,
            Operation::Groups(_) => Action::Groups,
            Operation::Group(..) => Action::Group,
            Operation::Resources(_) => Action::Resources,
            Operation::Resource(_) => Action::Resource,
            Operation::Locations(_) => Action::Locations,
            Operation::TagNames(_) => Action::TagNames,
            Operation::Tags(_) => Action::Tags,
            Operation::Providers(_) => Action::Providers,
            Operation::Provider(..) => Action::Provider,
            Operation::RoleAssignments(..) => Action::RoleAssignments,
            Operation::RoleDefinitions(_) => Action::RoleDefinitions,
        }
    }

    /// What a role must allow for it (documented names).
    pub(super) fn permission(&self) -> Cow<'static, str> {
        let permission = match self {
            Operation::Tenants | Operation::Subscriptions | Operation::Subscription(_) => {
                "Microsoft.Resources/subscriptions/read"
            }
            Operation::Groups(_) | Operation::Group(..) => {
                "Microsoft.Resources/subscriptions/resourceGroups/read"
            }
            Operation::Resources(_) => "Microsoft.Resources/subscriptions/resources/read",
            Operation::Resource(place) => return place.permission().into(),
            Operation::Locations(_) => "Microsoft.Resources/subscriptions/locations/read",
            Operation::TagNames(_) => "Microsoft.Resources/subscriptions/tagNames/read",
            Operation::Tags(_) => "Microsoft.Resources/tags/read",
            Operation::Providers(_) | Operation::Provider(..) => {
                "Microsoft.Resources/subscriptions/providers/read"
            }
            Operation::RoleAssignments(..) => "Microsoft.Authorization/roleAssignments/read",
            Operation::RoleDefinitions(_) => "Microsoft.Authorization/roleDefinitions/read",
        };
        permission.into()
    }

    /// What a role must allow it on, as an ARM id.
    pub(super) fn scope(&self) -> String {
        let place = |subscription: &&'a str, group| Place {
            subscription,
            group,
            resource: None,
        };
        let id = match self {
            Operation::Group(id, name) => place(id, Some(*name)),
            Operation::Resources(listing) => place(&listing.subscription, listing.group),
            Operation::Resource(place)
            | Operation::Tags(place)
            | Operation::RoleAssignments(place, _)
            | Operation::RoleDefinitions(place) => place.clone(),
            _ => place(&self.subscription().unwrap_or_default(), None),
        };
        id.id()
    }
}
