//! What is kept of a command's output.

use std::fs;

use serde_json::Value;

use crate::program::{folder, loadgen_in, stdout};

/// A process that it left behind in a session of its own holds the output open.
#[test]
fn of_a_command_that_prints_without_end_the_first_and_last_mebibyte_are_kept() {
    let folder = folder("check/prints");
    let script = "setsid sleep 5 & echo first; yes | head -c 50000000; echo last; exit 7";
    let arguments = [
        "check", "--case", "alone", "--out", "out", "--", "sh", "-c", script,
    ];
    let output = loadgen_in(&folder, &arguments);
    let left_out = 50_000_011 - 2 * (1 << 20);
    let cut = format!("{left_out} bytes that copy 0 of alone printed are not kept");
    assert!(stdout(&output).contains(&cut), "{}", stdout(&output));
    let document = fs::read_to_string(folder.join("out/check.json")).expect("the document");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let run = &document["cases"][0]["runs"][0];
    assert_eq!(run["exit_code"], 7);
    assert_eq!(run["output_left_out_bytes"], left_out);
    assert!(run["took_ms"].as_f64().expect("a number") < 4000.0, "{run}");
    let kept = fs::read_to_string(folder.join("out/output/alone.stdout")).expect("the output");
    assert!(kept.starts_with("first\ny\n") && kept.ends_with("y\nlast\n"));
    assert!(kept.contains(&format!("[imds-loadgen: {left_out} bytes")));
    assert!(kept.len() < 2 * (1 << 20) + 100, "{} bytes", kept.len());
}
