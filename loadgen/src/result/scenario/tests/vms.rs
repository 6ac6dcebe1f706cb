//! `[[vms]]`, and the `vms` of groups.

use super::*;

const GOOD: &str = r#"
schema = 1
name = "good"
[imds]
identities = [{ name = "jobs", client_id = "5a1f0c9e-0000-4000-8000-000000000001" }]
latency = { token_cold = "1s" }
[[vms]]
name = "nightly"
count = 3
[[vms]]
name = "slow"
count = 1
imds = { profile = "azure-2017", latency = { token_warm = "2s" } }
[[sessions]]
name = "all"
count = 4
arrival = { herd = {} }
client = "azure-cli"
script = [{ connect = { identity = "jobs" } }]
[[sessions]]
name = "some"
count = 2
vms = ["slow"]
arrival = { herd = {} }
client = "azure-cli"
script = [{ connect = {} }]
[expect]
"fleet.vms_with_loss" = "<= 4"
"fleet.by_kind.slow.failed" = ">= 0"
"#;

#[test]
fn kinds_of_vms_have_settings_over_those_of_all_and_groups_run_on_each_or_on_some() {
    let scenario = from_toml("good.toml", GOOD).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(scenario.number_of_vms(), 4);
    assert_eq!(scenario.sessions(), 4 * 4 + 2);
    let planned: Vec<Option<u32>> = scenario.planned().collect();
    assert_eq!(planned, [Some(16), Some(2)]);
    let names: Vec<String> = scenario
        .places()
        .iter()
        .map(|place| scenario.vms[place.kind].vm(place.number))
        .collect();
    assert_eq!(names, ["nightly-1", "nightly-2", "nightly-3", "slow"]);
    let firsts = scenario.places().into_iter().map(|place| place.first);
    assert_eq!(firsts.collect::<Vec<_>>(), [0, 4, 8, 12]);
    let [nightly, slow] = [0, 1].map(|kind| scenario.of_kind(kind));
    let groups = [&nightly, &slow].map(|kind| kind.groups.len());
    assert_eq!(groups, [1, 2]);
    let seconds = |kind: &Scenario| {
        let latency = &kind.imds.vm.latency;
        [latency.token_cold, latency.token_warm].map(|time| time.median().as_secs())
    };
    assert_eq!(seconds(&nightly)[0], 1);
    assert_eq!(seconds(&slow), [1, 2]);
    assert_eq!(slow.imds.vm.profile, "azure-2017");
    assert_eq!(scenario.vm_of(11).profile, scenario.imds.vm.profile);
    assert_eq!(scenario.vm_of(12).profile, "azure-2017");
}

/// A replacement, and the place and the words of the problem that it makes.
const WRONG: [(&str, &str, &str, &str); 25] = [
    ("count = 3\n", "", "bad.toml:7", "missing"),
    (
        "count = 3\n",
        "count = 0\n",
        "bad.toml:9",
        "expected 1 to 10000 VMs",
    ),
    (
        "count = 3\n",
        "count = 10001\n",
        "bad.toml:9",
        "expected 1 to 10000 VMs",
    ),
    (
        "count = 3\n",
        "count = 10000\n",
        "bad.toml:7",
        "expected 10000 VMs at most in all, not 10001",
    ),
    (
        "count = 3\n",
        "count = 3\ncolour = 1\n",
        "bad.toml:10",
        "colour",
    ),
    ("name = \"nightly\"\n", "", "bad.toml:7", "name"),
    (
        "name = \"nightly\"\n",
        "name = \"a b\"\n",
        "bad.toml:8",
        "expected",
    ),
    (
        "name = \"nightly\"\n",
        "name = \"slow\"\n",
        "bad.toml:7",
        "expected a name for each kind, and two are called \"slow\"",
    ),
    (
        "name = \"slow\"\n",
        "name = \"nightly-2\"\n",
        "bad.toml:7",
        "two are called \"nightly-2\"",
    ),
    (
        "token_warm = \"2s\"",
        "token_warn = \"2s\"",
        "bad.toml:13",
        "token_warn",
    ),
    (
        "imds = { profile",
        "imds = { seed = 1, profile",
        "bad.toml:13",
        "not in a scenario",
    ),
    (
        "imds = { profile",
        "imds = { listen = \"127.0.0.1:1\", profile",
        "bad.toml:13",
        "not in a scenario",
    ),
    (
        "imds = { profile",
        "imds = { resource_manager = { page = 1 }, profile",
        "bad.toml:13",
        "all VMs share it",
    ),
    (
        "imds = { profile",
        "imds = { vms = [], profile",
        "bad.toml:13",
        "all VMs share it",
    ),
    (
        "imds = { profile",
        "imds = { tenant_id = \"00000000-0000-4000-8000-0000000000ff\", profile",
        "bad.toml:13",
        "expected in [imds] only: all VMs of a fleet are of one tenant",
    ),
    (
        "imds = { profile",
        "imds = { system_assigned = false, profile",
        "bad.toml:13",
        "expected in [imds] only",
    ),
    (
        "imds = { profile",
        "imds = { identities = [], profile",
        "bad.toml:13",
        "expected in [imds] only",
    ),
    (
        "imds = { profile",
        "imds = { instance = { compute = { location = \"x\" } }, profile",
        "bad.toml:13",
        "expected in [imds] only",
    ),
    (
        "imds = { profile",
        "imds = { faults = [{ from = \"9h\", effect = { status = 500 } }], profile",
        "bad.toml:13",
        "before the end of the run",
    ),
    (
        "vms = [\"slow\"]",
        "vms = [\"fast\"]",
        "bad.toml:23",
        "expected names of [[vms]], of nightly, slow, not \"fast\"",
    ),
    (
        "vms = [\"slow\"]",
        "vms = []",
        "bad.toml:23",
        "expected a name or more, each once",
    ),
    (
        "vms = [\"slow\"]",
        "vms = [\"slow\", \"slow\"]",
        "bad.toml:23",
        "expected a name or more, each once",
    ),
    (
        "vms = [\"slow\"]",
        "vms = \"slow\"",
        "bad.toml:23",
        "expected",
    ),
    (
        "count = 4\n",
        "count = 4\nvms = [\"slow\"]\n",
        "bad.toml:7",
        "expected a group that is not background on the VMs called \"nightly\"",
    ),
    (
        "fleet.by_kind.slow.failed",
        "fleet.by_kind.fast.failed",
        "bad.toml:29",
        "fast",
    ),
];

#[test]
fn what_has_no_effect_or_no_sense_is_refused_at_its_place() {
    for (from, to, place, expected) in WRONG {
        assert!(GOOD.contains(from), "{from}");
        let text = GOOD.replacen(from, to, 1);
        let found = problems(&text);
        assert_problem(&found, place, expected);
    }
}

#[test]
fn vms_of_a_group_need_kinds_and_kinds_are_not_none() {
    let [before, rest] = [0, 1].map(|part| GOOD.split("[[vms]]").nth(2 * part).expect("three"));
    let after = &rest[rest.find("[[sessions]]").expect("sessions")..];
    let without = problems(&format!("{before}{after}"));
    assert_problem(
        &without,
        "bad.toml",
        "expected [[vms]] in the scenario beside it",
    );
    let of_emulator = problems(&GOOD.replacen("latency", "vms = [{ name = \"a\" }]\nlatency", 1));
    assert_problem(&of_emulator, "bad.toml:6", "those of [[vms]] beside [imds]");
    let none = problems(&format!("vms = []\n{before}{after}"));
    assert_problem(&none, "bad.toml:1", "expected a table or more");
}

/// The mistake of a kind is the only problem: groups may name it.
#[test]
fn a_kind_with_a_mistake_is_known_to_groups() {
    let found = problems(&GOOD.replace("token_warm = \"2s\"", "token_warm = 2"));
    assert_eq!(found.len(), 1, "{found:#?}");
}

/// A number counts through the groups of one VM: on `slow` the session 4 is of `some`, and on others there is none.
#[test]
fn a_fault_strikes_a_session_of_its_own_vm() {
    let brokered = GOOD.replace(
        "vms = [\"slow\"]",
        "vms = [\"slow\"]\nthrough = { broker = {} }",
    );
    let fault = |session: u32| {
        format!(
            "imds = {{ faults = [{{ session = \"{session}\", effect = {{ status = 500 }} }}], profile"
        )
    };
    let of_kind = |session| brokered.replace("imds = { profile", &fault(session));
    let found = problems(&of_kind(4));
    assert_problem(
        &found,
        "bad.toml:13",
        "those of group \"some\" ask a broker",
    );
    from_toml("good.toml", &of_kind(3)).expect("the group `all` asks IMDS");
    let all = |session: u32| {
        let faults = format!(
            "faults = [{{ session = \"{session}\", effect = {{ status = 500 }} }}]\nlatency"
        );
        brokered.replacen("latency", &faults, 1)
    };
    assert_problem(&problems(&all(5)), "bad.toml:6", "ask a broker");
    from_toml("good.toml", &all(0)).expect("the group `all` asks IMDS");
}
