//! Recordings that the load generator reads back. A document of an earlier run, which begins with a brace: what is read is
//! written and read again as the same, in no format fails, and is no worse than itself. Any other: a table of starts, which are
//! the same in any order, and of which as many sessions begin as it has rows.
#![no_main]

use std::cell::RefCell;
use std::fs;

use imds_fuzz::program::{Files, Ran, loadgen};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// More rows are not played.
const MOST_PLAYED: u64 = 40;

thread_local! {
    static FILES: RefCell<Option<Files>> = const { RefCell::new(None) };
}

fuzz_target!(|text: &str| {
    FILES.with_borrow_mut(|files| {
        let files = files.get_or_insert_with(Files::new);
        if text.trim_start().starts_with('{') {
            document(files, text);
        } else {
            starts(files, text, "");
            starts(files, text, ", column = \"started\"");
        }
    });
});

fn document(files: &Files, text: &str) {
    let reported = |name: &str, format| loadgen(&["report", name, "--format", format]);
    let path = files.put("result.json", text).display().to_string();
    let read = reported(&path, "json");
    if read.code != 0 {
        assert_eq!(read.code, 2, "{read:?}");
        assert!(!read.stderr.trim().is_empty());
        return;
    }
    let written = files
        .put("written.json", &read.stdout)
        .display()
        .to_string();
    assert_eq!(reported(&written, "json").stdout, read.stdout);
    for format in ["text", "markdown", "csv", "html", "junit"] {
        let code = reported(&path, format).code;
        assert!(
            code == 0 || (code == 2 && matches!(format, "csv" | "junit")),
            "{code} of {format}"
        );
    }
    let compared = loadgen(&["compare", &path, &path]);
    assert_ne!(compared.code, 1, "worse than itself: {compared:?}");
    assert_ne!(compared.code, 3, "{compared:?}");
}

fn starts(files: &Files, text: &str, column: &str) {
    let read = replayed(files, text, column, &["scenarios", "check"]);
    if read.code != 0 {
        assert_eq!(read.code, 2, "{read:?}");
        has_a_line(text, &read);
        return;
    }
    let count = sessions(&read);
    assert!((1..=lines(text) as u64).contains(&count), "{read:?}");
    if let Some(turned) = turned(text, !column.is_empty()) {
        let again = replayed(files, &turned, column, &["scenarios", "check"]);
        assert_eq!(again.stdout, read.stdout, "{again:?}");
    }
    if count <= MOST_PLAYED {
        let out = files.folder().join("out").display().to_string();
        let played = replayed(
            files,
            text,
            column,
            &["simulate", "--format", "json", "--out", &out],
        );
        assert_eq!(played.code, 0, "{played:?}");
        let result = fs::read(files.folder().join("out/result.json")).expect("a result");
        let result: Value = serde_json::from_slice(&result).expect("a result of JSON");
        assert_eq!(result["sessions"]["total"], count, "{result}");
    }
}

fn replayed(files: &Files, text: &str, column: &str, command: &[&str]) -> Ran {
    let scenario = format!(
        "schema = 1\nname = \"again\"\nseed = 1\n[[sessions]]\nname = \"jobs\"\nclient = \"no-retry\"\n\
         arrival = {{ replay = {{ file = \"starts.csv\"{column} }} }}\nscript = [{{ connect = {{}} }}]\n"
    );
    let path = files.put("scenario.toml", scenario).display().to_string();
    let _starts = files.put("starts.csv", text);
    loadgen(&[command, &[&path]].concat())
}

/// `FILE: OK, 36 sessions in 1 group, ...`
fn sessions(read: &Ran) -> u64 {
    let count = read
        .stdout
        .split(": OK, ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    count
        .and_then(|count| count.parse().ok())
        .unwrap_or_else(|| panic!("{read:?}"))
}

/// The same rows from the last to the first, behind the header; none where a row may have more lines than one.
fn turned(text: &str, headed: bool) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let plain = !text.contains(['"', '#', '\r', '\u{b}', '\u{c}'])
        && !lines.iter().any(|line| line.is_empty());
    let (head, rows) = lines.split_at(usize::from(headed).min(lines.len()));
    let rows = rows.iter().rev().copied();
    plain.then(|| {
        head.iter()
            .copied()
            .chain(rows)
            .map(|line| format!("{line}\n"))
            .collect()
    })
}

/// The place of the file's name in the scenario, then the line of the recording.
fn has_a_line(text: &str, read: &Ran) {
    let (_, told) = read
        .stderr
        .split_once("starts.csv:")
        .unwrap_or_else(|| panic!("{read:?}"));
    let line = told.split(':').next().unwrap_or_default();
    let lines = lines(text);
    let is_line = line.parse().is_ok_and(|line| (1..=lines).contains(&line));
    assert!(is_line, "line {line:?} of {lines}: {read:?}");
}

/// How many lines it has, whichever of the three ends they have.
fn lines(text: &str) -> usize {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').count()
}
