//! What cannot be planned.

use crate::{OPEN, file, plan, refused, text};

/// Arguments, and what is told of them.
type Wrong = (&'static [&'static str], &'static str);

const WRONG: [Wrong; 13] = [
    (
        &["sessions", "scheduled-jobs", "--group", "nobody"],
        "expected --group, one of cli, powershell",
    ),
    (
        &["sessions", "rate-ramp", "--group", "up-to-18-a-second"],
        "not stages",
    ),
    (
        &["spread", "spread-jobs", "--group", "cli"],
        "expected a group whose arrival is a herd, not every",
    ),
    (
        &["sessions", "herd", "--require", "sessions.succes >= 1"],
        "expected a path of the result",
    ),
    (
        &["sessions", "herd", "--require", "sessions.failed"],
        "expected a path and a comparison",
    ),
    (&["sessions", "herd", "--confidence", "95"], "below 1"),
    (
        &[
            "spread",
            "herd",
            "--max",
            "1ms",
            "--require",
            "run.mean < 1s",
        ],
        "at least one --step",
    ),
    (
        &[
            "sessions",
            "herd",
            "--require",
            "within(60s) of some >= 0.9",
        ],
        "one of all, not \"some\"",
    ),
    (
        &[
            "sessions",
            "herd",
            "--require",
            "within(60s) >= 0.9",
            "--share",
            "0.9",
        ],
        "no --share",
    ),
    (
        &[
            "sessions",
            "herd",
            "--require",
            "within(60s) >= 0.999",
            "--runs",
            "1000",
        ],
        "--runs 4850 or more",
    ),
    (
        &["sessions", "herd", "--vary", "weather"],
        "one of service_time, window",
    ),
    (
        &["sessions", "herd", "--vary", "window=round"],
        "one of sliding-window, fixed-window",
    ),
    (&["sessions"], "--require, such as"),
];

#[test]
fn what_cannot_be_searched_is_refused() {
    for (arguments, told) in WRONG {
        let told_by = refused(arguments);
        assert!(told_by.contains(told), "{arguments:?}: {told_by}");
    }
}

#[test]
fn what_is_not_there_is_refused() {
    for (arguments, told) in [
        (
            &["policy", "--policy", "nobody"][..],
            "expected a client, not \"nobody\" (`imds-client policies` lists presets",
        ),
        (
            &["policy", "--family", "nobody"][..],
            "expected a family, one of friendly",
        ),
        (
            &["policy", "--grid", "no-such-file.toml"][..],
            "cannot read no-such-file.toml",
        ),
    ] {
        let output = plan(arguments);
        let code = if told.starts_with("cannot") { 3 } else { 2 };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(told), "{arguments:?}");
    }
}

#[test]
fn what_is_asked_wrongly_is_told_as_it_was_asked() {
    let scenario = file("open.toml", OPEN);
    let scenario = scenario.to_str().expect("a path of text");
    assert_eq!(
        refused(&["sessions", scenario]),
        "error: expected --require, such as --require 'within(60s) >= 0.999': nothing else says what is required\n"
    );
    let required = ["--require", "sessions.success_ratio >= 0.5"];
    let with = |more: &[&str]| refused(&[&["sessions", scenario][..], &required, more].concat());
    let told = with(&["--require", "sessions.sucess_ratio < 1"]);
    assert!(
        told.ends_with("(--require \"sessions.sucess_ratio < 1\")\n"),
        "{told}"
    );
    let told = with(&["--group", "others"]);
    assert_eq!(
        told,
        "error: expected --group, one of jobs; not \"others\"\n"
    );
    let told = with(&["--client", "azure-clii"]);
    assert!(
        told.contains("expected a client, not \"azure-clii\", did you mean \"azure-cli\"? ("),
        "{told}"
    );
    let spread = ["spread", scenario, "--max", "1s", "--step", "2s"];
    assert_eq!(
        refused(&[&spread[..], &required].concat()),
        "error: expected a --max of at least one --step and less than 4294967294 of them, \
         not 1s in steps of 2s\n"
    );
}
