//! One seed, one result.

use imds_tests::scenario::{Scenario, simulated};

const RANDOM_EVERYWHERE: &str = r#"
schema = 1
name = "random-everywhere"
seed = 7
[imds]
latency = { token_cold = { p50 = "120ms", p99 = "600ms" }, token_warm = { p50 = "20ms", p99 = "90ms" } }
[[sessions]]
name = "poisson"
count = 60
arrival = { poisson = { per_second = 30.0 } }
client = "js-azure-identity"
script = [{ connect = {} }, { think_between = ["1ms", "2s"] }, { connect = { resource = "https://vault.azure.net" } }]
[[sessions]]
name = "herd"
count = 60
arrival = { herd = { spread = "1s" } }
client = "proportional"
script = [{ connect = {} }]
"#;

fn document(scenario: &Scenario, seed: u64) -> String {
    let seed = seed.to_string();
    scenario.printed("simulate", &["--seed", &seed, "--traces", "40"])
}

#[test]
fn one_seed_twice_gives_equal_bytes() {
    let scenario = Scenario::new(RANDOM_EVERYWHERE);
    assert_eq!(document(&scenario, 7), document(&scenario, 7));
}

#[test]
fn another_seed_gives_another_run() {
    let scenario = Scenario::new(RANDOM_EVERYWHERE);
    let eight = document(&scenario, 8).replace("\"seed\": 8", "\"seed\": 7");
    let eight = eight.replace("--seed 8", "--seed 7");
    assert_ne!(document(&scenario, 7), eight);
}

/// The streams of the sessions are independent of each other: a group more at the end changes only
/// what the groups meet at the VM, not when the first ones start.
#[test]
fn one_more_group_does_not_move_the_others() {
    let first_starts = |text: &str| {
        let result = simulated(text);
        let seconds = result.list("timeline").iter();
        let starts = seconds.map(|second| second["started"].as_u64().expect("a count"));
        starts.collect::<Vec<u64>>()
    };
    let alone = first_starts(RANDOM_EVERYWHERE);
    let late = "[[sessions]]\nname = \"late\"\ncount = 1\narrival = { herd = { at = \"1h\" } }\n\
        client = \"azure-cli\"\nscript = [{ connect = {} }]\n";
    let with_late = first_starts(&format!("max_duration = \"2h\"\n{RANDOM_EVERYWHERE}{late}"));
    assert_eq!(alone, with_late[..alone.len()]);
}
