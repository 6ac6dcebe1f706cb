//! A summary is the same whether runs are read from their samples or from their whole results.

use super::*;
use crate::result::in_words::in_words;
use crate::result::scenario::from_toml;
use crate::result::summary::Runs;
use crate::result::summary::in_words::in_words as of_runs;
use crate::result::summary::subject::{Subject, usual};
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
        if scenario.is_fleet() {
            let reader = Reader::new(&scenario, [].into_iter());
            assert!(!reader.is_sampled(), "{}", entry.name);
        } else {
            assert_same(entry.name, scenario);
        }
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

/// Three of them had a place, and the others waited for one until the run was cut.
const CUT_AT_THE_GATE: &str = r#"
    schema = 1
    name = "cut"
    max_duration = "10s"
    [[sessions]]
    name = "g"
    count = 20
    arrival = { herd = {} }
    client = "azure-cli"
    work = "4s"
    through = { gate = { at_once = 3 } }
    script = [{ connect = {} }]
    [expect]
    "sessions.by_group.g.through.waited_ms.p50" = "< 60000"
    "sessions.by_group.g.through.waited_ms.max" = "> 60000"
"#;

#[test]
fn sessions_that_never_had_a_turn_count_as_in_the_whole_result() {
    let scenario = from_toml("cut.toml", CUT_AT_THE_GATE).expect("valid");
    assert_same("cut", scenario.clone());
    let reader = Reader::new(&scenario, paths(&scenario).into_iter());
    let result = RunResult::new(&scenario, &simulate(&scenario).expect("a run"));
    for run in [
        reader.play(&scenario, 0).expect("a run"),
        reader.read(&result),
    ] {
        let judged = run
            .judged
            .iter()
            .map(|judged| (judged.met, judged.measured));
        assert_eq!(judged.collect::<Vec<_>>(), [(true, true), (false, true)]);
    }
}

#[test]
fn no_longest_wait_is_told_where_one_has_no_end() {
    let scenario = from_toml("cut.toml", CUT_AT_THE_GATE).expect("valid");
    let result = RunResult::new(&scenario, &simulate(&scenario).expect("a run"));
    let subject = Subject::new(&scenario, &[]).expect("no path is asked for");
    let reader = subject.reader(&scenario);
    let mut runs = Runs::of(subject);
    runs.add(reader.play(&scenario, 0).expect("a run"));
    for told in [in_words(&result), of_runs(&runs.summary())] {
        assert!(!told.happened.contains("no session waited"), "{told:?}");
    }
}

#[test]
fn a_client_with_a_shared_cache_has_no_wait_at_a_gate() {
    let text = CUT_AT_THE_GATE.split("[expect]").next().expect("a part");
    let text = text.replace("gate = { at_once = 3 }", "shared_cache = {}");
    let paths = usual(&from_toml("cache.toml", &text).expect("valid"));
    assert!(
        paths.iter().all(|path| !path.contains("waited_ms")),
        "{paths:?}"
    );
}

#[test]
fn a_group_that_asks_for_no_token_has_no_time_to_one() {
    let metadata = "[[sessions]]\nname = 'm'\ncount = 3\narrival = { herd = {} }\nclient = 'azure-cli'\n\
                    script = [{ metadata = {} }]\n[expect]";
    let text = CUT_AT_THE_GATE.replace("[expect]", metadata);
    let paths = usual(&from_toml("two.toml", &text).expect("valid"));
    let of = |start: &str| paths.iter().filter(|path| path.starts_with(start)).count();
    assert_eq!(of("sessions.by_group.m."), 1, "{paths:?}");
    assert_eq!(of("sessions.by_group.g.time_to_token_ms."), 2, "{paths:?}");
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
