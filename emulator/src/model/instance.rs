//! The instance document behind `/metadata/instance`.
//!
//! Which fields there are, and since which api-version, is data: [`fields`].

mod added;
mod fields;

use serde::Serialize;
use serde_json::{Map, Value};

pub(crate) use added::{Added, check_place};
pub(crate) use fields::{EXTENDED, FIELDS, Field, Shape};

/// The whole document, with every field of the newest api-version. Each value is text but where it is said
/// otherwise, as IMDS has it; what a VM lacks is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instance {
    #[serde(flatten)]
    document: Value,
    /// What [`FIELDS`] does not have.
    added: Vec<Added>,
}

impl Instance {
    /// The document must have every field of [`FIELDS`].
    pub(crate) fn new(document: Value, added: Vec<Added>) -> Instance {
        Instance { document, added }
    }

    /// One field's text, such as `/compute/vmId`; empty where there is no such text.
    #[must_use]
    pub fn text(&self, pointer: &str) -> &str {
        let value = self.document.pointer(pointer);
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// The element at the end of a path of field names and indexes, as an api-version shows it: fields
    /// that came later are absent. Names compare without case (assumed). `None` when there is no such
    /// element in that version.
    #[must_use]
    pub fn element<'p>(
        &self,
        version: &str,
        path: impl IntoIterator<Item = &'p str>,
    ) -> Option<Value> {
        let mut whole = self.extended(version);
        if let Value::Object(whole) = &mut whole {
            whole.remove(EXTENDED);
        }
        step_all(whole, path)
    }

    /// As [`Instance::element`], where what is only there if it is asked for is asked for.
    pub(crate) fn extended_element<'p>(
        &self,
        version: &str,
        path: impl IntoIterator<Item = &'p str>,
    ) -> Option<Value> {
        step_all(self.extended(version), path)
    }

    fn extended(&self, version: &str) -> Value {
        let mut whole = shown(&self.document, Place::Fields(FIELDS), version);
        for added in &self.added {
            added.put_into(&mut whole, version);
        }
        whole
    }
}

fn step_all<'p>(whole: Value, path: impl IntoIterator<Item = &'p str>) -> Option<Value> {
    path.into_iter().try_fold(whole, step)
}

fn step(value: Value, segment: &str) -> Option<Value> {
    match value {
        Value::Object(object) => {
            let mut fields = object.into_iter();
            let found = fields.find(|(name, _)| name.eq_ignore_ascii_case(segment));
            found.map(|(_, value)| value)
        }
        Value::Array(mut items) => {
            let index = index(segment).filter(|index| *index < items.len())?;
            Some(items.swap_remove(index))
        }
        _ => None,
    }
}

/// Written in one way: no sign, no leading zeros.
fn index(segment: &str) -> Option<usize> {
    let index: usize = segment.parse().ok()?;
    (index.to_string() == segment).then_some(index)
}

/// How the table of fields defines a place in the document.
#[derive(Clone, Copy)]
enum Place {
    Fields(&'static [Field]),
    /// Of elements that each have these fields.
    List(&'static [Field]),
    Leaf,
}

impl Place {
    fn of(field: &Field) -> Place {
        match field.shape {
            Shape::Text(_) | Shape::Flag(_) => Place::Leaf,
            Shape::Table(fields) => Place::Fields(fields),
            Shape::List(fields) => Place::List(fields),
        }
    }
}

fn shown(value: &Value, place: Place, version: &str) -> Value {
    match (place, value) {
        (Place::Fields(fields), Value::Object(object)) => {
            let known = fields.iter().filter(|field| field.is_in(version));
            let entry = |field: &Field| {
                let value = object.get(field.name)?;
                Some((
                    field.name.to_owned(),
                    shown(value, Place::of(field), version),
                ))
            };
            Value::Object(known.filter_map(entry).collect::<Map<_, _>>())
        }
        (Place::List(fields), Value::Array(items)) => {
            let items = items.iter();
            items
                .map(|item| shown(item, Place::Fields(fields), version))
                .collect()
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::VmSettings;

    fn element(version: &str, path: &str) -> Option<Value> {
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        VmSettings::default().instance.element(version, segments)
    }

    #[test]
    fn an_index_is_written_in_one_way() {
        assert!(element("2021-02-01", "network/interface/0").is_some());
        for index in ["00", "+0", "1", "-0", "x"] {
            let path = format!("network/interface/{index}");
            assert_eq!(element("2021-02-01", &path), None, "{index}");
        }
    }

    #[test]
    fn a_field_is_absent_before_the_version_that_introduced_it() {
        for (path, before, since) in [
            ("compute/tags", "2017-04-02", "2017-08-01"),
            ("compute/zone", "2017-10-01", "2017-12-01"),
            ("compute/storageProfile", "2019-04-30", "2019-06-01"),
            ("compute/userData", "2020-12-01", "2021-01-01"),
            (
                "compute/securityProfile/securityType",
                "2021-11-15",
                "2021-12-13",
            ),
            ("compute/isVmInStandbyPool", "2021-12-13", "2023-07-01"),
            ("compute/physicalZone", "2023-07-01", "2023-11-15"),
        ] {
            assert_eq!(element(before, path), None, "{path}");
            assert!(element(since, path).is_some(), "{path}");
        }
    }

    #[test]
    fn a_container_comes_with_its_first_field_and_grows() {
        let names = |version| -> Vec<String> {
            let profile = element(version, "compute/securityProfile").unwrap();
            profile.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(element("2019-11-01", "compute/securityProfile"), None);
        assert_eq!(
            names("2020-06-01"),
            ["secureBootEnabled", "virtualTpmEnabled"]
        );
        assert_eq!(names("2021-12-13").len(), 4);
    }

    #[test]
    fn walks_fields_and_indexes_whatever_the_case() {
        let address = "NETWORK/interface/0/ipv4/ipaddress/0/privateIpAddress";
        assert_eq!(element("2017-04-02", address), Some(json!("10.0.0.4")));
        for nowhere in [
            "nothing",
            "network/interface/1",
            "network/interface/x",
            "network/interface/ipv4",
            "compute/name/more",
        ] {
            assert_eq!(element("2025-04-07", nowhere), None, "{nowhere}");
        }
    }

    fn is_part(part: &Value, whole: &Value) -> bool {
        match (part, whole) {
            (Value::Object(part), Value::Object(whole)) => part.iter().all(|(name, value)| {
                whole
                    .get(name)
                    .is_some_and(|counterpart| is_part(value, counterpart))
            }),
            (Value::Array(part), Value::Array(whole)) => {
                let pairs = part.iter().zip(whole);
                part.len() <= whole.len() && { pairs }.all(|(part, whole)| is_part(part, whole))
            }
            (part, whole) => part == whole,
        }
    }

    #[test]
    fn no_version_loses_what_an_earlier_one_has() {
        let shown = |version: &str| element(version, "").unwrap();
        for pair in crate::model::api_version::ALL.windows(2) {
            let (earlier, later) = (shown(pair[0]), shown(pair[1]));
            assert!(is_part(&earlier, &later), "{pair:?}");
        }
        assert!(!is_part(&shown("2025-04-07"), &shown("2017-04-02")));
    }

    #[test]
    fn every_primitive_of_every_version_is_text() {
        fn check(value: &Value) {
            match value {
                Value::Object(object) => object.values().for_each(check),
                Value::Array(items) => items.iter().for_each(check),
                other => assert!(other.is_string(), "{other}"),
            }
        }
        check(&element("2025-04-07", "").unwrap());
    }
}
