//! Keys that may not stand in a document, because what reads it decides them itself.

use toml::Value;

use crate::document::{Problems, Section, read};

/// A key that is refused, and what was expected instead. `table.key` is a key within a table.
pub type Refused = (&'static str, &'static str);

/// Looks for those keys; `name` is what problems call the document.
///
/// # Errors
/// Each of them that is there, with its place.
pub fn refuse(name: &str, text: &str, refused: &[Refused]) -> Result<(), Problems> {
    read(name, text, |section| {
        note(section, refused);
        Some(())
    })
}

/// Notes which of those keys are there, and takes all keys.
fn note(section: &mut Section, refused: &[Refused]) {
    for (key, expected) in refused {
        if section.has(key) {
            section.refuse(key, expected);
        }
    }
    for key in section.keys() {
        let within = |(path, expected): &Refused| {
            let inner = path.strip_prefix(key.as_str())?.strip_prefix('.')?;
            Some((inner, *expected))
        };
        let within: Vec<Refused> = refused.iter().filter_map(within).collect();
        if within.is_empty() || !section.holds_table(&key) {
            let _: Option<Value> = section.optional(&key);
        } else if let Some(mut table) = section.section(&key) {
            note(&mut table, &within);
        }
    }
}
