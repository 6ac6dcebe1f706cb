//! Every setting that the schema describes, each with documents in which all but itself is right.

use std::fmt;

use serde_json::Value as Json;
use toml::{Table, Value};

/// One key, and where it stands.
pub(super) struct Setting {
    pub(super) key: String,
    around: Vec<Level>,
    /// What its own table must hold besides.
    required: Table,
}

/// One of the tables around a setting, from the root on.
#[derive(Clone)]
struct Level {
    /// What must be there besides.
    required: Table,
    /// The key of the table within.
    name: String,
    /// Whether that is one of a list.
    is_item: bool,
}

/// References are followed, but for those in `vms`, which lead to the same tables once more.
pub(super) fn all(schema: &Json) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut walk = Walk {
        schema,
        found: &mut found,
    };
    walk.table(schema, &[]);
    found
}

impl Setting {
    /// As problems name it.
    pub(super) fn path(&self) -> String {
        self.joined("[0]")
    }

    fn joined(&self, item: &str) -> String {
        let around = self.around.iter().map(|level| {
            let item = if level.is_item { item } else { "" };
            format!("{}{item}.", level.name)
        });
        around.chain([self.key.clone()]).collect()
    }

    /// A configuration in which `key` stands in this setting's table.
    pub(super) fn document(&self, key: &str, value: Value) -> String {
        let mut table = self.required.clone();
        table.insert(key.to_owned(), value);
        for level in self.around.iter().rev() {
            let inner = if level.is_item {
                Value::Array(vec![table.into()])
            } else {
                table.into()
            };
            table = level.required.clone();
            table.insert(level.name.clone(), inner);
        }
        toml::to_string(&table).expect("TOML")
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined("[]"))
    }
}

struct Walk<'a> {
    schema: &'a Json,
    found: &'a mut Vec<Setting>,
}

impl Walk<'_> {
    fn table(&mut self, node: &Json, around: &[Level]) {
        let node = self.resolved(node);
        for choice in node["oneOf"].as_array().into_iter().flatten() {
            self.table(choice, around);
        }
        let required = self.required(&node);
        for (key, inner) in node["properties"].as_object().into_iter().flatten() {
            let with_it = node["dependentRequired"].get(key);
            let mut besides = required.clone();
            besides.extend(self.examples(&node, with_it.unwrap_or(&Json::Null)));
            self.found.push(Setting {
                key: key.clone(),
                around: around.to_vec(),
                required: besides,
            });
            if around.first().is_some_and(|level| level.name == "vms") {
                continue;
            }
            let beneath = |is_item| {
                let required = required.clone();
                let name = key.clone();
                let level = Level {
                    required,
                    name,
                    is_item,
                };
                [around, &[level]].concat()
            };
            let inner = self.resolved(inner);
            self.table(&inner, &beneath(false));
            self.table(&inner["items"], &beneath(true));
        }
    }

    /// What a table must hold, in the first way if there are several.
    fn required(&self, node: &Json) -> Table {
        let own = Some(&node["required"]).filter(|keys| keys.is_array());
        self.examples(node, own.unwrap_or(&node["oneOf"][0]["required"]))
    }

    /// Those keys of a table, each with a value.
    fn examples(&self, node: &Json, keys: &Json) -> Table {
        let keys = keys.as_array().into_iter().flatten();
        let keys = keys.filter_map(Json::as_str);
        let with_value = |key: &str| (key.to_owned(), self.example(&node["properties"][key]));
        keys.map(with_value).collect()
    }

    /// Some value that is right.
    fn example(&self, node: &Json) -> Value {
        let node = self.resolved(node);
        let given = [&node["examples"][0], &node["enum"][0], &node["minimum"]];
        if let Some(first) = node["oneOf"].get(0) {
            return self.example(first);
        }
        if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
            return Value::try_from(given).expect("also TOML");
        }
        let guid = "00000000-0000-4000-8000-00000000000a";
        let is_guid = node["format"] == "uuid";
        if is_guid { guid.into() } else { "a".into() }
    }

    fn resolved(&self, node: &Json) -> Json {
        let reference = node["$ref"].as_str();
        let target = reference.and_then(|path| self.schema.pointer(path.trim_start_matches('#')));
        target.unwrap_or(node).clone()
    }
}
