//! Tables of the docs are what their commands give.
//!
//! A comment above a table names the command that makes it. One that makes all of it prints it, with its heading or without:
//!
//!     <!-- table: imds-loadgen schema result --table -->
//!
//! One that makes cells is run for each row and each of the last columns. `{row}` is the cell before those, `{column}` the
//! column's word in the comment, and the cell has numbers of the JSON that is printed, by their pointers; `%` makes a share
//! of one:
//!
//!     <!-- cells: imds-loadgen simulate {row} --context {column} --format json; for: current, article;
//!          cell: {/sessions/succeeded} of {/sessions/total} -->
//!
//! A comment that begins with `slow` names a command that takes minutes in a build for tests: that one is run only with
//! `SLOW_DOCS=1`. With `UPDATE_DOCS=1` tables are rewritten instead of compared:
//!
//!     UPDATE_DOCS=1 cargo test -p imds-tests --test suite tables
//!
//! The table of clients in `docs/policies.md` is held by `client/tests/releases.rs`. Not held are the measurements of real
//! programs, the table of `docs/processor.md` beside them, and every report of a live run.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use imds_tests::scenario::loadgen;
use imds_tests::tree;
use serde_json::Value;

/// What a comment says of the table below it.
struct Mark {
    slow: bool,
    command: String,
    cells: Option<Cells>,
}

/// The cells that a command makes.
struct Cells {
    columns: Vec<String>,
    template: String,
}

impl Mark {
    /// The mark of a comment, if it is one.
    fn read(comment: &str) -> Option<Self> {
        let words = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        let (slow, words) = match words.strip_prefix("slow ") {
            Some(words) => (true, words.to_owned()),
            None => (false, words),
        };
        if let Some(command) = words.strip_prefix("table: ") {
            let (command, cells) = (command.to_owned(), None);
            return Some(Self {
                slow,
                command,
                cells,
            });
        }
        let words = words.strip_prefix("cells: ")?;
        let (command, words) = words.split_once("; for: ").expect("columns");
        let (columns, template) = words.split_once("; cell: ").expect("a cell");
        Some(Self {
            slow,
            command: command.to_owned(),
            cells: Some(Cells {
                columns: columns.split(", ").map(str::to_owned).collect(),
                template: template.to_owned(),
            }),
        })
    }

    fn is_skipped(&self) -> bool {
        self.slow && env::var_os("SLOW_DOCS").is_none()
    }

    /// The table as the command makes it.
    fn made(&self, table: &[&str]) -> Vec<String> {
        let (heading, rows) = table.split_at(2);
        assert!(heading[1].starts_with("|-"), "a table: {}", heading[0]);
        let kept = heading.iter().map(|line| (*line).to_owned());
        match &self.cells {
            None => {
                let printed = printed(&self.command);
                let whole = printed
                    .lines()
                    .nth(1)
                    .is_some_and(|line| line.starts_with("|-"));
                let lines = printed.lines().map(|line| line.trim_end().to_owned());
                if whole {
                    lines.collect()
                } else {
                    kept.chain(lines).collect()
                }
            }
            Some(cells) => kept
                .chain(rows.iter().map(|row| self.row(row, cells)))
                .collect(),
        }
    }

    fn row(&self, row: &str, cells: &Cells) -> String {
        let inner = row
            .strip_prefix("| ")
            .and_then(|row| row.strip_suffix(" |"));
        let all: Vec<&str> = inner.expect("a row").split(" | ").collect();
        let kept = &all[..all.len() - cells.columns.len()];
        let name = kept
            .last()
            .expect("a cell that names the row")
            .trim_matches('`');
        let made = cells.columns.iter().map(|column| {
            let command = self
                .command
                .replace("{row}", name)
                .replace("{column}", column);
            let document = serde_json::from_str(&printed(&command)).expect("JSON");
            filled(&cells.template, &document)
        });
        let kept = kept.iter().map(|cell| (*cell).to_owned());
        format!("| {} |", kept.chain(made).collect::<Vec<_>>().join(" | "))
    }
}

/// What a command prints, whose words have no spaces. Both languages of the article ask the same.
fn printed(command: &str) -> String {
    static PRINTED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let mut all = PRINTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(printed) = all.get(command) {
        return printed.clone();
    }
    let arguments = command
        .strip_prefix("imds-loadgen ")
        .expect("a command of imds-loadgen");
    let done = loadgen(arguments.split(' '));
    assert_eq!(done.code, 0, "{command}: {}", done.stderr);
    all.insert(command.to_owned(), done.stdout.clone());
    done.stdout
}

/// The template with the document's numbers.
fn filled(template: &str, document: &Value) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (pointer, rest) = part.split_once('}').expect("a closing brace");
        let (pointer, is_share) = match pointer.strip_suffix('%') {
            Some(pointer) => (pointer, true),
            None => (pointer, false),
        };
        let number = document.pointer(pointer).and_then(Value::as_f64);
        let number = number.unwrap_or_else(|| panic!("{pointer} is no number"));
        text += &if is_share {
            share(number)
        } else {
            number.to_string()
        };
        text += rest;
    }
    text
}

fn share(share: f64) -> String {
    if share >= 1.0 {
        "all".to_owned()
    } else if share > 0.99 {
        format!("{:.1} %", 100.0 * share)
    } else {
        format!("{:.0} %", 100.0 * share)
    }
}

/// The page as its commands have it, and how many tables have one.
fn made(page: &str) -> (String, usize) {
    let (mut text, mut rest, mut marks) = (String::new(), page, 0);
    while let Some((before, after)) = rest.split_once("<!-- ") {
        let (comment, after) = after.split_once(" -->\n").expect("the end of a comment");
        text.extend([before, "<!-- ", comment, " -->\n"]);
        rest = after;
        let Some(mark) = Mark::read(comment) else {
            continue;
        };
        rest = rest
            .strip_prefix('\n')
            .expect("an empty line before a table");
        text.push('\n');
        marks += 1;
        let table: Vec<&str> = rest
            .lines()
            .take_while(|line| line.starts_with('|'))
            .collect();
        assert!(table.len() > 2, "a table below {comment}");
        if !mark.is_skipped() {
            let length: usize = table.iter().map(|line| line.len() + 1).sum();
            text += &(mark.made(&table).join("\n") + "\n");
            rest = &rest[length..];
        }
    }
    (text + rest, marks)
}

fn hold(path: &Path) -> usize {
    let written = tree::read(path).replace("\r\n", "\n");
    let (made, marks) = made(&written);
    if env::var_os("UPDATE_DOCS").is_some() {
        if made != written {
            fs::write(path, made).expect("the page can be written");
        }
        return marks;
    }
    let page = path.display();
    for (written, made) in written.lines().zip(made.lines()) {
        assert_eq!(written, made, "{page}: UPDATE_DOCS=1 rewrites it");
    }
    assert_eq!(
        written.lines().count(),
        made.lines().count(),
        "{page}: UPDATE_DOCS=1 rewrites it"
    );
    marks
}

#[test]
fn each_table_that_names_its_command_is_what_the_command_gives() {
    let marks = tree::files("docs", ".md")
        .iter()
        .map(|path| hold(path))
        .sum::<usize>();
    assert!(marks >= 6, "{marks} tables name their command");
}

#[test]
fn a_table_that_is_otherwise_is_made_anew() {
    let mark = "<!-- cells: imds-loadgen simulate {row} --no-expectations --format json; for: all;\n     \
                cell: {/sessions/succeeded} of {/sessions/total}, {/sessions/success_ratio%} -->\n\n";
    let page = format!("{mark}| | all |\n|---|---|\n| `herd` | ? |\n\nend\n");
    let all = loadgen(["simulate", "herd", "--no-expectations", "--format", "json"]);
    let all: Value = serde_json::from_str(&all.stdout).expect("JSON");
    let (total, done) = (&all["sessions"]["total"], &all["sessions"]["succeeded"]);
    let row = format!("| `herd` | {done} of {total}, ");
    let (made, marks) = made(&page);
    assert!(
        made.contains(&row) && made.ends_with("\n\nend\n") && marks == 1,
        "{made}"
    );
}
