//! Arrivals that are refused.

use std::time::Duration;

use super::{GOOD, assert_problem, from_toml, problems};

/// That a scenario with this arrival has this problem.
#[track_caller]
fn assert_arrival_problem(arrival: &str, expected: &str) {
    let text = GOOD.replace("{ herd = { spread = \"1s\" } }", arrival);
    let text = text.replace("count = 3\n", "");
    let text = text.replace(
        "name = \"good\"\n[imds]",
        "name = \"good\"\nmax_duration = \"10m\"\n[imds]",
    );
    assert_problem(&problems(&text), "bad.toml:9:", expected);
}

#[test]
fn arrivals_after_the_end_of_the_run_are_refused() {
    for (arrival, expected) in [
        (
            "{ replay = { file = 'cron-minute.csv', column = 'started', speed = 0.01 } }",
            "expected a time before the end of the run",
        ),
        (
            "{ herd = { at = '10m' } }",
            "start before the end of the run",
        ),
        (
            "{ stages = [{ duration = '1h', target = 0.0 }, { duration = '9s', target = 1 }] }",
            "start before the end of the run",
        ),
        (
            "{ closed = { at = '1h', users = 2, iterations = 3 } }",
            "start before the end of the run",
        ),
    ] {
        assert_arrival_problem(arrival, expected);
    }
}

#[test]
fn a_background_group_that_begins_after_the_end_of_the_run_is_refused() {
    let late = "{ every = { at = '10m', interval = '1s' } }\nbackground = true";
    assert_arrival_problem(late, "start before the end of the run");
}

#[test]
fn what_the_vm_plans_after_the_end_of_the_run_is_refused_with_its_line() {
    let planned = "max_duration = '5m'\n[imds]\nfaults = [\n{ from = '299s', effect = 'reset' },\n\
        { from = '5m', effect = 'reset' },\n]\nevents = [\n{ type = 'Reboot', at = '1s' },\n\
        { type = 'Reboot', at = '1h' }]\n";
    let text = GOOD.replace("[imds]\n", planned);
    let all = problems(&text);
    let line = |of: &str| 1 + text.lines().position(|it| it.contains(of)).expect("a line");
    for (written, key) in [
        ("from = '5m'", "faults[1].from"),
        ("at = '1h'", "events[1].at"),
    ] {
        let expected = format!("imds.{key}: expected a time before the end of the run");
        assert_problem(&all, &format!("bad.toml:{}:", line(written)), &expected);
    }
    let text = text
        .replace("from = '5m'", "from = '4m'")
        .replace("at = '1h'", "at = '4m'");
    assert!(from_toml("good.toml", &text).is_ok());
}

#[test]
fn arrivals_that_make_no_sense_are_refused() {
    for (arrival, expected) in [
        ("{ rate = { per_second = 0 } }", "greater than zero"),
        (
            "{ stages = [{ duration = '9s', target = 0 }] }",
            "at least one session",
        ),
        ("{ stages = [{ duration = '9s', targets = 1 }] }", "targets"),
        (
            "{ closed = { users = 2 } }",
            "either iterations or a duration",
        ),
        (
            "{ rate = { per_second = 1e9, duration = '1s' } }",
            "1 to 1000000",
        ),
        (
            "{ replay = { file = 'nothing.csv' } }",
            "cannot read nothing.csv: ",
        ),
        (
            "{ replay = { file = 'cron-minute.csv', speed = 0 } }",
            "a factor greater than zero",
        ),
        (
            "{ replay = { file = 'cron-minute.csv', column = 'at' } }",
            "cron-minute.csv:1: expected a column",
        ),
        (
            "{ replay = { file = 'cron-minute.csv' } }",
            "cron-minute.csv:3: expected a time such as",
        ),
    ] {
        assert_arrival_problem(arrival, expected);
    }
    let closed =
        "{ closed = { users = 2, iterations = 3 } }\nbackground = true\nstartup = { cpu = '1s' }";
    let problems = problems(&GOOD.replace("{ herd = { spread = \"1s\" } }", closed));
    assert_problem(&problems, "bad.toml:10:", "expected an open arrival");
    assert_problem(&problems, "bad.toml:11:", "expected an open arrival");
}

#[test]
fn without_max_duration_a_run_ends_ten_minutes_after_the_last_start_and_what_that_thinks() {
    let of = |arrival: &str| {
        let text = GOOD.replace("{ herd = { spread = \"1s\" } }", arrival);
        from_toml("good.toml", &text)
            .expect("a scenario")
            .latest_end()
    };
    let minutes = |minutes| Some(Duration::from_mins(minutes) + Duration::from_secs(1));
    assert_eq!(
        of("{ every = { at = '1h', interval = '30m' } }"),
        minutes(60 + 2 * 30 + 10)
    );
    assert_eq!(of("{ herd = { spread = '20m' } }"), minutes(30));
    assert_eq!(of("{ poisson = { per_second = 1.0 } }"), None);
    let gate = "{ herd = {} }\nthrough = { gate = { at_once = 1 } }";
    assert_eq!(of(gate), None);
    let late = "faults = [{ from = '11m', effect = 'reset' }]\n[[sessions]]";
    let all = problems(&GOOD.replace("[[sessions]]", late));
    assert_problem(
        &all,
        "bad.toml:6:",
        "imds.faults[0].from: expected a time before the end of the run, which is 10m 2s after its start",
    );
    let later = GOOD
        .replace("[[sessions]]", late)
        .replace("spread = \"1s\"", "spread = \"2m\"");
    assert!(from_toml("good.toml", &later).is_ok());
}
