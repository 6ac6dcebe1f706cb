//! The tables of the docs are what their commands give.
//!
//! With the environment variable `UPDATE_DOCS=1` the cells are rewritten instead of compared:
//!
//!     UPDATE_DOCS=1 cargo test -p imds-tests --test suite tables
//!
//! Not held here, since they take minutes or real time: the board of policies (`imds-loadgen plan policy --format
//! markdown`, in a release build), the tables of `docs/processor.md` and `docs/context.md`, and every report of a live run.

use std::env;
use std::fs;

use imds_tests::scenario::{Document, loadgen};
use imds_tests::tree;

/// A row that names a scenario of the library: `| what | `NAME` | by the source | by his explanation |`.
fn row(line: &str) -> Option<(String, Vec<String>)> {
    let cells: Vec<&str> = line
        .strip_prefix("| ")?
        .strip_suffix(" |")?
        .split(" | ")
        .collect();
    let [what, name, first, second] = cells[..] else {
        return None;
    };
    let scenario = name.strip_prefix('`')?.strip_suffix('`')?;
    let is_result = |cell: &str| cell.split(" · ").count() == 4;
    (is_result(first) && is_result(second))
        .then(|| (scenario.to_owned(), vec![what.to_owned(), name.to_owned()]))
}

/// Sessions that succeeded, failed, and listed in a wrong context; how often the file was found open.
fn cell(scenario: &str, context: &str) -> String {
    let done = loadgen([
        "simulate",
        scenario,
        "--no-expectations",
        "--context",
        context,
        "--format",
        "json",
        "--traces",
        "0",
    ]);
    assert_eq!(done.code, 0, "{scenario}: {}", done.stderr);
    let result = Document::of(&done.stdout);
    let counts = [
        "sessions.succeeded",
        "sessions.failed",
        "sessions.wrong_context",
        "context.lock.busy",
    ];
    counts
        .map(|path| result.count(path).to_string())
        .join(" · ")
}

/// The page as its commands have it, and how many of its rows they made.
fn made(page: &str) -> (String, usize) {
    let mut rows = 0;
    let lines = page.lines().map(|line| match row(line) {
        None => line.to_owned(),
        Some((scenario, mut cells)) => {
            rows += 1;
            cells.extend(["current", "article"].map(|context| cell(&scenario, context)));
            format!("| {} |", cells.join(" | "))
        }
    });
    let page = lines.collect::<Vec<_>>().join("\n") + "\n";
    (page, rows)
}

fn holds(name: &str) {
    let path = tree::root().join(name);
    let written = tree::read(&path);
    let (made, rows) = made(&written);
    assert!(rows > 5, "{name} has its table of explanations no more");
    if env::var_os("UPDATE_DOCS").is_some() {
        return fs::write(&path, made).expect("the page can be written");
    }
    for (written, made) in written.lines().zip(made.lines()) {
        assert_eq!(written, made, "{name}: UPDATE_DOCS=1 rewrites it");
    }
}

#[test]
fn the_explanations_of_the_article_are_what_was_simulated() {
    holds("docs/article.md");
}

#[test]
fn the_same_of_the_page_in_japanese() {
    holds("docs/article.ja.md");
}
