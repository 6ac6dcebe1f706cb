//! What a rule has against a line of the tree.

use std::fmt;

/// A line that breaks a rule, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// The file's path in the workspace.
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// The name of the rule.
    pub(crate) rule: &'static str,
    /// What the line does.
    pub(crate) found: String,
    /// What it should do.
    pub(crate) instead: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            found,
            instead,
        } = self;
        write!(out, "{file}:{line}: {rule}: {found}. Instead: {instead}.")
    }
}

/// Requires that a rule found nothing.
///
/// # Panics
/// With all violations, one a line, if there are any.
#[track_caller]
pub(crate) fn none(mut violations: Vec<Violation>) {
    violations.sort();
    violations.dedup();
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    assert!(
        lines.is_empty(),
        "{} violations:\n{}",
        lines.len(),
        lines.join("\n")
    );
}

/// The lines that a rule names, as `file:line`, in order.
#[must_use]
pub(crate) fn lines(violations: &[Violation]) -> Vec<String> {
    let mut lines: Vec<String> = violations
        .iter()
        .map(|violation| format!("{}:{}", violation.file, violation.line))
        .collect();
    lines.sort();
    lines
}
