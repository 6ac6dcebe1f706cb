//! The lines of a story: a time, and what happened then.

use std::fmt::{self, Write};

use crate::result::because::length;
use crate::result::messages::{Knowledge, Message};

/// Something that happened at a time since the run's start.
pub(super) fn line(out: &mut String, at_ms: f64, what: &str) -> fmt::Result {
    writeln!(out, "{:>12}  {what}", length(at_ms))
}

/// What the author of a script sees of a failure; nothing where that is not known.
pub(super) fn shown(out: &mut String, at_ms: f64, message: &Message) -> fmt::Result {
    let known = message.known.words();
    match (&message.text, message.known) {
        (_, Knowledge::Unknown) => Ok(()),
        (Some(text), _) => line(out, at_ms, &format!("  shows \"{text}\" ({known})")),
        (None, _) => line(out, at_ms, &format!("  {known}")),
    }
}

/// Something that has no time.
pub(super) fn undated(out: &mut String, what: &str) -> fmt::Result {
    writeln!(out, "{:>12}  {what}", "-")
}
