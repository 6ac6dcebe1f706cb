//! `imds-loadgen remedies` as a user runs it.

use serde_json::Value;

use super::{file, loadgen, text};

/// The jobs of the story `sixty-jobs`, and a poller of metadata beside them.
const STRANGER: &str = r#"
schema = 1
name = "stranger"
imds = { latency = { token_cold = "300ms", token_warm = "300ms" } }
[[sessions]]
name = "python"
count = 25
arrival = { every = { interval = "7ms" } }
client = "py-azure-identity"
script = [{ connect = {} }]
[[sessions]]
name = "cli"
count = 20
arrival = { every = { interval = "9ms" } }
client = "azure-cli"
script = [{ connect = {} }]
[[sessions]]
name = "powershell"
count = 15
arrival = { every = { interval = "12ms" } }
client = "azure-powershell"
script = [{ connect = {} }]
[[sessions]]
name = "poller"
count = 1
background = true
arrival = { herd = {} }
client = "azure-cli"
script = [{ metadata = {} }, { think = "5s" }]
"#;

fn asked(name: &str, scenario: &str, arguments: &[&str]) -> Vec<String> {
    let path = file(&format!("remedies-{name}.toml"), scenario);
    let path = path.display().to_string();
    let arguments = [&["remedies", path.as_str()], arguments].concat();
    arguments.into_iter().map(str::to_owned).collect()
}

fn printed(asked: &[String]) -> String {
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let output = loadgen(&asked);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    text(&output.stdout).to_owned()
}

fn document(name: &str, scenario: &str, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    let printed = printed(&asked(name, scenario, &arguments));
    serde_json::from_str(&printed).expect("JSON")
}

fn row<'d>(document: &'d Value, remedy: &str) -> &'d Value {
    let rows = document["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["remedy"] == remedy);
    row.unwrap_or_else(|| panic!("{remedy}"))
}

#[test]
fn a_stranger_is_told_of_the_gate_and_of_the_broker() {
    let arguments = ["--runs", "10", "--vary", "service_time=50ms"];
    let document = document("stranger", STRANGER, &arguments);
    assert_eq!(document["recommended"], "gate");
    assert_eq!(document["rows"][0]["remedy"], "gate");
    let gate = &row(&document, "gate")["outcome"];
    assert_eq!(
        (&gate["succeeded_least"], &gate["requests"]),
        (&60.into(), &60.into())
    );
    let last = gate["last_token_ms"].as_f64().expect("a token");
    assert!((3500.0..5000.0).contains(&last), "{last}");
    for remedy in ["broker", "shared_cache"] {
        let outcome = &row(&document, remedy)["outcome"];
        assert_eq!(outcome["succeeded_least"], 60, "{remedy}");
        assert_eq!(outcome["requests"], 1, "{remedy}");
    }
    let nothing = &row(&document, "nothing")["outcome"];
    assert_eq!(nothing["holds"], false);
    let succeeded = nothing["succeeded"].as_u64().expect("a number");
    assert!((37..=49).contains(&succeeded), "{succeeded}");
    let poller = &row(&document, "broker")["left_out"]["poller"];
    assert!(
        poller
            .as_str()
            .is_some_and(|why| why.contains("background"))
    );
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema = loadgen(&["schema", "remedies"]);
    let schema: Value = serde_json::from_str(text(&schema.stdout)).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let arguments = ["--runs", "2", "--vary", "token_rate"];
    let document = document("schema", STRANGER, &arguments);
    let problems = validator.iter_errors(&document);
    let problems: Vec<String> = problems.map(|problem| problem.to_string()).collect();
    assert_eq!(problems, [""; 0]);
}

#[test]
fn what_to_do_stands_in_the_first_line_and_the_last_repeats_it() {
    let arguments = [
        "--runs",
        "3",
        "--vary",
        "token_rate",
        "--vary",
        "service_time=50ms",
    ];
    let shown = printed(&asked("text", STRANGER, &arguments));
    let first = shown.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("Start each job by `imds-client exec --at-once 5 --rate 19/s`: 60 of 60"),
        "{shown}"
    );
    assert!(
        shown.contains("That does not hold if token_rate is 5."),
        "{shown}"
    );
    let replay = shown.lines().last().unwrap_or_default();
    let replay = replay
        .split_once("imds-loadgen ")
        .map_or("", |(_, rest)| rest);
    let words = replay.split(' ').map(|word| word.trim_matches('\''));
    let again: Vec<String> = words.map(str::to_owned).collect();
    assert_eq!(printed(&again), shown);
}

#[test]
fn jobs_that_all_succeed_need_no_change() {
    let few = STRANGER
        .replace("count = 25", "count = 1")
        .replace("count = 20", "count = 1");
    let document = document(
        "few",
        &few.replace("count = 15", "count = 1"),
        &["--no-vary", "--runs", "3"],
    );
    assert_eq!(document["recommended"], "nothing");
}

#[test]
fn where_nothing_helps_nothing_is_recommended() {
    let broken = STRANGER.replace(
        "imds = { ",
        "imds = { faults = [{ effect = { status = 400 } }], ",
    );
    let arguments = ["--no-vary", "--runs", "2"];
    let document = document("broken", &broken, &arguments);
    assert_eq!(document["recommended"], Value::Null);
    let shown = printed(&asked("broken", &broken, &arguments));
    assert!(
        shown.starts_with("No remedy lets all sessions succeed"),
        "{shown}"
    );
}

/// Jobs that work for a minute after their tokens: with five places they are done much later than the last of them would be
/// without, although each gets a token.
#[test]
fn the_fastest_remedy_is_the_one_that_is_done_first() {
    let work = STRANGER.replace("count = 25", "count = 25\nwork = '1m'");
    let arguments = ["--no-vary", "--runs", "2"];
    let document = document("work", &work, &arguments);
    let done = |remedy: &str| row(&document, remedy)["outcome"]["last_done_ms"].as_f64();
    let [places, rate] =
        ["fewer_at_once", "spaced_starts"].map(|remedy| done(remedy).expect("done"));
    assert!(places > rate + 60_000.0, "{places} {rate}");
    assert_eq!(document["recommended"], "spaced_starts");
    let shown = printed(&asked("work", &work, &arguments));
    assert!(
        shown.contains("the last of those sessions is done after 6"),
        "{shown}"
    );
}

#[test]
fn a_remedy_that_was_not_played_has_no_setting() {
    let arguments = ["--no-vary", "--runs", "1"];
    let document = document("not-played", USERS, &arguments);
    let spaced = row(&document, "even_spacing");
    assert_eq!(spaced["outcome"], Value::Null);
    assert_eq!(spaced["setting"], "");
    let shown = printed(&asked("not-played", USERS, &arguments));
    assert!(!shown.contains("a start each"), "{shown}");
}

#[test]
fn of_jobs_that_ask_for_no_token_no_token_is_told() {
    let metadata = USERS.replace("connect", "metadata");
    let arguments = ["--no-vary", "--runs", "1"];
    let shown = printed(&asked("metadata", &metadata, &arguments));
    let first = shown.lines().next().unwrap_or_default();
    assert!(first.contains("(all of them in 100 % of 1 run)"), "{shown}");
    assert!(
        !first.contains("token") && !first.contains("requests"),
        "{shown}"
    );
}

#[test]
fn a_remedy_that_cannot_be_applied_says_why() {
    let powershell = STRANGER.replace("\"azure-powershell\"", "\"az-accounts-2.12.1\"");
    let document = document("left-out", &powershell, &["--no-vary", "--runs", "2"]);
    let why = &row(&document, "shared_cache")["left_out"]["powershell"];
    assert!(
        why.as_str()
            .is_some_and(|why| why.contains("Azure PowerShell"))
    );
    let other = row(&document, "other_client");
    assert_eq!(other["setting"], "az-accounts-5.5.0, proportional");
}

/// Two users begin sessions for a minute: how many there are is decided by how long each takes.
const USERS: &str = r#"
schema = 1
name = "users"
[[sessions]]
name = "users"
arrival = { closed = { users = 2, duration = "1m", pause = "5s" } }
client = "azure-cli"
script = [{ connect = {} }]
"#;

#[test]
fn each_row_has_its_own_number_of_sessions_where_time_decides_it() {
    let arguments = ["--no-vary", "--runs", "2"];
    let document = document("users", USERS, &arguments);
    let nothing = &row(&document, "nothing")["outcome"];
    assert_eq!(nothing["sessions"], nothing["succeeded"]);
    assert_eq!(document["sessions"], nothing["sessions"]);
    let sessions = nothing["sessions"].as_u64().expect("a number");
    assert!(sessions > 2, "{sessions}");
    let shown = printed(&asked("users", USERS, &arguments));
    let told = format!("Change nothing: {sessions} of {sessions} sessions succeed");
    assert!(shown.starts_with(&told), "{shown}");
}

#[test]
fn all_formats_are_written_into_a_folder() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("remedies-out");
    let out = folder.display().to_string();
    let arguments = [
        "--vary",
        "service_time=50ms",
        "--runs",
        "3",
        "--out",
        &out,
        "--format",
        "markdown",
    ];
    let shown = printed(&asked("out", STRANGER, &arguments));
    assert!(shown.starts_with("**Start each job by"), "{shown}");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("it was written");
    assert_eq!(read("summary.md"), shown);
    let page = read("report.html");
    assert_eq!(page.matches("<figure").count(), 1);
    assert!(page.contains("What each remedy does") && !page.contains("<script"));
    let stored = folder.join("remedies.json").display().to_string();
    let again = printed(&["report".to_owned(), stored]);
    assert_eq!(read("report.txt"), again);
    assert!(again.contains("imds-client serve"));
    let document: Value = serde_json::from_str(&read("remedies.json")).expect("JSON");
    assert_eq!(document["recommended"], "gate");
}

#[test]
fn what_is_wrong_is_refused() {
    for (arguments, expected) in [
        (&["--client", "no-such"][..], "a client, not \"no-such\""),
        (&["--vary", "no_such"], "no_such"),
        (
            &["--vary", "token_rate=20"],
            "a value of token_rate that differs",
        ),
        (
            &["--vary", "token_rate", "--vary", "token_rate"],
            "one --vary token_rate",
        ),
        (&["--share", "1.0"], "below 1"),
        (&["--runs", "0"], "0"),
    ] {
        let asked = asked("refused", STRANGER, arguments);
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        let output = loadgen(&asked);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = text(&output.stderr);
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
}
