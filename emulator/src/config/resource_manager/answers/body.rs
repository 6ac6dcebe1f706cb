//! The body of an answer: written in the configuration, or in a file beside it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use toml::Value;

use crate::config::json;
use crate::document::Section;
use crate::model::resource_manager::{BodyKind, CustomBody};

/// The longest body, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// No body without `body` and `file`; one of them at most.
pub(super) fn read(table: &mut Section, folder: Option<&Path>) -> Option<CustomBody> {
    let (has_body, has_file) = (table.offers("body"), table.offers("file"));
    if !has_file {
        return if has_body {
            written(table)
        } else {
            Some(CustomBody::NOTHING)
        };
    }
    let file: PathBuf = table.optional("file")?;
    if has_body {
        drop(written(table));
        table.refuse("file", "expected either `body` or `file`");
        return None;
    }
    let Some(folder) = folder else {
        table.refuse(
            "file",
            "expected `body`: only a configuration may name a file",
        );
        return None;
    };
    let read = content(&folder.join(&file));
    read.map(CustomBody::recognized)
        .map_err(|error| table.refuse("file", format!("cannot be read: {error}")))
        .ok()
}

/// The body that is written in the table.
pub(in crate::config) fn written(table: &mut Section) -> Option<CustomBody> {
    let value = match table.optional("body")? {
        Value::String(text) => return Some(CustomBody::recognized(text.into_bytes())),
        value @ (Value::Table(_) | Value::Array(_)) => value,
        _ => {
            table.refuse(
                "body",
                "expected a table or an array, to be sent as JSON, or text",
            );
            return None;
        }
    };
    let Some(value) = json::of(value) else {
        table.refuse("body", json::EXPECTED);
        return None;
    };
    Some(CustomBody {
        kind: BodyKind::Json,
        bytes: value.to_string().into_bytes(),
    })
}

fn content(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("expected at most 1 MiB"));
    }
    Ok(bytes)
}
