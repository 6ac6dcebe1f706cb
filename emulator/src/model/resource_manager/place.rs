//! A place that roles and tags refer to: a subscription, a resource group, a resource.

/// A subscription, or something in it. Ids and names compare without case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The subscription's id.
    pub subscription: &'a str,
    /// The group's name, if it is one, or in one.
    pub group: Option<&'a str>,
    /// The resource, if it is one.
    pub resource: Option<Named>,
}

/// A resource by type and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its type, such as `Microsoft.Sql/servers/databases`.
    pub kind: String,
    /// Its name, with those of the resources that it is part of: `server/database`.
    pub name: String,
}

impl<'a> Place<'a> {
    /// What the segments of a path name; `None` for anything else.
    pub(super) fn of_path(segments: &[&'a str]) -> Option<Place<'a>> {
        let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
        let (subscription, rest) = match *segments {
            [first, id, ref rest @ ..] if is(first, "subscriptions") => (id, rest),
            _ => return None,
        };
        let (group, resource) = match *rest {
            [] => (None, None),
            [groups, name] if is(groups, "resourcegroups") => (Some(name), None),
            [groups, name, providers, ref rest @ ..]
                if is(groups, "resourcegroups") && is(providers, "providers") =>
            {
                (Some(name), Some(Named::of_path(rest)?))
            }
            _ => return None,
        };
        Some(Place {
            subscription,
            group,
            resource,
        })
    }

    /// What a role must allow to read it, if it is a resource.
    pub(super) fn permission(&self) -> String {
        let kind = self.resource.as_ref().map(|resource| &*resource.kind);
        format!("{}/read", kind.unwrap_or_default())
    }

    /// Its ARM id, as it was asked for.
    pub(super) fn id(&self) -> String {
        let group = self.group.map(|name| format!("/resourceGroups/{name}"));
        let resource = self.resource.as_ref().map(Named::path);
        let parts = [group, resource].map(Option::unwrap_or_default);
        format!("/subscriptions/{}{}", self.subscription, parts.concat())
    }
}

impl Named {
    /// `Provider/type/name`, with `/type/name` for each resource that is part of another. Something that
    /// another provider attaches to a resource is none.
    fn of_path(segments: &[&str]) -> Option<Named> {
        let (provider, rest) = segments.split_first()?;
        let (pairs, []) = rest.as_chunks::<2>() else {
            return None;
        };
        let is_extension = |[kind, _]: &[&str; 2]| kind.eq_ignore_ascii_case("providers");
        if pairs.is_empty() || pairs.iter().any(is_extension) {
            return None;
        }
        let kinds = pairs.iter().map(|[kind, _]| *kind);
        let names: Vec<&str> = pairs.iter().map(|[_, name]| *name).collect();
        let kinds: Vec<&str> = std::iter::once(*provider).chain(kinds).collect();
        Some(Named {
            kind: kinds.join("/"),
            name: names.join("/"),
        })
    }

    /// The end of its ARM id: `/providers/…`.
    pub(super) fn path(&self) -> String {
        format!("/providers/{}", self.short_id())
    }

    /// `Provider/type/name`, with `/type/name` for each resource that is part of another.
    #[must_use]
    pub fn short_id(&self) -> String {
        short_id(&self.kind, &self.name)
    }
}

/// `Provider/type/name` of a resource of that type and name, which has one part less.
pub(super) fn short_id(kind: &str, name: &str) -> String {
    let (provider, kinds) = kind.split_once('/').unwrap_or((kind, ""));
    let pairs = kinds.split('/').zip(name.split('/'));
    let pairs = pairs.flat_map(|(kind, name)| [kind, name]);
    let parts: Vec<&str> = std::iter::once(provider).chain(pairs).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> Option<Place<'_>> {
        Place::of_path(&path.split('/').collect::<Vec<_>>())
    }

    #[test]
    fn a_place_is_read_from_its_id_and_written_as_it_was() {
        for id in [
            "subscriptions/s",
            "subscriptions/s/resourceGroups/g",
            "subscriptions/s/resourceGroups/g/providers/A.B/c/d",
            "subscriptions/s/resourceGroups/g/providers/A.B/c/d/e/f",
        ] {
            assert_eq!(place(id).unwrap().id(), format!("/{id}"));
        }
        let child = place("subscriptions/s/resourceGroups/g/providers/A.B/c/d/e/f").unwrap();
        let child = child.resource.unwrap();
        assert_eq!(
            (child.kind.as_str(), child.name.as_str()),
            ("A.B/c/e", "d/f")
        );
    }

    #[test]
    fn what_is_of_another_form_is_no_place() {
        for path in [
            "",
            "subscriptions",
            "subscriptions/s/x",
            "subscriptions/s/resourceGroups/g/providers/A.B",
            "subscriptions/s/resourceGroups/g/providers/A.B/c",
            "subscriptions/s/resourceGroups/g/providers/A.B/c/d/providers/E.F/g/h",
        ] {
            assert_eq!(place(path), None, "{path}");
        }
    }
}
