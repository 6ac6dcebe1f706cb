//! Expectations of what was not measured: an outage over the whole run is no success, in any output.

use std::fs;

use serde_json::Value;

use crate::program::{code, folder, loadgen_in, stderr, stdout};

/// Nothing is granted; nothing is refused by a limit either.
const OUTAGE: &str = r#"
    schema = 1
    name = "outage"
    seed = 1
    [imds]
    [[imds.faults]]
    effect = { status = 503 }
    [[sessions]]
    name = "one"
    count = 4
    arrival = { herd = {} }
    client = "no-retry"
    script = [{ connect = {} }]
    [expect]
    "attempt_latency_ms.granted.p99" = "< 1000"
    "time_to_token_succeeded_ms.p99" = "> 1"
    "attempt_latency_ms.refused.p99" = "< 1000"
    "time_to_token_ms.p50" = "> 1"
"#;

#[test]
fn an_outage_meets_no_expectation_of_what_it_prevented() {
    for command in ["simulate", "run"] {
        let folder = folder(&format!("unmeasured/{command}"));
        fs::write(folder.join("outage.toml"), OUTAGE).expect("a file");
        let fixed = [command, "outage.toml", "--out", "out"];
        let more = ["--report", "junit,markdown,html,text"];
        let output = loadgen_in(&folder, &[&fixed[..], &more].concat());
        assert_eq!(code(&output), 1, "{}{}", stdout(&output), stderr(&output));
        let file = |name: &str| fs::read_to_string(folder.join("out").join(name)).expect(name);
        let result: Value = serde_json::from_str(&file("result.json")).expect("JSON");
        let judgements = result["expectations"].as_array().expect("a list");
        let of = |path: &str| {
            let mut found = judgements.iter().filter(|it| it["path"] == path);
            let judgement = found.next().expect("a judgement");
            (judgement["measured"] == true, judgement["met"] == true)
        };
        assert_eq!(of("attempt_latency_ms.granted.p99"), (false, false));
        assert_eq!(of("time_to_token_succeeded_ms.p99"), (false, false));
        assert_eq!(of("attempt_latency_ms.refused.p99"), (false, true));
        assert_eq!(of("time_to_token_ms.p50"), (true, true), "never");
        let text = file("report.txt");
        let unmet = "NOT MET        attempt_latency_ms.granted.p99 < 1000: not measured";
        assert!(text.contains(unmet), "{text}");
        let met = "met            attempt_latency_ms.refused.p99 < 1000: not measured";
        assert!(text.contains(met), "{text}");
        let row = "| `attempt_latency_ms.granted.p99` < 1000 | not measured | **not met** |";
        assert!(file("summary.md").contains(row));
        let junit = file("junit.xml");
        assert!(junit.contains("was not measured"), "{junit}");
        assert!(
            junit.contains(r#"skipped="1""#) || junit.contains(r#"disabled="1""#),
            "{junit}"
        );
        assert!(junit.contains(r#"failures="2""#), "{junit}");
        assert!(file("report.html").contains(">not measured<"));
    }
}

#[test]
fn summaries_and_plans_say_so_too() {
    let folder = folder("unmeasured/runs");
    fs::write(folder.join("outage.toml"), OUTAGE).expect("a file");
    let output = loadgen_in(&folder, &["simulate", "outage.toml", "--runs", "3"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let told = "met in 0 of 3 (not measured in 3)   attempt_latency_ms.granted.p99 < 1000";
    assert!(stdout(&output).contains(told), "{}", stdout(&output));
    let none = "met in 3 of 3 (not measured in 3)   attempt_latency_ms.refused.p99 < 1000";
    assert!(stdout(&output).contains(none), "{}", stdout(&output));
}
