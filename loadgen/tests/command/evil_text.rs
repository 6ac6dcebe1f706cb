//! Names and output that would be markup, formulas or controls of a terminal where they are shown.

use std::fs;
use std::path::Path;

use crate::program::{code, folder, loadgen, loadgen_in, stderr, stdout};

/// Markup of HTML and Markdown, the end of a cell and of code, and a formula.
const EVIL: &str = "=1+1|<b onx=1>[a](http://b)`c`";

fn scenario(folder: &Path, scenario: &str, group: &str) -> String {
    let text = format!(
        "schema = 1\nname = '{scenario}'\n[[sessions]]\nname = '{group}'\ncount = 8\n\
         arrival = {{ herd = {{}} }}\nclient = 'no-retry'\nscript = [{{ connect = {{}} }}]\n\
         [expect]\n\"sessions.by_group.{group}.succeeded\" = '== 8'\n"
    );
    let path = folder.join("evil.toml");
    fs::write(&path, text).expect("the folder can be written");
    path.to_str().expect("a path in UTF-8").to_owned()
}

#[test]
fn a_name_is_text_in_every_report() {
    let folder = folder("evil/names");
    let path = scenario(&folder, EVIL, EVIL);
    let formats = ["--report", "text,csv,junit,markdown,html"];
    for (out, runs) in [("one", None), ("many", Some("3"))] {
        let runs = runs.map_or(vec![], |runs| vec!["--runs", runs]);
        let arguments = [&["simulate", &path, "--out", out][..], &formats, &runs].concat();
        let output = loadgen_in(&folder, &arguments);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        for file in fs::read_dir(folder.join(out)).expect("the reports") {
            let file = file.expect("a file").path();
            let text = fs::read_to_string(&file).expect("text");
            let is = |ending: &str| file.extension().is_some_and(|it| it == ending);
            let shown = file.display();
            if is("html") || is("xml") {
                assert!(!text.contains("<b onx"), "{shown}: {text}");
            }
            if is("md") {
                // In a cell of code markup is text, but for the end of the cell.
                let no_code = text.replace(&EVIL.replace('|', "\\|"), "");
                let unescaped = no_code.replace("\\<", "").replace("\\[", "");
                let markup = unescaped.contains("<b onx") || unescaped.contains("[a");
                assert!(!markup, "{shown}: {text}");
            }
            if is("csv") {
                let formula = |field: &str| field.trim_start_matches('"').starts_with('=');
                assert!(!text.split([',', '\n']).any(formula), "{shown}: {text}");
            }
        }
    }
}

#[test]
fn a_name_is_text_in_the_remedies_for_its_jobs() {
    let folder = folder("evil/remedies");
    let path = scenario(&folder, EVIL, EVIL);
    let metadata = fs::read_to_string(&path).expect("the scenario");
    let metadata = metadata.replace("script = [", "script = [{ metadata = {} }, ");
    fs::write(&path, metadata).expect("the folder can be written");
    let arguments = ["--no-vary", "--runs", "1", "--format", "markdown"];
    let output = loadgen_in(&folder, &[&["remedies", &path], &arguments[..]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let report = stdout(&output);
    assert!(
        report.contains("\\<b onx") && report.contains("\\[a"),
        "{report}"
    );
    let unescaped = report.replace("\\<", "").replace("\\[", "");
    let markup = unescaped.contains("<b onx") || unescaped.contains("[a");
    assert!(!markup, "{report}");
}

/// Of a stored result, since no scenario has such a name.
#[test]
fn controls_stay_what_they_are_in_a_table_for_programs_and_are_text_in_a_report() {
    let folder = folder("evil/stored");
    let path = scenario(&folder, "plain", "GROUP");
    let arguments = ["--out", "out", "--report", "csv,text", "--format", "csv"];
    let output = loadgen_in(&folder, &[&["simulate", &path], &arguments[..]].concat());
    let file = |name: &str| fs::read_to_string(folder.join("out").join(name)).expect("a file");
    assert_eq!(stdout(&output), file("sessions.csv"));
    let stored = file("result.json").replace("GROUP", "a\\u001b[2J\\u202e\\rb");
    fs::write(folder.join("stored.json"), stored).expect("the folder can be written");
    let report = |format| {
        let output = loadgen_in(&folder, &["report", "stored.json", "--format", format]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        stdout(&output)
    };
    let table = file("sessions.csv").replace("GROUP", "\"a\u{1b}[2J\u{202e}\rb\"");
    assert_eq!(report("csv"), table);
    for format in ["text", "markdown", "html", "json"] {
        let report = report(format);
        assert!(!report.contains(['\u{1b}', '\u{202e}', '\r']), "{format}");
        assert!(report.contains("u001b[2J"), "{format}: {report}");
    }
}

#[test]
fn a_name_that_would_control_a_terminal_is_refused_and_shown_as_text() {
    let folder = folder("evil/controls");
    for evil in ["a\u{202e}b", "\u{2066}", "a\u{9b}2J"] {
        for (one, other) in [(evil, "a"), ("a", evil)] {
            let output = loadgen(&["scenarios", "check", &scenario(&folder, one, other)]);
            assert_eq!(code(&output), 2);
            let told = stderr(&output);
            assert!(
                told.contains("name: expected a name of printable"),
                "{told}"
            );
            let shown =
                |c: char| c == '\n' || !c.is_control() && !('\u{2000}'..'\u{2070}').contains(&c);
            assert!(told.chars().all(shown), "{told:?}");
        }
    }
}

#[test]
fn what_a_command_printed_and_is_called_is_text() {
    let script = "printf '\\033[2J\\342\\200\\256x\\n' >&2; exit 1";
    let arguments = [
        "check",
        "--case",
        "alone",
        "--verbose",
        "--format",
        "markdown",
    ];
    let command = ["--", "sh", "-c", script, EVIL];
    let output = loadgen(&[&arguments[..], &command].concat());
    let (told, report) = (stderr(&output), stdout(&output));
    assert!(told.contains("\\u001b[2J\\u202ex"), "{told:?}");
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told:?}");
    let heading = report.lines().next().expect("a heading");
    assert!(
        heading.starts_with("## `` sh -c") && heading.contains(" ``: "),
        "{heading}"
    );
}
