//! Results and summaries read back from their files.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Why a text is no result that this program can read.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// It is no result at all, or a damaged one.
    #[error("{name}:{line}:{column}: expected {kind}, but {what}")]
    NotAResult {
        name: String,
        /// What it should be.
        kind: &'static str,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        what: String,
    },
    /// It is a result of another version.
    #[error(
        "{name}: expected a document with `schema` {expected}, the only one that this version reads, found {found}"
    )]
    Schema {
        name: String,
        /// The version that can be read.
        expected: u32,
        /// The version in the file.
        found: u32,
    },
    /// Its counts contradict each other.
    #[error("{name}: expected {excess}")]
    Count {
        name: String,
        /// The count, its bound and what was found, in words.
        excess: String,
    },
}

#[derive(Deserialize)]
struct Head {
    schema: u32,
}

/// Reads a document with a version of its own. Keys that it does not know are left alone.
pub(crate) fn read<T: DeserializeOwned>(
    name: &str,
    text: &str,
    kind: &'static str,
    schema: u32,
) -> Result<T, ReadError> {
    let at = |error| at(name, kind, &error);
    let head: Head = serde_json::from_str(text).map_err(at)?;
    if head.schema != schema {
        return Err(ReadError::Schema {
            name: name.to_owned(),
            expected: schema,
            found: head.schema,
        });
    }
    serde_json::from_str(text).map_err(at)
}

fn at(name: &str, kind: &'static str, error: &serde_json::Error) -> ReadError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let place = format!(" at line {line} column {column}");
    ReadError::NotAResult {
        name: name.to_owned(),
        kind,
        line,
        column,
        what: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::result::run::RunResult;

    fn message(text: &str) -> String {
        let error = RunResult::from_json("old.json", text).map(drop);
        error.expect_err("no result").to_string()
    }

    #[test]
    fn another_version_is_refused_by_its_number() {
        assert!(message(r#"{"schema": 7, "new": true}"#).ends_with("found 7"));
    }

    #[test]
    fn what_is_no_result_is_refused_with_its_place() {
        assert!(message("{\n\"schema\": 1,\n}").starts_with("old.json:3:1: "));
        assert!(message(r#"{"schema": 1}"#).contains("missing field `scenario`"));
    }
}
