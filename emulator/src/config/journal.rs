//! The `journal` table.

use serde::Serialize;

use crate::document::Section;

/// The settings of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JournalSettings {
    /// How many of the latest requests are kept, 0 to 1 000 000; less than 5 KiB each.
    pub entries: usize,
}

impl JournalSettings {
    /// The most entries that can be kept; they take less than 3 GB.
    pub(crate) const MOST_ENTRIES: usize = 1_000_000;
}

pub(super) fn read(section: &mut Section) -> Option<JournalSettings> {
    let entries = section.required("entries")?;
    if entries > JournalSettings::MOST_ENTRIES {
        section.refuse(
            "entries",
            format!("expected 0 to {}", JournalSettings::MOST_ENTRIES),
        );
        return None;
    }
    Some(JournalSettings { entries })
}
