//! Sessions that go through a gate or a broker: when their run ends, and what is counted of it.

use super::*;
use crate::record::failures::Place;
use crate::record::timeline::Second;
use crate::scenario::script::StepKind;

/// So many sessions that start at once, on a VM whose tokens take 100 ms.
fn sessions(count: u32, more: &str) -> String {
    format!(
        r#"
        schema = 1
        name = "through"
        [imds]
        latency = {{ token_cold = "100ms", token_warm = "100ms" }}
        [[sessions]]
        name = "all"
        count = {count}
        arrival = {{ herd = {{}} }}
        client = "no-retry"
        {more}
        "#
    )
}

fn played(text: &str) -> Raw {
    let scenario = scenario(text);
    agree(scenario.clone()).expect("the sample is as the record");
    agree_suspended(scenario.clone()).expect("suspended sessions are as plain ones");
    simulate(&scenario).expect("it ends")
}

const CONNECT: &str = "script = [{ connect = {} }]";

/// How many succeeded in a run that has no `max_duration`.
fn succeeded(count: u32, more: &str) -> u64 {
    let raw = played(&sessions(count, more));
    assert!(!raw.cut_short, "{more}");
    raw.record.ended().succeeded
}

#[test]
fn a_run_lasts_until_all_have_come_through_their_gate() {
    let one = "through = { gate = { at_once = 1 } }";
    let think =
        "script = [{ connect = {} }, { repeat = { times = 2, steps = [{ think = '10m' }] } }]";
    assert_eq!(succeeded(4, &format!("{one}\n{think}")), 4);
    let slowly = "through = { gate = { rate = '0.08/m' } }";
    assert_eq!(succeeded(4, &format!("{slowly}\n{CONNECT}")), 4);
    let two_groups = format!(
        "{one}\n{CONNECT}\nwork = '9m'\n[[sessions]]\nname = 'others'\ncount = 3\narrival = {{ herd = {{}} }}\n\
         client = 'no-retry'\nwork = '9m'\n{one}\n{CONNECT}"
    );
    assert_eq!(succeeded(3, &two_groups), 6);
    let alone = "script = [{ connect = {} }, { think = '11m' }]";
    assert_eq!(succeeded(2, alone), 2);
}

/// Its sessions that have not come through are cut off where they wait.
#[test]
fn a_run_that_ends_before_has_sessions_that_never_got_a_token() {
    let gate = "through = { gate = { at_once = 2 } }\nwork = '10m'";
    let text = sessions(6, &format!("{gate}\n{CONNECT}"));
    let text = text.replacen("[imds]", "max_duration = '5m'\n[imds]", 1);
    let raw = played(&text);
    assert!(raw.cut_short);
    let group = &raw.record.groups[0];
    assert_eq!(group.time_to_token.count_from(Duration::ZERO), 2);
    assert_eq!(group.time_to_token.percentiles().p50, None);
    assert_eq!(group.at_gate.percentiles().max, None);
    let kinds = raw.record.failures.kinds();
    let places: Vec<_> = kinds
        .map(|(place, _, count)| (place, count.count))
        .collect();
    let think = Place::Step(StepKind::Think);
    assert_eq!(places, [(Place::Gate, 4), (think, 2)]);
}

/// The second group reads a token that is due, and waits to retry its refresh when that has taken too long.
#[test]
fn an_abandoned_refresh_sends_no_further_attempt() {
    for pace in ["", ", pace = true"] {
        let raw = played(&format!(
            r#"
            schema = 1
            name = "stale"
            [imds]
            tokens = {{ lifetime = "60s" }}
            faults = [{{ from = "31s", lasts = "40s", effect = {{ status = 503 }} }}]
            [[sessions]]
            name = "first"
            count = 1
            arrival = {{ herd = {{ spread = "0s" }} }}
            client = "proportional"
            through = {{ shared_cache = {{}}{pace} }}
            {CONNECT}
            [[sessions]]
            name = "second"
            count = 1
            arrival = {{ herd = {{ at = "40s", spread = "0s" }} }}
            client = "proportional"
            through = {{ shared_cache = {{}}{pace} }}
            script = [{{ connect = {{}} }}, {{ think = "60s" }}]
            "#
        ));
        let second = &raw.record.groups[1];
        assert_eq!((second.succeeded, second.attempts), (1, 2), "{pace}");
        let ended = second.last_done.expect("it ends");
        assert!(ended >= Duration::from_secs(102), "{pace}: {ended:?}");
    }
}

/// The broker still asks when the last session has given up.
#[test]
fn an_operation_of_the_broker_is_no_session() {
    let more = format!(
        "background = true\nscript = [{{ metadata = {{}} }}, {{ think = '300ms' }}]\n\
         [policies.hasty]\nattempt_timeout = '1s'\n\
         [[sessions]]\nname = 'brokered'\ncount = 3\narrival = {{ herd = {{}} }}\nclient = 'hasty'\n\
         through = {{ broker = {{}} }}\n{CONNECT}"
    );
    let raw = played(&sessions(1, &more).replace("100ms", "10s"));
    let groups = &raw.record.groups;
    assert_eq!((groups[0].succeeded, groups[1].failed()), (1, 3));
    // In flight when the run ends: it was sent, and has no answer.
    let broker = &raw.record.broker;
    assert_eq!((broker.sent, broker.by_status.len()), (1, 0));
}

/// Five of them are served within the deadline, and five more are sent; the broker sends nothing for the others.
#[test]
fn an_operation_that_waits_for_its_turn_ends_at_its_deadline() {
    let group = |number: u32| {
        format!(
            "[[sessions]]\nname = 'g{number}'\ncount = 1\narrival = {{ herd = {{}} }}\nclient = 'no-retry'\n\
             through = {{ broker = {{ policy = 'dead' }} }}\n\
             script = [{{ connect = {{ resource = 'https://{number}.example/' }} }}]\n"
        )
    };
    let groups: String = (0..20).map(group).collect();
    let text = format!(
        "schema = 1\nname = 'deadline'\nimds = {{ latency = {{ token_cold = '4s', token_warm = '4s' }} }}\n\
         policies = {{ dead = {{ deadline = '6s' }} }}\n{groups}"
    );
    let raw = played(&text);
    assert_eq!(
        (raw.record.broker.sent, raw.record.ended().succeeded),
        (10, 5)
    );
    assert_eq!(raw.record.by_status.get("503"), Some(&15));
    let last = raw.record.timeline.seconds().last();
    assert_eq!(
        last.map(|last: Second| (last.second, last.other)),
        Some((6, 15))
    );
}

/// A herd that asks directly has taken the limit at once.
#[test]
fn a_refusal_through_the_broker_has_the_name_of_its_limiter() {
    let more = format!(
        "{CONNECT}\n[[sessions]]\nname = 'brokered'\ncount = 10\narrival = {{ herd = {{ at = '50ms' }} }}\n\
         client = 'no-retry'\nthrough = {{ broker = {{ policy = 'no-retry' }} }}\n{CONNECT}"
    );
    let raw = played(&sessions(5, &more));
    let refused = raw.record.groups[1].refused;
    assert_eq!((refused.concurrency, refused.total()), (10, 10));
}

/// Sixty requests to the broker at once are no load on IMDS, and the tokens that it hands out are not granted by IMDS.
#[test]
fn requests_to_the_broker_are_not_set_against_the_limits_of_imds() {
    let broker = "through = { broker = {} }";
    let raw = played(&sessions(60, &format!("{broker}\n{CONNECT}")));
    let load = &raw.record.load;
    assert_eq!((load.peak_sent(), load.peak_in_flight()), (1, 1));
    let more = format!(
        "{CONNECT}\n[[sessions]]\nname = 'brokered'\ncount = 60\narrival = {{ herd = {{}} }}\n\
         client = 'no-retry'\n{broker}\n{CONNECT}"
    );
    let raw = played(&sessions(4, &more));
    let load = &raw.record.load;
    assert_eq!((load.peak_sent(), load.peak_in_flight()), (5, 5));
    let known = raw.service_time.map(|times| times.tokens);
    assert_eq!((raw.record.granted_by_imds(), known), (5, Some(5)));
}
