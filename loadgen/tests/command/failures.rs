//! What failed, in results, reports and stories: each kind with an example.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::program::{code, folder, loadgen, stderr, stdout};

/// The result of a story of the library or of a file, and its path.
fn result(name: &str, story: &str) -> (Value, String) {
    let out = folder(name);
    let out = out.to_str().expect("a path in UTF-8");
    let output = loadgen(&["simulate", story, "--out", out]);
    assert!(code(&output) <= 1, "{}", stderr(&output));
    let path = format!("{out}/result.json");
    let text = fs::read_to_string(&path).expect("a result");
    (serde_json::from_str(&text).expect("JSON"), path)
}

/// Failed steps by step and kind, as the steps are counted.
fn by_step(document: &Value) -> BTreeMap<(String, String), u64> {
    let steps = document["steps"].as_object().expect("steps").iter();
    let kinds = steps.flat_map(|(step, counts)| {
        let kinds = counts["by_failure"].as_object().expect("kinds").iter();
        kinds.map(move |(kind, count)| {
            (
                (step.clone(), kind.clone()),
                count.as_u64().expect("a count"),
            )
        })
    });
    kinds.collect()
}

#[test]
fn each_kind_of_failure_is_counted_and_has_an_example_that_can_be_explained() {
    let (document, path) = result("failures/each", "article-default-scope");
    let failures = document["failures"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let counted = failures.iter().map(|failure| {
        let key = (text(&failure["step"]), text(&failure["kind"]));
        (key, failure["count"].as_u64().expect("a count"))
    });
    assert_eq!(counted.collect::<BTreeMap<_, _>>(), by_step(&document));
    for failure in failures {
        let session = failure["example"]["session"].to_string();
        let story = stdout(&loadgen(&["explain", &path, "--session", &session]));
        let because = text(&failure["example"]["because"]);
        assert!(story.contains(&because), "{because} in {story}");
    }
}

#[test]
fn a_wrong_context_is_told_with_what_was_read_at_the_start() {
    let (document, path) = result("failures/wrong", "article-default-scope");
    let failures = document["failures"].as_array().expect("a list");
    let wrong = failures
        .iter()
        .find(|failure| failure["kind"] == "wrong_identity");
    let example = &wrong.expect("a wrong identity")["example"];
    assert_eq!(example["message"]["known"], "silent");
    assert_eq!(
        example["cause"]["worked_as"]["account"],
        "5a1f0c9e-0000-4000-8000-000000000002"
    );
    let session = example["session"].to_string();
    let story = stdout(&loadgen(&["explain", &path, "--session", &session]));
    for part in [
        "reads the profile's file, once",
        "signed in is 5a1f0c9e-0000-4000-8000-000000000002 in subscription",
        "asks Resource Manager for subscription: granted",
        "The session failed in step 1, connect, because its request for a token was refused",
        "It went on, and failed in step 4, list_resources, because it worked as",
    ] {
        assert!(story.contains(part), "{part} in {story}");
    }
}

#[test]
fn the_context_is_reported_where_one_is_played_and_nowhere_else() {
    for (format, heading) in [
        ("text", "wrong context"),
        ("markdown", "| wrong context |"),
        ("html", "id=\"context\""),
    ] {
        for (story, has) in [("article-default-scope", true), ("herd", false)] {
            let output = loadgen(&["simulate", story, "--format", format]);
            assert_eq!(
                stdout(&output).contains(heading),
                has,
                "{story} as {format}"
            );
        }
    }
}

#[test]
fn what_is_cut_short_is_shown_where_it_was() {
    let scenario = folder("failures/cut").join("long.toml");
    let text = r#"
        schema = 1
        name = "long"
        max_duration = "1s"
        [[sessions]]
        name = "all"
        count = 2
        arrival = { every = { interval = "5s" } }
        client = "azure-cli"
        script = [{ connect = {} }, { think = "9s" }]
    "#;
    fs::write(&scenario, text).expect("the folder can be written");
    let path = scenario.to_str().expect("a path in UTF-8");
    let output = loadgen(&["simulate", path, "--format", "json"]);
    let document: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let places = document["failures"].as_array().expect("a list").iter();
    let places: Vec<String> = places
        .map(|failure| {
            format!(
                "{} {} {}",
                failure["step"], failure["kind"], failure["count"]
            )
        })
        .collect();
    assert_eq!(
        places,
        [r#""start" "unfinished" 1"#, r#""think" "unfinished" 1"#]
    );
    assert_eq!(document["failures"][1]["example"]["at_ms"], 1000.0);
}

/// The result of a scenario of a test's own.
fn result_of(name: &str, scenario: &str) -> (Value, String) {
    let file = folder(&format!("{name}-story")).join("scenario.toml");
    fs::write(&file, scenario).expect("a file");
    result(name, file.to_str().expect("a path in UTF-8"))
}

#[test]
fn a_step_that_is_cut_short_tells_how_often_it_was_tried() {
    let (document, _) = result_of(
        "failures/cut-short",
        r#"
        schema = 1
        name = "cut-short"
        max_duration = "10s"
        imds = { faults = [{ effect = { status = 500 } }] }
        [[sessions]]
        name = "all"
        count = 1
        arrival = { herd = {} }
        client = "no-retry"
        script = [{ connect = {}, retry = { attempts = 9, delay = "4s" } }]
        "#,
    );
    let example = &document["failures"][0]["example"];
    assert_eq!(document["failures"][0]["kind"], "unfinished");
    assert_eq!(example["tries"], 3, "at 0, 4 and 8 seconds: {example}");
    assert_eq!(document["traces"][0]["steps"][0]["tries"], 3);
}

#[test]
fn a_session_behind_a_group_that_ends_by_time_can_be_explained() {
    let (document, path) = result_of(
        "failures/by-time",
        r#"
        schema = 1
        name = "by-time"
        [[sessions]]
        name = "users"
        arrival = { closed = { users = 1, duration = "9s", pause = "1s" } }
        client = "no-retry"
        script = [{ connect = {} }, { think = "2s" }]
        [[sessions]]
        name = "herd"
        count = 6
        arrival = { herd = {} }
        client = "no-retry"
        script = [{ connect = {} }]
        "#,
    );
    let explained = |session: &str| loadgen(&["explain", &path, "--session", session]);
    let traces = document["traces"].as_array().expect("stories");
    let last = traces.last().expect("one of the herd")["session"].to_string();
    assert!(stdout(&explained(&last)).contains("of group herd"));
    let never_begun = explained("8");
    assert_eq!(code(&never_begun), 2);
    assert!(stderr(&never_begun).contains("the story of session 8 was not kept"));
}
