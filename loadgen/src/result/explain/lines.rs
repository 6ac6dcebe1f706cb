//! The lines of a story: a time, and what happened then.

use std::fmt::{self, Write};

use crate::result::because::length;

/// Something that happened at a time since the run's start.
pub(super) fn line(out: &mut String, at_ms: f64, what: &str) -> fmt::Result {
    writeln!(out, "{:>12}  {what}", length(at_ms))
}

/// Something that has no time.
pub(super) fn undated(out: &mut String, what: &str) -> fmt::Result {
    writeln!(out, "{:>12}  {what}", "-")
}
