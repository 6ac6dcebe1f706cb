//! A summary is the same whether runs are read from their samples or from their whole results.

use super::*;
use crate::result::scenario::from_toml;
use crate::result::summary::subject::usual;
use crate::scenario::library::SCENARIOS;

/// Paths beyond the usual ones that samples have.
const MORE: [&str; 12] = [
    "sessions.total",
    "sessions.failed",
    "sessions.by_failure.imds_429",
    "sessions.by_failure.unfinished",
    "sessions.first_done_ms",
    "sessions.last_done_ms",
    "time_to_token_ms.min",
    "time_to_token_ms.p90",
    "time_to_token_ms.p999",
    "time_to_token_succeeded_ms.p50",
    "time_to_token_succeeded_ms.max",
    "sessions.succeeded",
];

const OF_GROUP: [&str; 6] = [
    "total",
    "attempts",
    "tokens",
    "by_failure.imds_429",
    "time_to_token_ms.max",
    "time_to_token_succeeded_ms.p99",
];

fn paths(scenario: &Scenario) -> Vec<String> {
    let names = scenario.groups.iter().map(|group| &group.name);
    let of_groups =
        names.flat_map(|name| OF_GROUP.map(|end| format!("sessions.by_group.{name}.{end}")));
    let more = MORE.iter().map(|path| (*path).to_owned());
    let usual = usual(scenario).into_iter();
    usual.chain(more).chain(of_groups).collect()
}

/// With two expectations that samples have in the place of the scenario's own.
fn assert_same(name: &str, mut scenario: Scenario) {
    scenario.traces = 0;
    let expected = [
        ("time_to_token_ms.p90", "< 9000"),
        ("makespan_ms", "< 20000"),
    ];
    let parsed = expected.map(|(path, text)| Expectation::parse(path, text).expect("valid"));
    scenario.expectations = parsed.to_vec();
    let reader = Reader::new(&scenario, paths(&scenario).into_iter());
    assert!(reader.is_sampled(), "{name}");
    for run in 0..2 {
        let of_run = scenario.run(run);
        let result = RunResult::new(&of_run, &simulate(&of_run).expect("a run"));
        let sampled = reader.play(&scenario, run).expect("a run");
        let whole = reader.read(&result);
        // Not a number is equal to nothing, but has one text.
        assert_eq!(format!("{sampled:?}"), format!("{whole:?}"), "{name}");
    }
}

#[test]
fn a_sample_is_read_as_the_whole_result_is() {
    for entry in SCENARIOS {
        let scenario = from_toml(entry.name, entry.text).expect("a valid scenario");
        assert_same(entry.name, scenario);
    }
}

#[test]
fn where_nobody_gets_a_token_it_is_so_too() {
    let text = r#"
        schema = 1
        name = "outage"
        max_duration = "30s"
        [imds]
        faults = [{ preset = "outage", lasts = "10m" }]
        [[sessions]]
        name = "a.b"
        count = 5
        arrival = { herd = {} }
        client = "azure-cli"
        script = [{ connect = {} }]
        [[sessions]]
        name = "a"
        count = 5
        arrival = { herd = {} }
        client = "azure-cli"
        script = [{ metadata = {} }]
    "#;
    assert_same("outage", from_toml("any.toml", text).expect("valid"));
    let text = text.replace("[{ connect = {} }]", "[{ metadata = {} }]");
    assert_same("nothing", from_toml("any.toml", &text).expect("valid"));
}

#[test]
fn what_samples_do_not_have_is_read_from_the_result() {
    let text = crate::scenario::library::find("herd").expect("there").text;
    let scenario = from_toml("herd.toml", text).expect("valid");
    let reader = |path: &str| Reader::new(&scenario, std::iter::once(path.to_owned()));
    assert!(reader("makespan_ms").is_sampled());
    assert!(!reader("peak.concurrent").is_sampled());
    let read = reader("peak.concurrent").play(&scenario, 0).expect("a run");
    let result = RunResult::new(&scenario, &simulate(&scenario).expect("a run"));
    assert_eq!(read.figures, [f64::from(result.peak.concurrent)]);
}
