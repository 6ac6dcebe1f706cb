//! A fleet is the sum of its VMs, and what they share binds where the arithmetic says.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::engine::simulate::simulate;
use crate::result::run::RunResult;
use crate::result::scenario::from_toml;

/// Two kinds of VMs whose sessions go through all that a VM has of its own; `{…}` is filled in.
const APART: &str = r#"
schema = 1
name = "apart"
[imds]
latency = { token_cold = "100ms", token_warm = { p50 = "20ms", p99 = "60ms" } }
identities = [{ name = "jobs", client_id = "5a1f0c9e-0000-4000-8000-000000000001" }]
[imds.resource_manager]
latency = "50ms"
limit = false
[processor]
cores = 2
costs = { connect = ["10ms", "40ms"] }
[[vms]]
name = "one"
count = {ONE}
[[vms]]
name = "other"
count = {OTHER}
imds = { latency = { token_cold = "300ms", token_warm = "300ms" }, limits = { identity = { concurrent = 2 } } }
[[sessions]]
name = "cli"
count = 7
arrival = { herd = { spread = "500ms" } }
client = "azure-cli"
script = [{ connect = {}, retry = { attempts = 2, delay = "100ms" } }, { metadata = {} }]
[[sessions]]
name = "gated"
vms = ["other"]
count = 4
arrival = { every = { interval = "50ms", jitter = "1s" } }
client = "go-msal"
through = { gate = { at_once = 2 } }
script = [{ connect = {} }]
[[sessions]]
name = "brokered"
vms = ["one"]
count = 3
arrival = { poisson = { per_second = 5 } }
client = "py-azure-identity"
through = { broker = {} }
script = [{ connect = { identity = "jobs" } }]
{CONTEXT}
"#;

const CONTEXT: &str = r#"
[[sessions]]
name = "powershell"
count = 2
arrival = { herd = { spread = "3s" } }
client = "az-accounts-2.12.1"
script = [{ connect = { identity = "jobs" } }, { list_resources = {} }]
"#;

/// Jobs that ask Resource Manager, on so many VMs, each with one of them; `identity` begins their steps.
fn jobs(vms: u32, limit: &str, identity: &str) -> RunResult {
    played(&format!(
        r#"
        schema = 1
        name = "jobs"
        [imds]
        identities = [{{ name = "jobs", client_id = "5a1f0c9e-0000-4000-8000-000000000001" }}]
        latency = {{ token_cold = "100ms", token_warm = "20ms" }}
        [imds.resource_manager]
        latency = "50ms"
        limit = {limit}
        [[vms]]
        name = "vm"
        count = {vms}
        [[sessions]]
        name = "jobs"
        count = 1
        arrival = {{ herd = {{}} }}
        client = "az-accounts-2.12.1"
        script = [
          {{ connect = {{ {identity} scope = "Process" }} }},
          {{ set_context = {{ subscription = "imds-emulator", scope = "Process" }} }},
          {{ list_resources = {{}} }},
        ]
        "#
    ))
}

const SHARED: &str = r#"identity = "jobs","#;

const OWN: &str = "";

fn scenario(text: &str) -> Scenario {
    from_toml("fleet.toml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn played(text: &str) -> RunResult {
    let scenario = scenario(text);
    RunResult::new(&scenario, &simulate(&scenario).expect("it ends"))
}

fn apart(one: u32, other: u32, context: bool, seed: u64) -> Scenario {
    let text = APART
        .replace("{ONE}", &one.to_string())
        .replace("{OTHER}", &other.to_string())
        .replace("{CONTEXT}", if context { CONTEXT } else { "" });
    let mut fleet = scenario(&text);
    (fleet.seed, fleet.traces) = (seed, 1000);
    fleet
}

/// The results of the VMs, each played alone with its own seed.
fn alone(fleet: &Scenario, raw: &Raw) -> Vec<RunResult> {
    let one = |vm: &VmRecord| {
        let mut scenario = fleet.of_kind(vm.place.kind);
        scenario.seed = vm.seed;
        RunResult::new(&scenario, &simulate(&scenario).expect("it ends"))
    };
    raw.vms.iter().map(one).collect()
}

/// What is counted, by name.
fn counts(result: &RunResult) -> Vec<(String, u64)> {
    let document = result.to_json();
    let at = |path: &str| {
        let number = document.pointer(path).and_then(Value::as_u64);
        (path.to_owned(), number.unwrap_or_default())
    };
    let paths = [
        "/sessions/total",
        "/sessions/succeeded",
        "/sessions/failed",
        "/attempts/total",
        "/attempts/by_status/200",
        "/attempts/by_status/429",
        "/attempts/by_retry_index/0/sent",
        "/attempts/by_retry_index/1/sent",
        "/attempts/by_retry_index/1/granted",
        "/broker/sent",
        "/metadata/sent",
        "/metadata/refused",
        "/resource_manager/sent",
        "/resource_manager/granted",
        "/context/lock/wanted",
        "/context/lock/busy",
        "/steps/connect/succeeded",
        "/steps/connect/failed",
        "/steps/connect/retries",
        "/sessions/by_group/cli/tokens",
        "/sessions/by_group/gated/tokens",
        "/sessions/by_group/brokered/tokens",
        "/sessions/by_group/powershell/tokens",
    ];
    let seconds = |count: fn(&crate::record::timeline::Second) -> u64| {
        result.timeline.iter().map(count).sum::<u64>()
    };
    let failures = result.failures.iter().map(|one| one.count).sum();
    let mut counts: Vec<_> = paths.map(at).into();
    counts.push(("failures".to_owned(), failures));
    counts.push(("started".to_owned(), seconds(|it| it.started)));
    counts.push(("granted".to_owned(), seconds(|it| it.granted)));
    counts.push(("stories".to_owned(), result.traces.len() as u64));
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Without a budget that they share, VMs side by side are what each is alone, whether they are played together or
    /// one after the other.
    #[test]
    fn a_fleet_without_budgets_is_the_sum_of_its_vms(
        one in 1_u32..4, other in 1_u32..4, context: bool, seed in 0_u64..10_000,
    ) {
        let fleet = apart(one, other, context, seed);
        let raw = simulate(&fleet).expect("it ends");
        let all = RunResult::new(&fleet, &raw);
        let alone = alone(&fleet, &raw);
        let mut sums = counts(&alone[0]);
        for result in &alone[1..] {
            for (sum, (_, count)) in sums.iter_mut().zip(counts(result)) {
                sum.1 += count;
            }
        }
        prop_assert_eq!(counts(&all), sums);
        let most = |of: fn(&RunResult) -> u64| alone.iter().map(of).max().unwrap_or_default();
        prop_assert_eq!(all.peak.requests_per_s, most(|it| it.peak.requests_per_s));
        prop_assert_eq!(u64::from(all.peak.concurrent), most(|it| it.peak.concurrent.into()));
        let longest = |of: fn(&RunResult) -> Option<f64>| {
            let longest = alone.iter().filter_map(of).fold(0.0, f64::max);
            of(&all).unwrap_or_default().total_cmp(&longest).is_eq()
        };
        prop_assert!(longest(|it| it.time_to_token_succeeded_ms.max));
        prop_assert!(longest(|it| it.attempt_latency_ms.granted.max));
        let numbers: Vec<u32> = all.traces.iter().map(|story| story.session).collect();
        prop_assert_eq!(numbers, (0..fleet.sessions()).collect::<Vec<_>>());
        let fleet_part = all.fleet.expect("a fleet");
        let lost = alone.iter().filter(|it| it.sessions.failed > 0).count();
        prop_assert_eq!(fleet_part.vms_with_loss, lost as u64);
    }

    /// A fleet of one VM has the document of this VM, whatever is counted in it.
    #[test]
    fn a_fleet_of_one_vm_has_its_document(context: bool, seed in 0_u64..10_000) {
        let mut fleet = apart(1, 1, context, seed);
        fleet.vms.truncate(1);
        fleet.groups.retain(|group| group.is_on(0));
        for group in &mut fleet.groups {
            group.vms = Some(([0].into(), 1));
        }
        let raw = simulate(&fleet).expect("it ends");
        let mut all = RunResult::new(&fleet, &raw);
        let mut kind = fleet.of_kind(0);
        kind.seed = raw.vms[0].seed;
        let one = RunResult::new(&kind, &simulate(&kind).expect("it ends"));
        all.fleet = None;
        all.seed = one.seed;
        prop_assert_eq!(all.to_json(), one.to_json());
    }
}

/// What the property above compares happens.
#[test]
fn vms_apart_meet_what_is_counted() {
    let fleet = apart(3, 3, true, 1);
    let result = RunResult::new(&fleet, &simulate(&fleet).expect("it ends"));
    let zero = counts(&result).into_iter().filter(|(_, count)| *count == 0);
    let zero: Vec<String> = zero.map(|(path, _)| path).collect();
    assert_eq!(zero, [""; 0]);
}

/// A job of this release asks five times for what belongs to the tenant, all within half a second: ten VMs with one identity
/// ask fifty times.
#[test]
fn the_principals_budget_in_the_tenant_binds_where_its_vms_need_more() {
    let refused = |bucket| {
        let limit = format!("{{ bucket = {bucket}, refill_per_second = 1 }}");
        jobs(10, &limit, SHARED).resource_manager.refused
    };
    assert_eq!(refused(50), 0);
    assert!(refused(49) > 0);
    let spent = jobs(60, "{ bucket = 50, refill_per_second = 1 }", SHARED);
    let fleet = spent.fleet.expect("a fleet");
    let BudgetRefusals {
        principal,
        subscription,
        tenant,
    } = fleet.resource_manager_refused;
    assert_eq!((principal, subscription), (0, 0));
    assert_eq!(tenant, spent.resource_manager.refused);
    assert_eq!(fleet.binding, Binding::Tenant);
    assert_eq!(fleet.lost.resource_manager, spent.sessions.failed);
    assert_eq!(fleet.lost.imds + fleet.lost.other, 0);
    assert!(
        spent.sessions.failed >= 40,
        "50 have room, and 60 ask five times"
    );
}

/// With identities of their own each VM has a budget for its five, but all of them together have fifteen times that of one in
/// the subscription, where a job asks twice: forty VMs ask eighty times, and 75 have room at once.
#[test]
fn the_subscriptions_budget_binds_vms_with_identities_of_their_own() {
    let refused = |vms| {
        let limit = "{ bucket = 5, refill_per_second = 1 }";
        let fleet = jobs(vms, limit, OWN).fleet.expect("a fleet");
        fleet.resource_manager_refused
    };
    assert_eq!(refused(37), BudgetRefusals::default());
    let many = refused(60);
    assert_eq!((many.principal, many.tenant), (0, 0));
    assert!(many.subscription > 0, "{many:?}");
}

#[test]
fn what_cost_most_sessions_binds() {
    let lost = |imds, resource_manager, other| LostBy {
        imds,
        resource_manager,
        other,
    };
    let refused = |principal, subscription, tenant| BudgetRefusals {
        principal,
        subscription,
        tenant,
    };
    let cases = [
        (lost(0, 0, 0), refused(9, 9, 9), Binding::None),
        (lost(3, 3, 1), refused(9, 9, 9), Binding::Imds),
        (lost(1, 2, 1), refused(9, 9, 9), Binding::Principal),
        (lost(1, 2, 1), refused(8, 9, 9), Binding::Subscription),
        (lost(1, 2, 1), refused(8, 7, 9), Binding::Tenant),
        (lost(1, 2, 3), refused(9, 9, 9), Binding::Other),
    ];
    for (lost, refused, binding) in cases {
        assert_eq!(Binding::of(lost, refused), binding, "{lost:?} {refused:?}");
    }
}

/// The failures of a session are told with the limit of its own VM.
#[test]
fn the_example_of_a_failure_has_the_limit_of_its_vm() {
    let text = r#"
        schema = 1
        name = "two"
        [[vms]]
        name = "idle"
        count = 3
        [[vms]]
        name = "narrow"
        count = 1
        imds = { limits = { identity = { concurrent = 1, rate = false } } }
        [[sessions]]
        name = "few"
        vms = ["idle"]
        count = 1
        arrival = { herd = {} }
        client = "azure-cli"
        script = [{ connect = {} }]
        [[sessions]]
        name = "many"
        vms = ["narrow"]
        count = 2
        arrival = { herd = {} }
        client = "azure-cli"
        script = [{ connect = {} }]
    "#;
    let result = played(text);
    let example = result.failures[0].example.as_ref().expect("an example");
    assert!(example.session >= 3, "{example:?}");
    assert_eq!(example.group, "many");
    assert!(example.because.contains("1 at once"), "{}", example.because);
    let fleet = result.fleet.expect("a fleet");
    assert_eq!(fleet.by_kind["narrow"].limits.concurrent, Some(1));
    assert_eq!(fleet.worst.len(), 1);
    assert_eq!(
        (fleet.worst[0].vm.as_str(), fleet.worst[0].first_session),
        ("narrow", 3)
    );
    assert_eq!(
        (fleet.vms, fleet.vms_with_loss, fleet.binding),
        (4, 1, Binding::Imds)
    );
}

#[test]
fn a_fleets_result_is_read_back_as_it_was_written() {
    let written = jobs(60, "{ bucket = 50, refill_per_second = 1 }", SHARED);
    let text = written.to_json().to_string();
    let read = RunResult::from_json("result.json", &text).expect("a result");
    assert_eq!(read.to_json(), written.to_json());
    assert!(read.fleet.is_some());
}
