mod settings;

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::Value as Json;
use toml::Value;

use super::*;
use crate::document::Problem;
use settings::Setting;

fn schema() -> Json {
    serde_json::from_str(Config::SCHEMA).expect("JSON")
}

fn validator() -> Validator {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema()).expect("a schema")
}

/// Values of every type, of which each setting takes some at most.
fn values() -> Vec<Value> {
    let table = |key: &str| Value::from(toml::Table::from_iter([(key.to_owned(), 1.into())]));
    vec![
        (-1).into(),
        0.into(),
        i64::MAX.into(),
        1.5.into(),
        true.into(),
        "".into(),
        "no such \u{e9}".into(),
        Vec::<Value>::new().into(),
        vec![Value::from("")].into(),
        vec![Value::from(1)].into(),
        vec![table("nobody")].into(),
        table("nobody"),
    ]
}

/// Names of identities and of files: only the reader can check that they exist.
const BEYOND_A_SCHEMA: [&str; 4] = [
    "faults[].identity",
    "resource_manager.answers[].file",
    "resource_manager.subscriptions[].readers",
    "tokens.claims[].identity",
];

/// Whether the document is right, by the schema.
fn suits(validator: &Validator, text: &str) -> bool {
    let document: toml::Table = text.parse().expect("TOML");
    validator.is_valid(&serde_json::to_value(document).expect("JSON"))
}

/// What stands where the problem is.
fn at<'t>(problem: &Problem, text: &'t str) -> &'t str {
    let line = text.lines().nth(problem.line - 1).unwrap_or_default();
    line.get(problem.column - 1..).unwrap_or_default()
}

fn is_within(problem: &Problem, path: &str) -> bool {
    let rest = problem.path.strip_prefix(path);
    rest.is_some_and(|rest| rest.starts_with(['.', '[']))
}

#[test]
fn whatever_is_wrong_with_a_setting_is_told_with_its_path_and_place() {
    let validator = validator();
    let mut lenient = BTreeSet::new();
    for setting in settings::all(&schema()) {
        let mut told = 0;
        for value in values() {
            let text = setting.document(&setting.key, value.clone());
            let by_schema = suits(&validator, &text);
            let Err(problems) = Config::from_toml("c", &text) else {
                assert!(by_schema, "the schema refuses what is read:\n{text}");
                continue;
            };
            told += 1;
            let scalar =
                value.is_integer() || value.is_float() || value.is_bool() || value.is_str();
            let is_there =
                |one: &Problem| !scalar || at(one, &text).starts_with(&value.to_string());
            let path = setting.path();
            let is_told =
                |one: &Problem| one.path == path && is_there(one) || is_within(one, &path);
            assert!(problems.iter().any(is_told), "{text}\n{problems}");
            if by_schema {
                lenient.insert(setting.to_string());
            }
        }
        assert!(told > 0, "{setting} takes everything");
    }
    let known = BEYOND_A_SCHEMA.map(str::to_owned).into();
    assert_eq!(
        lenient, known,
        "what the schema lets pass and the reader does not"
    );
}

/// Beyond the integers and the numbers that settings have.
const BEYOND: [&str; 7] = [
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "9.3e18",
    "1e300",
    "-1e300",
    "nan",
];

#[test]
fn a_number_beyond_every_range_is_taken_or_refused_with_its_place() {
    for setting in settings::all(&schema()) {
        let text = setting.document(&setting.key, "NUMBER".into());
        for number in BEYOND {
            let text = text.replace("\"NUMBER\"", number);
            let Err(problems) = Config::from_toml("c", &text) else {
                continue;
            };
            let path = setting.path();
            let is_of_it = |one: &Problem| one.path == path || is_within(one, &path);
            let of_document = |one: &Problem| at(one, &text).starts_with(number);
            let is_told = |one: &Problem| is_of_it(one) || of_document(one);
            assert!(problems.iter().any(is_told), "{text}\n{problems}");
        }
    }
}

#[test]
fn a_misspelt_key_is_told_with_the_one_that_was_meant() {
    let validator = validator();
    for setting in settings::all(&schema()) {
        let misspelt = format!("{}_", setting.key);
        let text = setting.document(&misspelt, true.into());
        assert!(!suits(&validator, &text), "{text}");
        let problems = Config::from_toml("c", &text).expect_err(&text);
        let mut list = problems.iter();
        let found = list.find(|one| one.path == format!("{}_", setting.path()));
        let found = found.unwrap_or_else(|| panic!("{text}\n{problems}"));
        let meant = format!("did you mean `{}`?", setting.key);
        assert!(found.message.contains(&meant), "{text}\n{problems}");
        assert!(
            at(found, &text).starts_with(&misspelt),
            "{text}\n{problems}"
        );
    }
}

#[test]
fn every_default_is_described() {
    fn set(table: &toml::Table, path: &str, found: &mut BTreeSet<String>) {
        for (key, value) in table {
            let path = format!("{path}{key}");
            if let Value::Table(table) = value {
                set(table, &format!("{path}."), found);
            }
            found.insert(path);
        }
    }
    let mut defaults = BTreeSet::new();
    set(&Config::DEFAULTS.parse().expect("TOML"), "", &mut defaults);
    let described = settings::all(&schema())
        .iter()
        .map(Setting::to_string)
        .collect();
    let missing: Vec<_> = defaults.difference(&described).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_defaults_speak_of_every_setting() {
    let is_of_key = |c: char| c.is_alphanumeric() || c == '_';
    let words = Config::DEFAULTS.split(|c| !is_of_key(c));
    let words: BTreeSet<&str> = words.collect();
    let all = settings::all(&schema());
    let silent = all.iter().filter(|one| !words.contains(one.key.as_str()));
    let silent: Vec<_> = silent.map(Setting::to_string).collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn the_profiles_are_all_there() {
    let known: Vec<Json> = Config::profiles().into_iter().map(Json::from).collect();
    assert_eq!(
        schema()["properties"]["profile"]["enum"],
        Json::Array(known)
    );
}
