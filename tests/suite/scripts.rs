//! What sessions do beyond one connect, in virtual time.

use imds_tests::scenario::{Document, simulated};

fn result_of(groups: &str) -> Document {
    simulated(&format!(
        "schema = 1\nname = 'scripts'\nmax_duration = '2h'\n[imds.latency]\ntoken_cold = '100ms'\ntoken_warm = '100ms'\n{groups}"
    ))
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
    let result = result_of(&group("all", 7, script, "on_error = 'continue'"));
    assert_eq!(
        (
            result.count("metadata.granted"),
            result.count("metadata.refused")
        ),
        (5, 2)
    );
    assert_eq!(result.count("attempts.total"), 7);
    assert_eq!(result.count("sessions.by_failure.imds_429"), 4);
    let succeeded = |step: &str| result.count(&format!("steps.{step}.succeeded"));
    assert_eq!((succeeded("metadata"), succeeded("connect")), (5, 5));
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
    let result = result_of(&format!("{alone}{agents}"));
    assert_eq!(result.count("sessions.total"), 1);
    assert!(!result.is("cut_short"));
    let of_agents = |key: &str| result.count(&format!("sessions.by_group.agents.{key}"));
    assert!(result.is("sessions.by_group.agents.background"));
    assert_eq!(of_agents("succeeded") + of_agents("failed"), 5);
    assert!(of_agents("attempts") > 20, "{}", of_agents("attempts"));
}

/// On two cores forty interpreters of 0.5 s of work are ready after ten seconds, all at once.
#[test]
fn interpreters_share_their_cores_before_anything_is_asked() {
    let cost = "startup = { cpu = '500ms', cores = 2 }";
    let result = result_of(&group("all", 40, "{ connect = {} }", cost));
    let timeline = result.list("timeline");
    assert_eq!(timeline[0]["second"], 0);
    let sent = timeline.iter().find(|second| second["sent"] != 0);
    assert_eq!(sent.expect("requests")["second"], 10);
    let bound = result.figure("lower_bounds_ms.session");
    assert!(bound > Some(10_000.0), "{bound:?}");
}

#[test]
fn a_token_is_asked_for_again_at_half_of_its_life() {
    let script = "{ connect = {} }, { repeat = { times = 3, steps = [{ refresh = {} }] } }";
    let text = group("one", 1, script, "");
    let result = result_of(&format!("[imds.tokens]\nlifetime = '1h'\n{text}"));
    assert_eq!(result.count("attempts.total"), 4);
    let longest_ms = result
        .figure("time_to_token_ms.max")
        .expect("every token came");
    assert!(
        longest_ms < 150.0,
        "the wait for half life is not in it: {longest_ms}"
    );
}
