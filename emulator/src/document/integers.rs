//! Integers that TOML does not have: it is to be an error if one has more than 64 bits with its sign, and the parser
//! hands them on.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Log;

const EXPECTED: &str = "expected a whole number from -9223372036854775808 to 9223372036854775807";

/// Notes each with its place.
pub(super) fn note_too_large(table: &DeTable<'_>, path: &str, log: &Log) {
    for (key, value) in table {
        let path = match path {
            "" => key.get_ref().to_string(),
            path => format!("{path}.{}", key.get_ref()),
        };
        note_in(value, &path, log);
    }
}

fn note_in(value: &Spanned<DeValue<'_>>, path: &str, log: &Log) {
    match value.get_ref() {
        DeValue::Integer(integer)
            if i64::from_str_radix(integer.as_str(), integer.radix()).is_err() =>
        {
            log.note(value.span(), path, EXPECTED);
        }
        DeValue::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                note_in(value, &format!("{path}[{index}]"), log);
            }
        }
        DeValue::Table(table) => note_too_large(table, path, log),
        _ => {}
    }
}
