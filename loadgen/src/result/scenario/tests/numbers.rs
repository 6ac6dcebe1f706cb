//! Numbers beyond the range of every key.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::result::scenario::from_toml;

/// Every key of a scenario, beside which are the recordings that it names.
const EVERY_KEY: &str = include_str!("../../../../tests/command/every-key.toml");
const NAME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/every-key.toml");

/// Among them integers that need all of 64 bits, and more.
const BEYOND: [&str; 8] = [
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e300",
    "-1e300",
    "inf",
    "nan",
];

/// A number of the text, with the path of its key.
struct Number {
    path: String,
    span: Range<usize>,
}

fn numbers(value: &Spanned<DeValue<'_>>, path: &str, found: &mut Vec<Number>) {
    match value.get_ref() {
        DeValue::Integer(_) | DeValue::Float(_) => found.push(Number {
            path: path.to_owned(),
            span: value.span(),
        }),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                numbers(item, &format!("{path}[{index}]"), found);
            }
        }
        DeValue::Table(table) => of_table(table, &format!("{path}."), found),
        _ => {}
    }
}

fn of_table(table: &DeTable<'_>, path: &str, found: &mut Vec<Number>) {
    for (key, value) in table {
        numbers(value, &format!("{path}{}", key.get_ref()), found);
    }
}

#[test]
fn each_number_of_a_scenario_is_taken_or_refused_with_its_place() {
    let table = DeTable::parse(EVERY_KEY).expect("TOML");
    let mut found = Vec::new();
    of_table(table.get_ref(), "", &mut found);
    assert!(found.len() > 30, "{} numbers", found.len());
    for number in found {
        let line = EVERY_KEY[..number.span.start].matches('\n').count() + 1;
        for beyond in BEYOND {
            let mut text = EVERY_KEY.to_owned();
            text.replace_range(number.span.clone(), beyond);
            let Err(problems) = from_toml(NAME, &text) else {
                continue;
            };
            let mut problems = problems.iter();
            let is_told =
                problems.any(|one| one.line == line || number.path.starts_with(&one.path));
            assert!(is_told, "{} = {beyond}", number.path);
        }
    }
}
