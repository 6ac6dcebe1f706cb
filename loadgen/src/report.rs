//! Renderings of a result. They do no arithmetic: what they show is in the document.

pub mod summary;
pub mod text;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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

/// Writes a document as `result.json` into a folder, whole or not at all; returns its path.
///
/// # Errors
/// If the file cannot be written.
pub fn write_json(folder: &Path, document: &impl Serialize) -> io::Result<PathBuf> {
    let path = folder.join("result.json");
    let unfinished = folder.join("result.json.tmp");
    fs::write(&unfinished, json(document))?;
    fs::rename(&unfinished, &path)?;
    Ok(path)
}
