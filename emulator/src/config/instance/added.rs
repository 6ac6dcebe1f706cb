//! `instance.added`: fields that the emulator does not know.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::Section;
use crate::model::api_version;
use crate::model::instance::{Added, check_place};

/// The fields that are right; problems are noted for the others.
pub(super) fn read(table: &mut Section) -> Vec<Added> {
    let mut paths = BTreeSet::new();
    let rows = table.sections("added").into_iter();
    rows.filter_map(|mut row| {
        let added = one(&mut row)?;
        let is_new = paths.insert(added.path.to_ascii_lowercase());
        if !is_new {
            row.refuse("path", "added twice");
        }
        is_new.then_some(added)
    })
    .collect()
}

fn one(row: &mut Section) -> Option<Added> {
    let path: Option<String> = row.required("path");
    let since: Option<String> = row.required("since");
    let value: Option<toml::Value> = row.required("value");
    let path = path.filter(|path| is_path(row, path));
    let since = since.filter(|since| is_version(row, since));
    if let (Some(path), Some(since)) = (&path, &since)
        && let Err(why) = check_place(path, since)
    {
        row.refuse("path", why);
    }
    let value = value.and_then(|value| json(row, value));
    Some(Added {
        path: path?,
        since: since?,
        value: value?,
    })
}

/// No version that there is not: nothing could ask for it.
fn is_version(row: &Section, since: &str) -> bool {
    let is_version = api_version::ALL.contains(&since);
    if !is_version {
        row.refuse(
            "since",
            "expected an api-version that /metadata/versions lists",
        );
    }
    is_version
}

fn is_path(row: &Section, path: &str) -> bool {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_path = path.split('/').all(is_name);
    if !is_path {
        row.refuse(
            "path",
            "expected names of letters and digits with slashes between them",
        );
    }
    is_path
}

fn json(row: &Section, value: toml::Value) -> Option<Value> {
    const EXPECTED: &str =
        "expected text, true, false, a whole number, or arrays and tables of these";
    let json = of_imds(value);
    if json.is_none() {
        row.refuse("value", EXPECTED);
    }
    json
}

/// IMDS has no fractions, and JSON no dates.
fn of_imds(value: toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Array(items) => {
            let items = items.into_iter().map(of_imds);
            Value::Array(items.collect::<Option<_>>()?)
        }
        toml::Value::Table(table) => {
            let fields = table.into_iter();
            let fields = fields.map(|(name, value)| Some((name, of_imds(value)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::config::Config;

    const ADDED: &str = "[[instance.added]]\npath = 'compute/systemFaultDomain'\nsince = '2025-04-07'\n\
        value = '0'\n[[instance.added]]\npath = 'network/interface/ipv4/ipAddressBlock'\n\
        since = '2024-07-17'\nvalue = [{ address = '10.0.0.16', prefix = '28' }]\n";

    fn element(version: &str, path: &str) -> Option<Value> {
        let config = Config::from_toml("c", ADDED).unwrap_or_else(|problems| panic!("{problems}"));
        config.vm.instance.element(version, path.split('/'))
    }

    #[test]
    fn a_field_is_there_since_its_version_and_can_be_asked_for() {
        let domain = "compute/systemFaultDomain";
        assert_eq!(element("2024-07-17", domain), None);
        assert_eq!(element("2025-04-07", domain), Some(json!("0")));
        let prefix = "network/interface/0/ipv4/IPADDRESSBLOCK/0/prefix";
        assert_eq!(element("2024-07-17", prefix), Some(json!("28")));
    }

    #[test]
    fn names_all_that_is_wrong() {
        let text = format!(
            "{ADDED}[[instance.added]]\npath = 'compute/SystemFaultDomain'\nsince = '2025-04-07'\nvalue = '1'\n\
             [[instance.added]]\npath = 'compute/vmId'\nsince = '2017-04-02'\nvalue = 1.5\n\
             [[instance.added]]\npath = 'compute//x'\nsince = '2025-04-08'\nvalue = [1.5]\n\
             [[instance.added]]\npath = 'compute/x'\n"
        );
        let problems = Config::from_toml("c", &text).unwrap_err();
        let paths: Vec<&str> = problems.iter().map(|one| one.path.as_str()).collect();
        let expected = [
            "[2].path",
            "[3].path",
            "[3].value",
            "[4].path",
            "[4].since",
            "[4].value",
            "[5].since",
            "[5].value",
        ];
        assert_eq!(
            paths,
            expected.map(|place| format!("instance.added{place}")),
            "{problems}"
        );
    }
}
