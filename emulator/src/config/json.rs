//! TOML as JSON.

use serde_json::{Number, Value};

/// What is said of a value that [`of`] has no JSON for.
pub(super) const EXPECTED: &str = "expected numbers that JSON has: neither nan nor inf";

/// The same value as JSON, dates and times as text; `None` if it holds a number that JSON lacks.
pub(super) fn of(value: toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => Number::from_f64(number)?.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => {
            Value::Array(items.into_iter().map(of).collect::<Option<_>>()?)
        }
        toml::Value::Table(table) => {
            let pairs = table.into_iter();
            let pairs = pairs.map(|(key, value)| Some((key, of(value)?)));
            Value::Object(pairs.collect::<Option<_>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_has_its_json_but_for_numbers_that_are_none() {
        let read = |text: &str| of(text.parse::<toml::Table>().unwrap().into());
        let text = "a = 1\nb = [1.5, true]\nc = 2026-11-30\nd = { e = 'x' }\n";
        let expected = json!({ "a": 1, "b": [1.5, true], "c": "2026-11-30", "d": { "e": "x" } });
        assert_eq!(read(text), Some(expected));
        assert_eq!(read("a = [nan]"), None);
    }
}
