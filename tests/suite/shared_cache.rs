//! Sessions that share tokens and pace as processes of `imds-client token` do, in virtual time.

use imds_tests::scenario::simulated;

use crate::remedies::{group_of, jobs};

/// One process asks, and the others take what it wrote down.
#[test]
fn processes_that_share_a_cache_make_one_request() {
    let result = simulated(&jobs(50, "azure-cli", "through = { shared_cache = {} }"));
    assert_eq!(result.count("sessions.succeeded"), 50);
    assert_eq!(result.count("attempts.total"), 1);
    let makespan = result.figure("makespan_ms").expect("a token");
    // The last of them starts after 147 ms, and one that waits reads again after a fifth of a second at most.
    assert!((147.0..300.0).contains(&makespan), "{makespan}");
    let through = "sessions.by_group.jobs.through.remedy";
    assert_eq!(*result.at(through), "imds-client token --shared-cache");
}

/// 100 processes for as many resources took 5.8 to 6.0 s with their pace (`docs/shared-cache.md`).
#[test]
fn processes_that_share_a_pace_are_not_refused() {
    let herd = |through: &str| {
        let groups: String = (1..100).map(|number| group_of(number, through)).collect();
        simulated(&jobs(1, "azure-cli", &format!("{through}\n{groups}")))
    };
    let unpaced = herd("through = { shared_cache = {} }");
    // One that is refused fails, and holds up all that have not asked.
    let succeeded = unpaced.count("sessions.succeeded");
    assert!((70..95).contains(&succeeded), "{succeeded}");
    let paced = herd("through = { shared_cache = {}, pace = true }");
    assert_eq!(paced.count("sessions.succeeded"), 100);
    assert_eq!(paced.count("attempts.total"), 100);
    let makespan = paced.figure("makespan_ms").expect("tokens");
    assert!((5000.0..6000.0).contains(&makespan), "{makespan}");
}

/// Each of these processes asks for one token after the other.
#[test]
fn a_pace_of_ones_own_holds_back_one_that_asks_fast() {
    let one = |through: &str| {
        let text = jobs(1, "no-retry", through).replace("\"100ms\"", "\"10ms\"");
        let script = "script = [{ connect = {} }]";
        let many = "script = [{ repeat = { times = 50, steps = [{ connect = {} }] } }]";
        assert!(text.contains(script));
        simulated(&text.replace(script, many))
    };
    assert_eq!(one("").count("sessions.succeeded"), 0);
    let paced = one("through = { pace = true }");
    assert_eq!(paced.count("sessions.succeeded"), 1);
    assert_eq!(paced.count("attempts.refused.rate"), 0);
}

#[test]
fn processes_that_share_a_cache_share_refusals_and_what_fails_for_good() {
    let by = |fault: &str, policy: &str| {
        let text = jobs(20, policy, "through = { shared_cache = {} }");
        simulated(&text.replacen("imds = { ", &format!("imds = {{ faults = [{fault}], "), 1))
    };
    let denied = by("{ effect = { status = 400 } }", "proportional");
    assert_eq!(denied.count("sessions.by_failure.imds_400"), 20);
    assert_eq!(denied.count("attempts.total"), 1);
    // The one that asked fails for itself alone, and the next asks.
    let once = by("{ effect = { status = 500 }, next = 1 }", "no-retry");
    assert_eq!(once.count("sessions.by_failure.imds_500"), 1);
    assert_eq!(once.count("sessions.succeeded"), 19);
    assert_eq!(once.count("attempts.total"), 2);
    let refused = by("{ effect = { status = 429 }, next = 1 }", "proportional");
    assert_eq!(refused.count("sessions.succeeded"), 20);
    assert_eq!(refused.count("attempts.total"), 2);
}

/// A token is refreshed when about half of what is left of it is over: IMDS has the same one until shortly before its end.
/// A process that asks for it for too long takes the old one.
#[test]
fn processes_that_share_a_cache_refresh_a_token_in_time() {
    let over_a_day = |latency: &str| {
        let text = jobs(40, "proportional", "through = { shared_cache = {} }");
        let text = text.replace("3ms", "30m");
        simulated(&text.replace("\"100ms\"", latency))
    };
    let result = over_a_day("\"100ms\"");
    assert_eq!(result.count("sessions.succeeded"), 40);
    assert_eq!(result.count("attempts.total"), 3);
    assert_eq!(result.figure("time_to_token_ms.max"), Some(100.0));
    let slow = over_a_day("\"5s\"");
    assert_eq!(slow.count("sessions.succeeded"), 40);
    assert!(slow.count("attempts.total") > 2);
    assert_eq!(slow.figure("time_to_token_ms.max"), Some(5000.0));
    let spent = slow.figure("time_to_token_ms.p90").expect("tokens");
    assert!((spent - 2000.0).abs() < 20.0, "{spent}");
}
