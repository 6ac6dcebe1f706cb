//! What sessions do beyond one connect, in virtual time.

use imds_loadgen::result::run::RunResult;
use imds_tests::play::{scenario, simulated};

fn played(groups: &str) -> RunResult {
    let text = format!(
        "schema = 1\nname = 'scripts'\nmax_duration = '2h'\n[imds.latency]\ntoken_cold = '100ms'\ntoken_warm = '100ms'\n{groups}"
    );
    simulated(&scenario(&text))
}

fn group(name: &str, count: u32, script: &str, more: &str) -> String {
    format!(
        "[[sessions]]\nname = '{name}'\ncount = {count}\narrival = {{ herd = {{}} }}\n\
         client = 'azure-cli'\nscript = [{script}]\n{more}\n"
    )
}

/// Metadata has a limit of its own: five a second, which tokens do not meet.
#[test]
fn metadata_is_counted_apart_from_tokens() {
    let script = "{ metadata = { path = 'compute/vmSize' } }, { connect = {} }";
    let result = played(&group("all", 7, script, "on_error = 'continue'"));
    assert_eq!((result.metadata.granted, result.metadata.refused), (5, 2));
    assert_eq!(result.attempts.total, 7);
    assert_eq!(result.sessions.by_failure["imds_429"], 4);
    let steps = &result.steps.0;
    assert_eq!(
        (steps["metadata"].succeeded, steps["connect"].succeeded),
        (5, 5)
    );
}

#[test]
fn the_background_is_in_the_way_and_counts_apart() {
    let agents = group(
        "agents",
        5,
        "{ connect = {} }, { think = '50ms' }",
        "background = true\non_error = 'continue'",
    );
    let alone = group("jobs", 1, "{ think = '1s' }, { connect = {} }", "");
    let result = played(&format!("{alone}{agents}"));
    assert_eq!(result.sessions.total, 1);
    assert!(!result.cut_short);
    let agents = &result.sessions.by_group["agents"];
    assert_eq!(
        (agents.background, agents.succeeded + agents.failed),
        (true, 5)
    );
    assert!(agents.attempts > 20, "{}", agents.attempts);
}

/// On two cores forty interpreters of 0.5 s of work are ready after ten seconds, all at once.
#[test]
fn interpreters_share_their_cores_before_anything_is_asked() {
    let cost = "startup = { cpu = '500ms', cores = 2 }";
    let result = played(&group("all", 40, "{ connect = {} }", cost));
    assert_eq!(result.timeline.first().map(|second| second.second), Some(0));
    let sent = result.timeline.iter().find(|second| second.sent > 0);
    assert_eq!(sent.map(|second| second.second), Some(10));
    assert!(result.lower_bounds_ms.session > 10_000.0);
}

#[test]
fn a_token_is_asked_for_again_at_half_of_its_life() {
    let script = "{ connect = {} }, { repeat = { times = 3, steps = [{ refresh = {} }] } }";
    let text = group("one", 1, script, "");
    let result = played(&format!("[imds.tokens]\nlifetime = '1h'\n{text}"));
    assert_eq!(result.attempts.total, 4);
    let longest_ms = result.time_to_token_ms.max.expect("every token came");
    assert!(
        longest_ms < 150.0,
        "the wait for half life is not in it: {longest_ms}"
    );
}
