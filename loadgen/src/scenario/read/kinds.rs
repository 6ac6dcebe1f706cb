//! Tables that are one of several kinds, selected by their key: `{ herd = … }`, `{ think = … }`.

use imds_emulator::document::Section;
use serde::de::IgnoredAny;

/// The table at a key that must be there.
pub(super) fn table<'t>(parent: &mut Section<'t>, key: &str) -> Option<Section<'t>> {
    if parent.has(key) {
        parent.section(key)
    } else {
        parent.required::<IgnoredAny>(key);
        None
    }
}

/// The only key of the table, which must be one of `kinds`; none, and a problem noted, if there are
/// more or fewer. A misspelt kind is a problem of its own, noted when the table is dropped.
pub(super) fn kind<'k>(table: &mut Section, kinds: &[&'k str]) -> Option<&'k str> {
    let found: Vec<&str> = kinds
        .iter()
        .copied()
        .filter(|kind| table.has(kind))
        .collect();
    if let [kind] = found[..] {
        return Some(kind);
    }
    let misspelt = found.is_empty() && !table.keys().is_empty();
    for kind in kinds {
        table.optional::<IgnoredAny>(kind);
    }
    if !misspelt {
        let expected = format!("expected exactly one of {}", kinds.join(", "));
        table.refuse(found.first().unwrap_or(&kinds[0]), expected);
    }
    None
}
