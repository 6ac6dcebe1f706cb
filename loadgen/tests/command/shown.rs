//! What reports show of remedies, and what they leave out.

use std::fs;

use crate::program::{code, folder, loadgen_in, stderr, stdout};

/// Its sessions ask for metadata alone.
#[test]
fn what_has_nothing_of_tokens_is_left_out() {
    let folder = folder("reports/metadata-alone");
    let text = "schema = 1\nname = 'probes'\n[[sessions]]\nname = 'probes'\ncount = 6\narrival = { herd = {} }\n\
                client = 'azure-cli'\nscript = [{ metadata = {} }]\n";
    fs::write(folder.join("probes.toml"), text).expect("the folder can be written");
    let fixed = [
        "simulate",
        "probes.toml",
        "--report",
        "markdown,html",
        "--out",
    ];
    let once = stdout(&loadgen_in(&folder, &[&fixed[..], &["once"]].concat()));
    let often = stdout(&loadgen_in(
        &folder,
        &[&fixed[..], &["often", "--runs", "2"]].concat(),
    ));
    let read = |path: &str| fs::read_to_string(folder.join(path)).expect("written");
    let (page, pages) = (read("once/report.html"), read("often/report.html"));
    let (marks, often_marks) = (read("once/summary.md"), read("often/summary.md"));
    assert!(page.contains("Requests for metadata") && once.contains("metadata       6 requests"));
    for (name, report) in [
        ("once", &once),
        ("often", &often),
        ("page", &page),
        ("pages", &pages),
        ("marks", &marks),
        ("often marks", &often_marks),
    ] {
        for absent in [
            "time to token",
            "time_to_token",
            "Time to token",
            "attempts.",
            "Attempts",
            "refused: rate",
            "refused by rate",
            "makespan",
            "granted #",
            "Retries",
        ] {
            assert!(!report.contains(absent), "{absent} in {name}: {report}");
        }
    }
}

#[test]
fn a_wait_at_a_gate_is_in_the_story_and_on_the_page() {
    let folder = folder("reports/gate");
    let output = loadgen_in(
        &folder,
        &["simulate", "demo-gate", "--report", "html", "--out", "out"],
    );
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let story = stdout(&loadgen_in(&folder, &["explain", "out/result.json"]));
    assert!(
        story.contains("waits for its turn at `imds-client exec --at-once 5 --rate 19/s`"),
        "{story}"
    );
    assert!(story.contains("has its turn after 1."), "{story}");
    let page = fs::read_to_string(folder.join("out/report.html")).expect("written");
    assert!(page.contains("waits at the gate"), "no legend");
    assert!(page.contains("<path class=\"gate\""), "no bar");
    let broker = loadgen_in(&folder, &["explain", "demo-broker", "--seed", "1"]);
    let story = stdout(&broker);
    assert!(
        story.contains("starts, and asks `imds-client serve`"),
        "{story}"
    );
}
