//! Sessions that go through a remedy, in virtual time, beside what was measured with processes.

use imds_tests::scenario::{Document, Scenario, loadgen, simulated};
use imds_tests::stories::stories;
use tempfile::TempDir;

/// So many jobs, which a script starts one after the other, on a VM whose tokens take 100 ms.
pub(crate) fn jobs(count: u32, client: &str, more: &str) -> String {
    format!(
        r#"
        schema = 1
        name = "jobs"
        imds = {{ latency = {{ token_cold = "100ms", token_warm = "100ms" }} }}
        [[sessions]]
        name = "jobs"
        count = {count}
        arrival = {{ every = {{ interval = "3ms" }} }}
        client = "{client}"
        script = [{{ connect = {{}} }}]
        {more}
        "#
    )
}

/// How many succeeded, and when the last token came.
fn came_to(result: &Document) -> (u64, f64) {
    let makespan = result.figure("makespan_ms").expect("a token");
    (result.count("sessions.succeeded"), makespan)
}

/// The table of `docs/exec.md`: 10 to 13 alone, 20 with places, all with places and a rate.
#[test]
fn fifty_jobs_fare_as_fifty_processes_did() {
    let through = |gate: &str| simulated(&jobs(50, "azure-cli", gate));
    let (alone, makespan) = came_to(&through(""));
    assert_eq!(alone, 10);
    assert!((200.0..=400.0).contains(&makespan), "{makespan}");
    let places = through("through = { gate = { at_once = 5 } }");
    assert_eq!(places.count("sessions.succeeded"), 20);
    assert_eq!(places.count("attempts.refused.rate"), 30);
    assert_eq!(places.count("attempts.refused.concurrency"), 0);
    let both = through("through = { gate = { at_once = 5, rate = '19/s' } }");
    let (succeeded, makespan) = came_to(&both);
    assert_eq!(succeeded, 50);
    // The processes took 2.9 to 4.4 s: each start was some milliseconds late.
    assert!((2600.0..2900.0).contains(&makespan), "{makespan}");
}

/// The table of `docs/exec.md` on what each remedy costs.
#[test]
fn a_place_is_held_for_the_whole_job() {
    let done = |through: &str| {
        let more = format!("work = '10m'\n{through}");
        let result = simulated(&jobs(60, "proportional", &more));
        assert_eq!(result.count("sessions.succeeded"), 60, "{through}");
        result.figure("sessions.last_done_ms").expect("all ended") / 60_000.0
    };
    let alone = done("");
    assert!((10.0..10.2).contains(&alone), "{alone} min");
    let spaced = done("through = { gate = { rate = '4/s' } }");
    assert!((10.2..10.3).contains(&spaced), "{spaced} min");
    let places = done("through = { gate = { at_once = 5 } }");
    assert!((120.0..120.2).contains(&places), "{places} min");
}

/// Thirty real ones from nothing on two cores (measured, one run each): the last had its resources after so many seconds as
/// they were, with `-Scope Process` on both commands, and behind a gate of five. What an import costs was inferred from these
/// herds (`docs/processor.md`).
#[test]
fn thirty_jobs_of_azure_powershell_take_as_long_as_the_real_ones_did() {
    let [newest, older] = ["az-accounts-5.5.0", "az-accounts-2.12.1"];
    let gate = "through = { gate = { at_once = 5 } }";
    for (release, more, scope, measured) in [
        (older, "", "", 110.0),
        (older, "", ", scope = 'Process'", 74.5),
        (older, gate, "", 59.0),
        (newest, gate, "", 71.0),
        (newest, "", "", 136.0),
        (newest, "", ", scope = 'Process'", 98.0),
    ] {
        let done = thirty_from_nothing(release, more, scope);
        let off = (done / measured - 1.0).abs();
        assert!(
            off < 0.2,
            "{release} {more} {scope}: {done} s, measured {measured} s"
        );
    }
}

/// After how many seconds the last of thirty had its resources, on two cores: the median of nine seeds.
fn thirty_from_nothing(release: &str, more: &str, scope: &str) -> f64 {
    let mut stories = stories().into_iter();
    let found = stories.find(|(name, _)| name == "article-cold");
    let mut text = found.expect("a scenario of the library").1;
    for (is, becomes) in [
        ("\"az-accounts-5.5.0\"", format!("'{release}'\n{more}")),
        (
            "identity = \"jobs\" }",
            format!("identity = 'jobs'{scope} }}"),
        ),
        ("\"production\" } }", format!("'production'{scope} }} }}")),
    ] {
        assert!(text.contains(is), "{is}");
        text = text.replace(is, &becomes);
    }
    let mut done: Vec<f64> = (1..=9)
        .map(|seed| {
            let seeded = text.replace("seed = 11\n", &format!("seed = {seed}\n"));
            assert_ne!(seeded, text);
            let result = simulated(&seeded);
            // Of the real ones none failed; of the modelled ones without a queue at most two do.
            let least = if scope.is_empty() { 30 } else { 28 };
            assert!(result.count("sessions.succeeded") >= least, "{release}");
            let done = result.figure("sessions.last_done_ms");
            done.expect("all ended") / 1000.0
        })
        .collect();
    done.sort_by(f64::total_cmp);
    done[4]
}

#[test]
fn groups_share_a_queue_unless_their_gates_have_names() {
    let second = |name: &str| {
        format!(
            r#"
            through = {{ gate = {{ at_once = 1 }} }}
            [[sessions]]
            name = "others"
            count = 10
            arrival = {{ herd = {{}} }}
            client = "azure-cli"
            through = {{ gate = {{ at_once = 1, name = "{name}" }} }}
            script = [{{ connect = {{}} }}]
            "#
        )
    };
    let most = |name: &str| {
        let result = simulated(&jobs(10, "azure-cli", &second(name)));
        assert_eq!(result.count("sessions.succeeded"), 20);
        result.count("peak.concurrent")
    };
    assert_eq!(most("imds"), 1);
    assert_eq!(most("other"), 2);
}

/// `tests/bench/herd remedies`: 40 of sixty processes (40 to 42) as they are, all behind the gate in 4.3 s, all by the
/// broker with one request in 0.6 s.
#[test]
fn sixty_unlike_jobs_by_the_broker_make_one_request() {
    let story = |wanted: &str| {
        let mut stories = stories().into_iter();
        let found = stories.find(|(name, _)| name == wanted);
        simulated(&found.expect("a scenario of the library").1)
    };
    let (alone, _) = came_to(&story("sixty-jobs"));
    assert!((37..=49).contains(&alone), "{alone}");
    let (gate, makespan) = came_to(&story("sixty-jobs-gate"));
    assert_eq!(gate, 60);
    assert!(makespan < 4300.0, "{makespan}");
    let broker = story("sixty-jobs-broker");
    assert_eq!(came_to(&broker), (60, 300.0));
    assert_eq!(broker.count("broker.sent"), 1);
    assert_eq!(broker.count("attempts.total"), 60);
    let (cache, makespan) = came_to(&story("sixty-jobs-shared-cache"));
    assert_eq!(cache, 60);
    assert!((300.0..700.0).contains(&makespan), "{makespan}");
}

/// Twenty may go in a second, five at once.
#[test]
fn a_broker_asks_for_unlike_tokens_at_its_pace() {
    let groups: String = (1..30).map(group).collect();
    let more = format!("through = {{ broker = {{}} }}\n{groups}");
    let result = simulated(&jobs(1, "azure-cli", &more));
    assert_eq!(result.count("sessions.succeeded"), 30);
    assert_eq!(result.count("broker.sent"), 30);
    assert_eq!(result.count("broker.refused"), 0);
    let makespan = result.figure("makespan_ms").expect("tokens");
    assert!((1240.0..1500.0).contains(&makespan), "{makespan}");
}

/// A group of one, which wants a token for a resource of its own by the broker.
fn group(number: u32) -> String {
    group_of(number, "through = { broker = {} }")
}

/// The same with what it goes through.
pub(crate) fn group_of(number: u32, through: &str) -> String {
    format!(
        r#"
        [[sessions]]
        name = "other-{number}"
        count = 1
        arrival = {{ herd = {{}} }}
        client = "azure-cli"
        {through}
        script = [{{ connect = {{ resource = "https://{number}.example/" }} }}]
        "#
    )
}

/// It asks IMDS again a second or so later, whatever its clients do meanwhile.
#[test]
fn a_broker_shares_a_failure_and_retries_for_its_clients() {
    let by = |fault: &str, policy: &str| {
        let text = jobs(
            20,
            "azure-cli",
            &format!("through = {{ broker = {{ policy = '{policy}' }} }}"),
        );
        simulated(&text.replacen("imds = { ", &format!("imds = {{ faults = [{fault}], "), 1))
    };
    let denied = by("{ effect = { status = 400 } }", "proportional");
    assert_eq!(denied.count("sessions.by_failure.imds_400"), 20);
    assert_eq!(denied.count("broker.sent"), 1);
    let once = "{ effect = { status = 500 }, next = 1 }";
    let given_up = by(once, "no-retry");
    assert_eq!(given_up.count("sessions.by_failure.imds_500"), 20);
    assert_eq!(given_up.count("broker.sent"), 1);
    let retried = by(once, "proportional");
    assert_eq!(retried.count("sessions.succeeded"), 20);
    assert_eq!(retried.count("broker.sent"), 2);
}

/// A broker answers 503 after 50 s, and its request goes on for those who ask again.
#[test]
fn a_broker_keeps_none_waiting_for_longer_than_it_may() {
    let more = r#"
        through = { broker = { policy = "waits" } }
        [policies.waits]
        attempt_timeout = "2m"
        [policies.again]
        attempt_timeout = "2m"
        [[policies.again.layers]]
        max_retries = 1
        rules = [{ statuses = ["503"], delay = { fixed = "1s" } }]
    "#;
    let text = jobs(3, "again", more).replace("\"100ms\"", "\"55s\"");
    let result = simulated(&text);
    assert_eq!(result.count("sessions.succeeded"), 3);
    assert_eq!(result.count("broker.sent"), 1);
    assert_eq!(result.count("attempts.by_status.503"), 3);
    assert_eq!(result.figure("makespan_ms"), Some(55_000.0));
}

#[test]
fn a_result_says_what_its_sessions_went_through() {
    let gate = "through = { gate = { at_once = 5, rate = '19/s' } }";
    let result = simulated(&jobs(50, "azure-cli", gate));
    let through = |key: &str| format!("sessions.by_group.jobs.through.{key}");
    assert_eq!(
        *result.at(&through("remedy")),
        "imds-client exec --at-once 5 --rate 19/s"
    );
    let longest = result.figure(&through("waited_ms.max"));
    assert!(longest.is_some_and(|ms| ms > 2000.0), "{longest:?}");
    let nothing = simulated(&jobs(5, "azure-cli", ""));
    assert_eq!(nothing.find("sessions.by_group.jobs.through"), None);
}

/// A session behind a gate is played by either kind of script with the same result.
#[test]
fn a_gate_is_the_same_to_both_kinds_of_scripts() {
    let gate = "through = { gate = { at_once = 3, rate = '9/s' } }";
    let makespan = |more: &str| {
        let result = simulated(&jobs(20, "proportional", &format!("{gate}\n{more}")));
        result.figure("makespan_ms")
    };
    let plain = makespan("");
    assert!(plain.is_some());
    assert_eq!(plain, makespan("context = 'article'"));
}

/// That each of these lines of a group is refused with its place, and in which words.
#[track_caller]
fn all_refused(lines: &[(&str, &str)]) {
    let folder = TempDir::new().expect("a folder");
    for (more, expected) in lines {
        let path = folder.path().join("jobs.toml");
        std::fs::write(&path, jobs(2, "azure-cli", more)).expect("a file");
        let done = loadgen(["scenario", "check", path.to_str().expect("a path")]);
        assert_eq!(done.code, 2, "{more}");
        assert!(done.stderr.contains(expected), "{more}: {}", done.stderr);
        assert!(done.stderr.contains("jobs.toml:"), "{}", done.stderr);
    }
}

#[test]
fn a_gate_or_a_length_without_effect_is_refused_with_its_place() {
    all_refused(&[
        ("through = { gate = {} }", "expected at_once, rate or both"),
        (
            "through = { gate = { at_once = 0 } }",
            "at_once: expected a number of sessions, at least 1",
        ),
        (
            "through = { gate = { at_once = '5' } }",
            "at_once: expected a number of sessions, at least 1",
        ),
        ("through = { gate = { rate = '5000/s' } }", "at most 1000/s"),
        (
            "through = { gate = { rate = '1/s', name = '' } }",
            "not empty",
        ),
        (
            "through = { gait = { at_once = 5 } }",
            "did you mean `gate`",
        ),
        ("through = {}", "expected exactly one of gate"),
        ("work = '0s'", "greater than zero"),
        (
            "startup = { cpu = '1s' }\nthrough = { gate = { at_once = 5 } }",
            "expected [processor]",
        ),
    ]);
}

#[test]
fn a_broker_or_a_cache_without_effect_is_refused_with_its_place() {
    all_refused(&[
        (
            "through = { broker = { policy = 'none' } }",
            "policy: expected a client, not \"none\"",
        ),
        (
            "through = { broker = { policy = 'azure-cli' } }",
            "policy: expected a policy without `replay`",
        ),
        (
            "through = { broker = {}, gate = { at_once = 5 } }",
            "expected exactly one of gate, broker",
        ),
        (
            "through = { broker = {}, shared_cache = {} }",
            "expected exactly one of gate, broker, shared_cache",
        ),
        (
            "through = { broker = {}, pace = true }",
            "expected shared_cache beside it",
        ),
        (
            "through = { shared_cache = {}, pace = false }",
            "expected true",
        ),
        ("through = { pace = false }", "expected true"),
        ("through = { shared_cache = { folder = 'x' } }", "folder"),
        (
            "context = 'article'\nthrough = { shared_cache = {} }",
            "expected no Azure context",
        ),
    ]);
}

#[test]
fn a_run_without_an_end_lasts_as_long_as_its_jobs() {
    let more = "work = '30m'\nthrough = { gate = { at_once = 1 } }";
    let scenario = Scenario::new(&jobs(3, "azure-cli", more));
    let result = scenario.simulated(&[]);
    assert_eq!(*result.at("cut_short"), false);
    assert_eq!(result.count("sessions.succeeded"), 3);
}
