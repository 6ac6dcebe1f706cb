//! The HTML page as a file; `tests/report/page` opens it in a browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn loadgen(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"));
    command.args(args).output().expect("the binary runs")
}

fn stdout(output: Output) -> String {
    String::from_utf8(output.stdout).expect("text")
}

fn utf8(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// A file of this project.
fn of_project(path: &str) -> String {
    utf8(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path))
}

/// A folder of this test's own, below the build folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("page")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn a_stored_result_gives_the_page_of_its_run() {
    let out = folder("stored");
    let scenario = of_project("scenarios/retries-in-step.toml");
    let output = loadgen(&[
        "simulate",
        &scenario,
        "--out",
        &utf8(&out),
        "--report",
        "html",
    ]);
    assert!(output.status.success(), "{output:?}");
    let page = fs::read_to_string(out.join("report.html")).expect("a page");
    let result = utf8(&out.join("result.json"));
    let again = loadgen(&["report", &result, "--format", "html"]);
    assert_eq!(stdout(again), page);
    assert!(
        page.contains("imds-loadgen simulate "),
        "the command that replays it"
    );
    let happened = "<strong>What happened: </strong>80 of 100 sessions failed (of group jobs, client msal-node), ";
    assert!(page.contains(happened), "{happened}");
    let text = stdout(loadgen(&["report", &result]));
    assert!(
        text.contains("replay         imds-loadgen simulate "),
        "{text}"
    );
}

#[test]
fn names_are_text_and_nothing_comes_from_elsewhere() {
    let scenario = of_project("tests/report/names.toml");
    let page = stdout(loadgen(&["simulate", &scenario, "--format", "html"]));
    assert!(page.contains("&lt;script&gt;document.title"), "{page}");
    for markup in [
        "<script",
        "<img",
        "</title></style>",
        "<link",
        "src=\"",
        "@import",
        "url(http",
    ] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn many_runs_have_a_page_too() {
    let scenario = of_project("scenarios/herd.toml");
    let page = stdout(loadgen(&[
        "simulate", &scenario, "--runs", "3", "--format", "html",
    ]));
    assert!(page.contains("3 of 3 runs passed"), "{page}");
    assert!(page.contains("--runs 3"), "{page}");
}

#[test]
fn a_comparison_has_no_page_and_says_so() {
    let out = folder("compared");
    let scenario = of_project("scenarios/herd.toml");
    loadgen(&["simulate", &scenario, "--out", &utf8(&out)]);
    let result = utf8(&out.join("result.json"));
    let output = loadgen(&["compare", &result, &result, "--format", "html"]);
    assert_eq!(output.status.code(), Some(2));
}
