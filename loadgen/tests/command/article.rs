//! The figures in the tables of `docs/article.md`, and of its translation, are those that its commands give.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{code, loadgen, stderr, stdout};

/// The cells of the rows whose second cell is the arguments of a command, by the heading of that cell.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(page);
    let text = fs::read_to_string(path).expect("the page is there");
    let lines = text.lines().map(cells);
    let mut inside = false;
    let rows = lines.filter(|row| {
        let title = row.get(1).is_some_and(|cell| cell == heading);
        inside = title || (inside && !row.is_empty());
        inside && !title && !row[1].starts_with("---")
    });
    rows.collect()
}

fn cells(line: &str) -> Vec<String> {
    let Some(row) = line.strip_prefix('|') else {
        return vec![];
    };
    let cells = row.trim_end_matches('|').split('|');
    cells.map(|cell| cell.trim().to_owned()).collect()
}

/// All but the first cell, which is in the page's language.
fn without_words(rows: &[Vec<String>]) -> Vec<&[String]> {
    rows.iter().map(|row| &row[1..]).collect()
}

fn simulated(arguments: &str, more: &[&str]) -> Value {
    let mut all = vec!["simulate"];
    all.extend(arguments.trim_matches('`').split(' '));
    all.extend(["--no-expectations", "--format", "json"]);
    all.extend(more);
    let output = loadgen(&all);
    assert_eq!(code(&output), 0, "{all:?}: {}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("a result")
}

/// Succeeded, failed, in a wrong context, and how often the file was found open.
fn ends(result: &Value) -> String {
    let sessions = &result["sessions"];
    let busy = &result["context"]["lock"]["busy"];
    let [ok, failed, wrong] = ["succeeded", "failed", "wrong_context"].map(|key| &sessions[key]);
    format!("{ok} · {failed} · {wrong} · {busy}")
}

/// Sessions that failed, requests that were refused, and when the last one of those that succeeded was done.
fn toll(result: &Value) -> [String; 3] {
    let refused = &result["attempts"]["refused"];
    let refused = ["rate", "concurrency"].map(|key| refused[key].as_u64().expect("a count"));
    let sessions = &result["sessions"];
    let last = sessions["last_done_ms"].as_f64().expect("a time") / 1000.0;
    [
        sessions["failed"].to_string(),
        refused.iter().sum::<u64>().to_string(),
        format!("{last:.1} s"),
    ]
}

const PAGES: [&str; 2] = ["article.md", "article.ja.md"];

#[test]
fn its_table_of_contexts_is_what_both_explanations_give() {
    let [english, japanese] = PAGES.map(|page| rows(page, "`SCENARIO`"));
    assert!(english.len() > 10, "{english:?}");
    assert_eq!(without_words(&english), without_words(&japanese));
    for row in english {
        let explained = |name| ends(&simulated(&row[1], &["--context", name]));
        assert_eq!(
            row[2..],
            [explained("current"), explained("article")],
            "{row:?}"
        );
    }
}

#[test]
fn its_table_of_limits_is_what_its_commands_give() {
    let [english, japanese] = PAGES.map(|page| rows(page, "`ARGUMENTS`"));
    assert!(english.len() > 5, "{english:?}");
    assert_eq!(without_words(&english), without_words(&japanese));
    for row in english {
        assert_eq!(row[2..], toll(&simulated(&row[1], &[])), "{row:?}");
    }
}
