//! Keys that may not stand in a document, because what reads it decides them itself.

use toml::Value;

use crate::document::{Problems, Section, read};

/// A key that is refused, and what was expected instead. `table.key` is a key within a table, and within every table of
/// an array.
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
        for mut table in tables(section, &key, within.is_empty()) {
            note(&mut table, &within);
        }
    }
}

/// Takes the key; the tables there, if they are to be looked into.
fn tables<'t>(section: &mut Section<'t>, key: &str, is_plain: bool) -> Vec<Section<'t>> {
    if !is_plain && section.holds_table(key) {
        return section.section(key).into_iter().collect();
    }
    if !is_plain && section.holds_array(key) {
        return section.sections(key);
    }
    let _: Option<Value> = section.optional(key);
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: [Refused; 2] = [("listen", "not here"), ("vms.listen", "not there")];

    #[test]
    fn a_key_is_refused_in_every_table_of_an_array() {
        let text = "[[vms]]\nname = 'a'\nlisten = 1\n[[vms]]\nname = 'b'\n[[vms]]\nlisten = 2\n";
        let problems = refuse("c.toml", text, &REFUSED).expect_err("two are refused");
        assert_eq!(
            problems.to_string(),
            "c.toml:3:10: vms[0].listen: not there\nc.toml:7:10: vms[2].listen: not there"
        );
    }

    #[test]
    fn what_is_no_array_of_tables_is_left_to_the_reader_of_the_document() {
        for text in ["vms = 1", "vms = []", "[vms.a]\nlisten = 1", "other = [1]"] {
            assert!(refuse("c.toml", text, &REFUSED).is_ok(), "{text}");
        }
    }
}
