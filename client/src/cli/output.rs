//! What the program writes: results to stdout, everything else to stderr.

use std::io::{self, Write};

use anyhow::Context;
use serde::Serialize;

/// Prints a result and ends its line.
pub(super) fn stdout(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("writing to stdout")
}

/// JSON for people and for programs.
pub(super) fn pretty(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)?)
}

/// Writes a message to stderr. Where stderr is closed, the message is lost.
pub(super) fn report(message: &str) {
    let _ = writeln!(io::stderr(), "imds-client: {message}");
}
