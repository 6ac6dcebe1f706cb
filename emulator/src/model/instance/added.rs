//! A field that the table of fields does not have.

use serde::Serialize;
use serde_json::Value;

use super::fields::{FIELDS, Field, Shape};

/// A field, where it stands, and since which api-version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Added {
    /// Names with slashes between them. Lists have no index: every element of one has the field.
    pub(crate) path: String,
    pub(crate) since: String,
    pub(crate) value: Value,
}

impl Added {
    /// Adds it, if that version has it.
    pub(super) fn put_into(&self, whole: &mut Value, version: &str) {
        if self.since.as_str() <= version {
            let (above, name) = split(&self.path);
            self.put_beneath(whole, above, name);
        }
    }

    fn put_beneath(&self, place: &mut Value, above: &str, name: &str) {
        match place {
            Value::Array(items) => {
                for item in items {
                    self.put_beneath(item, above, name);
                }
            }
            Value::Object(object) if above.is_empty() => {
                object.insert(name.to_owned(), self.value.clone());
            }
            Value::Object(object) => {
                let (first, rest) = above.split_once('/').unwrap_or((above, ""));
                if let Some(inner) = object.get_mut(first) {
                    self.put_beneath(inner, rest, name);
                }
            }
            _ => {}
        }
    }
}

/// Whether there can be such a field since that version.
///
/// # Errors
/// Why not.
pub(crate) fn check_place(path: &str, since: &str) -> Result<(), Misplaced> {
    let (above, name) = split(path);
    let mut fields = FIELDS;
    for segment in above.split('/').filter(|segment| !segment.is_empty()) {
        let parent = known(fields, segment).ok_or(Misplaced::Nowhere)?;
        let (Shape::Table(inner) | Shape::List(inner)) = parent.shape else {
            return Err(Misplaced::Nowhere);
        };
        if !parent.is_in(since) {
            return Err(Misplaced::Early);
        }
        fields = inner;
    }
    match known(fields, name) {
        Some(_) => Err(Misplaced::Known),
        None => Ok(()),
    }
}

/// The path to the table that has a field, and the field's name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Paths are read without case, so a name in another case would hide a field.
fn known<'f>(fields: &'f [Field], name: &str) -> Option<&'f Field> {
    let mut known = fields.iter();
    known.find(|field| field.name.eq_ignore_ascii_case(name))
}

/// Why a field cannot stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misplaced {
    #[error("known already: set it in its own place")]
    Known,
    #[error("expected a path such as \"compute/systemFaultDomain\" into a table that there is")]
    Nowhere,
    #[error("expected a version that has the table it is in")]
    Early,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_stands_in_a_table_that_its_version_has_and_is_new_there() {
        let check = |path: &str| check_place(path, "2020-06-01");
        for right in [
            "scope",
            "compute/x",
            "network/interface/ipv4/x",
            "compute/plan/x",
        ] {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        for known in ["compute", "compute/Name", "network/interface/macAddress"] {
            assert_eq!(check(known), Err(Misplaced::Known), "{known}");
        }
        for nowhere in ["x/y", "compute/name/x", "network/interface/0/x"] {
            assert_eq!(check(nowhere), Err(Misplaced::Nowhere), "{nowhere}");
        }
        assert_eq!(check("compute/osProfile/x"), Err(Misplaced::Early));
    }

    #[test]
    fn it_is_in_every_element_of_a_list_since_its_version() {
        let whole = json!({ "network": { "interface": [{ "a": "1" }, { "a": "2" }] } });
        let put = |version: &str| {
            let mut whole = whole.clone();
            let added = Added {
                path: "network/interface/b".to_owned(),
                since: "2024-07-17".to_owned(),
                value: json!("0"),
            };
            added.put_into(&mut whole, version);
            whole
        };
        assert_eq!(put("2024-03-15"), whole);
        assert_eq!(
            put("2024-07-17"),
            json!({ "network": { "interface": [{ "a": "1", "b": "0" }, { "a": "2", "b": "0" }] } })
        );
    }
}
