//! The fields of a query, each taken once, with all that is wrong with them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// So much of a value is told.
const LONGEST_SHOWN: usize = 60;

/// The fields that are not taken yet, and the problems of those that were.
pub(super) struct Fields {
    fields: BTreeMap<String, Vec<String>>,
    pub(super) problems: Vec<String>,
}

impl Fields {
    /// Of a query string as forms send it.
    pub(super) fn of(query: &str) -> Self {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            fields.entry(key.into()).or_default().push(value.into());
        }
        Self {
            fields,
            problems: vec![],
        }
    }

    /// All values of a field, in their order.
    pub(super) fn list(&mut self, key: &str) -> Vec<String> {
        self.fields.remove(key).unwrap_or_default()
    }

    /// A whole number; the usual one if the field is missing.
    pub(super) fn number(&mut self, key: &str, range: RangeInclusive<u32>, usual: u32) -> u32 {
        let Some(value) = self.one(key) else {
            return usual;
        };
        self.checked(key, &value, range).unwrap_or(usual)
    }

    /// The number that a value is, if it is one of the range.
    pub(super) fn checked(
        &mut self,
        key: &str,
        value: &str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        let number = value
            .parse()
            .ok()
            .filter(|number| digits && range.contains(number));
        if number.is_none() {
            let (least, most) = range.into_inner();
            self.problems.push(format!(
                "{key}: expected a whole number from {least} to {most}, not {}",
                shown(value)
            ));
        }
        number
    }

    /// One of a few words; the first if the field is missing, or none of them.
    pub(super) fn word<'w>(&mut self, key: &str, words: &[&'w str]) -> &'w str {
        let Some(value) = self.one(key) else {
            return words[0];
        };
        let found = words.iter().find(|word| **word == value);
        if found.is_none() {
            let known = words.join(", ");
            let value = shown(&value);
            self.problems
                .push(format!("{key}: expected one of {known}, not {value}"));
        }
        found.unwrap_or(&words[0])
    }

    /// Everything that is wrong, with the fields that were not taken.
    pub(super) fn wrong(mut self, known: &[&str]) -> Vec<String> {
        for key in self.fields.keys() {
            self.problems.push(if known.contains(&key.as_str()) {
                format!("{key}: expected nothing, since it has no effect beside what is chosen")
            } else {
                format!("{}: expected one of {}", shown(key), known.join(", "))
            });
        }
        self.problems
    }

    fn one(&mut self, key: &str) -> Option<String> {
        let mut values = self.list(key);
        if values.len() > 1 {
            self.problems.push(format!("{key}: expected it once"));
        }
        values.pop()
    }
}

/// A value as it is told of, or how it begins.
fn shown(value: &str) -> String {
    let begin: String = value.chars().take(LONGEST_SHOWN).collect();
    let more = if begin.len() < value.len() { "…" } else { "" };
    format!("{begin:?}{more}")
}
