//! Reads policies from TOML and reports all mistakes at once, each with its line.
//!
//! Serde stops at the first mistake. So the mistake is recorded, its value is cut out of the tree, and
//! the rest is read again, until no mistake is left.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::problems;
use super::retry_policy::Policy;
use super::toml_path::TomlPath;

/// A mistake in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProblem {
    /// Where it is, in bytes of the document.
    pub place: Range<usize>,
    /// Its path from the policy's table on: `layers[0].rules[1].delay`.
    pub path: String,
    /// What was found, or expected.
    pub message: String,
}

/// All mistakes of a file of policies. Its `Display` is one line for each: `file:line:column: path:
/// message`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines.join("\n"))]
pub struct PolicyErrors {
    lines: Vec<String>,
}

/// Reads a file of policies, `[policies.NAME]`. Problems name the file by `name`, such as its path.
///
/// # Errors
/// All that is wrong with it.
///
/// ```
/// let errors = imds_client::policy::from_toml("mine.toml", "[policies.mine]\ndeadlin = '1m'\n[policies.yours]\nlayers = 3\n");
/// let errors = errors.unwrap_err().to_string();
/// assert!(errors.starts_with("mine.toml:2:1: policies.mine.deadlin: unknown field"));
/// assert!(errors.contains("\nmine.toml:4:10: policies.yours.layers: invalid type: integer"));
/// ```
pub fn from_toml(name: &str, text: &str) -> Result<BTreeMap<String, Arc<Policy>>, PolicyErrors> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let syntax = errors.iter().map(|error| PolicyProblem {
        place: error.span().unwrap_or_default(),
        path: String::new(),
        message: error.message().to_owned(),
    });
    let mut problems: Vec<_> = syntax.collect();
    let mut policies = BTreeMap::new();
    if problems.is_empty() {
        policies = read_all(&table.into_inner(), &mut problems);
    }
    if problems.is_empty() {
        return Ok(policies);
    }
    problems.sort_by_key(|problem| problem.place.start);
    let line = |problem: &PolicyProblem| format!("{name}:{}", At(text, problem));
    Err(PolicyErrors {
        lines: problems.iter().map(line).collect(),
    })
}

fn read_all(root: &DeTable, problems: &mut Vec<PolicyProblem>) -> BTreeMap<String, Arc<Policy>> {
    let mut policies = BTreeMap::new();
    for (key, value) in root {
        let tables = match value.get_ref() {
            DeValue::Table(tables) if key.get_ref() == "policies" => tables,
            _ => {
                problems.push(PolicyProblem {
                    place: key.span(),
                    path: key.get_ref().to_string(),
                    message: "expected nothing but tables [policies.NAME]".to_owned(),
                });
                continue;
            }
        };
        for (name, table) in tables {
            match read(table) {
                Ok(policy) => {
                    let name = name.get_ref().to_string();
                    policies.insert(name.clone(), Arc::new(policy.named(name)));
                }
                Err(found) => problems.extend(found.into_iter().map(|problem| PolicyProblem {
                    path: joined(&format!("policies.{}", name.get_ref()), &problem.path),
                    ..problem
                })),
            }
        }
    }
    policies
}

/// Reads one policy from its table, for loaders of documents that contain policies among other things.
///
/// # Errors
/// All that is wrong with it.
pub fn read(table: &Spanned<DeValue>) -> Result<Policy, Vec<PolicyProblem>> {
    let mut noted = Vec::new();
    let mut rest = table.clone();
    let policy = loop {
        match Policy::deserialize(ValueDeserializer::from(rest.clone())) {
            Ok(policy) => break Some(policy),
            Err(error) => {
                let span = error.span().unwrap_or_else(|| table.span());
                note(&mut noted, table, span.clone(), error.message());
                if !TomlPath::of(&rest, &span).is_some_and(|place| place.cut(&mut rest)) {
                    break None;
                }
            }
        }
    };
    if let Some(policy) = &policy {
        note_unsound(&mut noted, table, &rest, policy);
    }
    match policy {
        Some(policy) if noted.is_empty() => Ok(policy),
        _ => Err(noted),
    }
}

/// Records a mistake, unless it is that a value is incomplete of which a part was cut out.
fn note(
    noted: &mut Vec<PolicyProblem>,
    table: &Spanned<DeValue>,
    place: Range<usize>,
    message: &str,
) {
    let path = TomlPath::of(table, &place).map_or(String::new(), |place| place.to_string());
    let missing = message.strip_prefix("missing field `");
    let incomplete = match missing.and_then(|rest| rest.strip_suffix('`')) {
        Some(field) => joined(&path, field),
        None => path.clone(),
    };
    let cut_out = |problem: &PolicyProblem| is_within(&problem.path, &incomplete);
    if !noted.iter().any(cut_out) {
        let message = message.to_owned();
        noted.push(PolicyProblem {
            place,
            path,
            message,
        });
    }
}

/// Records what is wrong with a rule as a whole, unless a part of it or of its layer was cut out.
fn note_unsound(
    noted: &mut Vec<PolicyProblem>,
    table: &Spanned<DeValue>,
    rest: &Spanned<DeValue>,
    policy: &Policy,
) {
    let cut: Vec<String> = noted.iter().map(|problem| problem.path.clone()).collect();
    for problem in problems::of(policy) {
        let place = problem.place(rest).unwrap_or_else(|| table.span());
        let path = TomlPath::of(table, &place).map_or(String::new(), |place| place.to_string());
        let layer = path.split(".rules").next().unwrap_or_default();
        if !cut.iter().any(|cut| is_within(cut, layer)) {
            let message = problem.message.to_owned();
            noted.push(PolicyProblem {
                place,
                path,
                message,
            });
        }
    }
}

fn joined(path: &str, rest: &str) -> String {
    match (path, rest) {
        (path, "") => path.to_owned(),
        ("", rest) => rest.to_owned(),
        _ => format!("{path}.{rest}"),
    }
}

fn is_within(path: &str, outer: &str) -> bool {
    let rest = path.strip_prefix(outer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// A problem with its line and column.
struct At<'a>(&'a str, &'a PolicyProblem);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text, problem) = self;
        let before = &text[..text.floor_char_boundary(problem.place.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let (line, column) = (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        );
        write!(f, "{line}:{column}: ")?;
        if !problem.path.is_empty() {
            write!(f, "{}: ", problem.path)?;
        }
        f.write_str(&problem.message)
    }
}

#[cfg(test)]
mod tests;
