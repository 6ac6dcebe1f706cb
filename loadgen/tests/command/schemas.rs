//! The schema of scenarios, held to the reader that it describes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;
use toml::Table;

use crate::entrance::check;
use crate::program::{code, folder, loadgen, stdout};

/// Every key that a scenario may have, but for what [imds] holds.
const EVERY_KEY: &str = include_str!("every-key.toml");

/// The same of keys that cannot stand beside some of the others.
const EVERY_KEY_WITH_PROCESSOR: &str = include_str!("every-key-with-processor.toml");

fn schema() -> Value {
    let printed = loadgen(&["schema", "scenario"]);
    assert_eq!(code(&printed), 0);
    serde_json::from_str(&stdout(&printed)).expect("JSON")
}

fn validator() -> Validator {
    jsonschema::validator_for(&schema()).expect("a schema")
}

fn problems(validator: &Validator, text: &str) -> Vec<String> {
    let table: Table = text.parse().expect("TOML");
    let value = serde_json::to_value(table).expect("no times, which JSON has not");
    let problems = validator.iter_errors(&value);
    problems
        .map(|problem| format!("{}: {problem}", problem.instance_path()))
        .collect()
}

#[test]
fn every_story_and_every_key_is_as_the_schema_says() {
    let validator = validator();
    let list = stdout(&loadgen(&["scenarios"]));
    let names = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 40, "{list}");
    for name in names {
        let story = stdout(&loadgen(&["scenarios", name]));
        assert_eq!(problems(&validator, &story), [""; 0], "{name}");
    }
    for name in ["every-key.toml", "every-key-with-processor.toml"] {
        let path = Path::new("tests/command").join(name);
        let all = check(&path);
        all.unwrap_or_else(|problems| panic!("{problems}"));
        let text = fs::read_to_string(path).expect("the text");
        assert_eq!(problems(&validator, &text), [""; 0], "{name}");
    }
}

#[test]
fn the_presets_are_policies_as_the_schema_says() {
    let mut schema = schema();
    schema["$ref"] = "#/$defs/policy".into();
    for key in ["type", "properties", "required", "additionalProperties"] {
        schema.as_object_mut().expect("a schema").remove(key);
    }
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (name, policy) in imds_client::policy::presets() {
        let policy = serde_json::to_value(&**policy).expect("a policy");
        let problems: Vec<String> = validator
            .iter_errors(&policy)
            .map(|p| p.to_string())
            .collect();
        assert_eq!(problems, [""; 0], "{name}");
    }
}

/// So nothing is described that the reader does not know: it knows all keys of the text.
#[test]
fn the_text_with_every_key_has_every_key_of_the_schema() {
    let mut described = BTreeSet::new();
    let mut schema = schema();
    schema["$defs"]
        .as_object_mut()
        .expect("definitions")
        .remove("imds");
    properties(&schema, &mut described);
    let mut used = BTreeSet::new();
    for text in [EVERY_KEY, EVERY_KEY_WITH_PROCESSOR] {
        let text: Table = text.parse().expect("TOML");
        keys(&serde_json::to_value(text).expect("JSON"), &mut used);
    }
    let missing: Vec<&String> = described.difference(&used).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn an_unknown_key_is_refused_by_the_schema_wherever_the_reader_refuses_it() {
    let validator = validator();
    assert!(unknown_keys_refused(&validator, EVERY_KEY) > 40);
    assert!(unknown_keys_refused(&validator, EVERY_KEY_WITH_PROCESSOR) > 4);
}

/// In how many tables of the text there was one.
fn unknown_keys_refused(validator: &Validator, text: &str) -> usize {
    let path = folder("schemas/unknown").join("a.toml");
    let text: Table = text.parse().expect("TOML");
    let mut value = toml::Value::Table(text);
    let mut places = vec![];
    tables(&value, &mut vec![], &mut places);
    let count = places.len();
    for place in places {
        let table = at(&mut value, &place);
        table.insert("nonsense".to_owned(), 1.into());
        let text = toml::to_string(&value).expect("TOML");
        fs::write(&path, &text).expect("the folder can be written");
        assert!(check(&path).is_err(), "{place:?}");
        assert!(!problems(validator, &text).is_empty(), "{place:?}");
        at(&mut value, &place).remove("nonsense");
    }
    count
}

fn properties(node: &Value, found: &mut BTreeSet<String>) {
    match node {
        Value::Object(fields) => {
            let described = fields.get("properties").and_then(Value::as_object);
            found.extend(described.into_iter().flat_map(|keys| keys.keys().cloned()));
            fields.values().for_each(|inner| properties(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
        _ => {}
    }
}

fn keys(node: &Value, found: &mut BTreeSet<String>) {
    match node {
        Value::Object(fields) => fields.iter().for_each(|(key, inner)| {
            found.insert(key.clone());
            keys(inner, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

/// A step on the way to a table.
#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Item(usize),
}

fn tables(value: &toml::Value, way: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    match value {
        toml::Value::Table(table) => {
            found.push(way.clone());
            for (key, inner) in table {
                way.push(Step::Key(key.clone()));
                tables(inner, way, found);
                way.pop();
            }
        }
        toml::Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                way.push(Step::Item(index));
                tables(inner, way, found);
                way.pop();
            }
        }
        _ => {}
    }
}

fn at<'v>(value: &'v mut toml::Value, way: &[Step]) -> &'v mut Table {
    let mut place = value;
    for step in way {
        place = match step {
            Step::Key(key) => &mut place[key.as_str()],
            Step::Item(index) => &mut place[*index],
        };
    }
    place.as_table_mut().expect("a table")
}
