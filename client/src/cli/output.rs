//! What the program writes: results to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use serde::Serialize;

use super::visible::visible;

/// Prints a result and ends its line. A program gets it as it is, and a terminal without what would control it.
pub(super) fn stdout(text: &str) -> anyhow::Result<()> {
    lines(&format!("{text}\n"))
}

/// Prints a result of whole lines, likewise.
pub(super) fn lines(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let printed = if out.is_terminal() {
        out.write_all(visible(text).as_bytes())
    } else {
        out.write_all(text.as_bytes())
    };
    printed.context("writing to stdout")
}

/// JSON for people and for programs.
pub(super) fn pretty(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)?)
}

/// Writes a message to stderr. Where stderr is closed, the message is lost.
pub(super) fn report(message: &str) {
    let _ = writeln!(io::stderr(), "imds-client: {}", visible(message));
}
