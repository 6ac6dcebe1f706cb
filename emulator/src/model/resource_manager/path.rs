//! How a path asks for an operation.

use super::place::Place;
use super::request::{Listing, Operation};

impl<'a> Operation<'a> {
    /// What a path asks for: its segments, however their fixed parts are cased. `None` where the stub
    /// has nothing.
    pub(crate) fn of_path(segments: &[&'a str]) -> Option<Operation<'a>> {
        match *segments {
            [tenants] if is(tenants, "tenants") => Some(Operation::Tenants),
            [providers] if is(providers, "providers") => Some(Operation::Providers(None)),
            [providers, namespace] if is(providers, "providers") => {
                Some(Operation::Provider(None, namespace))
            }
            [first] if is(first, "subscriptions") => Some(Operation::Subscriptions),
            [first, id, ref rest @ ..] if is(first, "subscriptions") => {
                in_subscription(id, rest).or_else(|| at_place(segments))
            }
            _ => None,
        }
    }
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}

fn in_subscription<'a>(id: &'a str, rest: &[&'a str]) -> Option<Operation<'a>> {
    let listing = |group| {
        Operation::Resources(Listing {
            subscription: id,
            group,
            ..Listing::default()
        })
    };
    match *rest {
        [] => Some(Operation::Subscription(id)),
        [all] if is(all, "resources") => Some(listing(None)),
        [groups] if is(groups, "resourcegroups") => Some(Operation::Groups(id)),
        [groups, name] if is(groups, "resourcegroups") => Some(Operation::Group(id, name)),
        [groups, name, all] if is(groups, "resourcegroups") && is(all, "resources") => {
            Some(listing(Some(name)))
        }
        [locations] if is(locations, "locations") => Some(Operation::Locations(id)),
        [tags] if is(tags, "tagnames") => Some(Operation::TagNames(id)),
        [providers] if is(providers, "providers") => Some(Operation::Providers(Some(id))),
        [providers, namespace] if is(providers, "providers") => {
            Some(Operation::Provider(Some(id), namespace))
        }
        _ => None,
    }
}

/// A resource, or what is attached to a place.
fn at_place<'a>(segments: &[&'a str]) -> Option<Operation<'a>> {
    match *segments {
        [ref place @ .., providers, provider, tags, default]
            if is(providers, "providers")
                && is(provider, "microsoft.resources")
                && is(tags, "tags")
                && is(default, "default") =>
        {
            Some(Operation::Tags(Place::of_path(place)?))
        }
        [ref place @ .., providers, provider, kind]
            if is(providers, "providers") && is(provider, "microsoft.authorization") =>
        {
            let place = Place::of_path(place)?;
            match kind {
                kind if is(kind, "roleassignments") => {
                    Some(Operation::RoleAssignments(place, None))
                }
                kind if is(kind, "roledefinitions") => Some(Operation::RoleDefinitions(place)),
                _ => None,
            }
        }
        _ => {
            let place = Place::of_path(segments)?;
            place
                .resource
                .is_some()
                .then_some(Operation::Resource(place))
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
            ("subscriptions/s/Locations", "locations"),
            ("subscriptions/s/tagNames", "tag-names"),
            ("providers", "providers"),
            ("providers/A.B", "provider"),
            ("subscriptions/s/providers", "providers"),
            ("subscriptions/s/providers/A.B", "provider"),
            (
                "subscriptions/s/resourcegroups/g/providers/A.B/c/d",
                "resource",
            ),
            (
                "subscriptions/s/resourcegroups/g/providers/A.B/c/d/e/f",
                "resource",
            ),
            (
                "subscriptions/s/providers/microsoft.authorization/RoleAssignments",
                "role-assignments",
            ),
            (
                "subscriptions/s/resourcegroups/g/providers/A.B/c/d/providers/Microsoft.Authorization/\
                 roleDefinitions",
                "role-definitions",
            ),
            (
                "subscriptions/s/providers/Microsoft.Resources/tags/default",
                "tags",
            ),
        ] {
            assert_eq!(read(path), Some(action), "{path}");
        }
        for path in [
            "",
            "metadata",
            "tenants/t",
            "subscriptions/s/x",
            "subscriptions/s/resourcegroups/g/providers/A.B/c",
            "subscriptions/s/providers/A.B/c/d",
            "subscriptions/s/providers/Microsoft.Authorization/locks",
        ] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
