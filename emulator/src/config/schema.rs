//! The configuration as a JSON schema, for editors: kept by hand, and held to the reader by tests.

use super::Config;

impl Config {
    /// A JSON schema (2020-12) of the configuration. What it lets pass may still be refused, since
    /// it knows nothing of how long a length of time may be and of what belongs together.
    pub const SCHEMA: &str = include_str!("../config.schema.json");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn schema() -> Value {
        serde_json::from_str(Config::SCHEMA).expect("JSON")
    }

    /// The paths of all keys of the tables below `node`, references followed.
    fn keys(root: &Value, node: &Value, path: &str, found: &mut BTreeSet<String>) {
        if let Some(reference) = node["$ref"].as_str() {
            let target = root.pointer(reference.trim_start_matches('#'));
            return keys(root, target.expect("a definition"), path, found);
        }
        for choice in node["oneOf"].as_array().into_iter().flatten() {
            keys(root, choice, path, found);
        }
        for (key, node) in node["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}{key}");
            keys(root, node, &format!("{path}."), found);
            found.insert(path);
        }
    }

    fn described() -> BTreeSet<String> {
        let root = schema();
        let mut found = BTreeSet::new();
        keys(&root, &root, "", &mut found);
        found
    }

    fn set(table: &toml::Table, path: &str, found: &mut BTreeSet<String>) {
        for (key, value) in table {
            let path = format!("{path}{key}");
            if let toml::Value::Table(table) = value {
                set(table, &format!("{path}."), found);
            }
            found.insert(path);
        }
    }

    #[test]
    fn every_default_is_described() {
        let mut defaults = BTreeSet::new();
        set(&Config::DEFAULTS.parse().expect("TOML"), "", &mut defaults);
        let missing: Vec<_> = defaults.difference(&described()).cloned().collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn nothing_is_described_that_is_not_known() {
        for path in described() {
            let wrong = format!("{path} = []\n");
            let problems = Config::from_toml("c", &wrong).map_err(|problems| problems.to_string());
            let unknown = problems.is_err_and(|problems| problems.contains("unknown key"));
            assert!(!unknown, "{path}");
        }
    }

    #[test]
    fn the_profiles_are_all_there() {
        let known: Vec<Value> = Config::profiles().into_iter().map(Value::from).collect();
        assert_eq!(
            schema()["properties"]["profile"]["enum"],
            Value::Array(known)
        );
    }
}
