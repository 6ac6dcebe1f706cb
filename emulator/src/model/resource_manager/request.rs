//! What can be asked of Resource Manager, and how a path asks for it.

use super::bearer::Bearer;
use super::filter::Filter;

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
        }
    }
}

impl<'a> Operation<'a> {
    /// What a path asks for: its segments, however their fixed parts are cased. `None` where the stub
    /// has nothing.
    pub(crate) fn of_path(segments: &[&'a str]) -> Option<Operation<'a>> {
        let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
        let listing = |subscription, group| {
            Operation::Resources(Listing {
                subscription,
                group,
                ..Listing::default()
            })
        };
        match *segments {
            [tenants] if is(tenants, "tenants") => Some(Operation::Tenants),
            [first, ref rest @ ..] if is(first, "subscriptions") => match *rest {
                [] => Some(Operation::Subscriptions),
                [id] => Some(Operation::Subscription(id)),
                [id, all] if is(all, "resources") => Some(listing(id, None)),
                [id, groups] if is(groups, "resourcegroups") => Some(Operation::Groups(id)),
                [id, groups, name] if is(groups, "resourcegroups") => {
                    Some(Operation::Group(id, name))
                }
                [id, groups, name, all] if is(groups, "resourcegroups") && is(all, "resources") => {
                    Some(listing(id, Some(name)))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The id of the subscription that it is about.
    #[must_use]
    pub fn subscription(&self) -> Option<&'a str> {
        match self {
            Operation::Tenants | Operation::Subscriptions => None,
            Operation::Subscription(id) | Operation::Groups(id) | Operation::Group(id, _) => {
                Some(id)
            }
            Operation::Resources(listing) => Some(listing.subscription),
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
        }
    }

    /// What a role must allow for it (documented names).
    pub(super) fn permission(&self) -> &'static str {
        match self.action() {
            Action::Tenants | Action::Subscriptions | Action::Subscription => {
                "Microsoft.Resources/subscriptions/read"
            }
            Action::Groups | Action::Group => {
                "Microsoft.Resources/subscriptions/resourceGroups/read"
            }
            Action::Resources => "Microsoft.Resources/subscriptions/resources/read",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_paths_whatever_the_case_of_their_words() {
        let read = |path: &'static str| {
            let segments: Vec<&str> = path.split('/').collect();
            Operation::of_path(&segments).map(|operation| operation.action().name())
        };
        for (path, action) in [
            ("tenants", "tenants"),
            ("Subscriptions", "subscriptions"),
            ("subscriptions/s", "subscription"),
            ("subscriptions/s/resourceGroups", "resource-groups"),
            ("subscriptions/s/RESOURCEGROUPS/g", "resource-group"),
            ("subscriptions/s/resources", "resources"),
            ("subscriptions/s/resourcegroups/g/resources", "resources"),
        ] {
            assert_eq!(read(path), Some(action), "{path}");
        }
        for path in ["", "metadata", "tenants/t", "subscriptions/s/locations"] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
