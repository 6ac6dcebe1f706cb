//! Renderings of a result. They do no arithmetic: what they show is in the document.

pub mod summary;
pub mod text;

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;

/// A document as JSON, keys in their documented order, with a newline at the end.
///
/// # Panics
/// Never: documents have string keys and no parts that fail.
#[must_use]
pub fn json(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("a document has string keys");
    text.push('\n');
    text
}

/// Writes a document into a file, whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub fn write_json(path: &Path, document: &impl Serialize) -> io::Result<()> {
    let unfinished = path.with_extension("json.tmp");
    fs::write(&unfinished, json(document))?;
    fs::rename(&unfinished, path).inspect_err(|_| drop(fs::remove_file(&unfinished)))
}
