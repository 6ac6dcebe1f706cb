use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::*;
use crate::config::Config;

const TENANT: &str = "7e0a11e5-0000-4000-8000-000000000001";
const OURS: &str = "00000000-0000-4000-8000-00000000000a";
const LOCKED: &str = "00000000-0000-4000-8000-00000000000b";
const FOREIGN: &str = "00000000-0000-4000-8000-00000000000c";
const NOBODYS: &str = "00000000-0000-4000-8000-00000000000d";

const CONFIGURATION: &str = "
[resource_manager]
latency = '7ms'
page = 2
limit = { bucket = 4, refill_per_second = 2 }
[[identities]]
name = 'jobs'
client_id = '5a1f0c9e-0000-4000-8000-000000000001'
object_id = '5a1f0c9e-0000-4000-8000-000000000002'
[[resource_manager.subscriptions]]
id = '00000000-0000-4000-8000-00000000000a'
generated_resources = 3
[[resource_manager.subscriptions.resources]]
name = 'site'
type = 'Microsoft.Web/sites'
group = 'Night'
[[resource_manager.subscriptions]]
id = '00000000-0000-4000-8000-00000000000b'
readers = ['jobs']
[[resource_manager.subscriptions]]
id = '00000000-0000-4000-8000-00000000000c'
tenant_id = '00000000-0000-4000-8000-0000000000ff'
";

fn manager() -> ResourceManager {
    let config = Config::from_toml("c", CONFIGURATION).unwrap();
    ResourceManager::new(&config.vm.tenant_id, &config.resource_manager)
}

fn claims(object_id: &str) -> Claims<'_> {
    Claims {
        tenant_id: TENANT,
        audience: "https://management.azure.com",
        client_id: object_id,
        object_id,
        principal: object_id,
        expires_at: Duration::from_hours(1),
    }
}

fn resources(subscription: &str) -> Operation<'_> {
    Operation::Resources(Listing {
        subscription,
        ..Listing::default()
    })
}

fn ask(manager: &mut ResourceManager, now: Duration, request: &Request<'_>) -> Verdict {
    manager.arrive(now, request, &mut ChaCha8Rng::seed_from_u64(1))
}

fn asked(manager: &mut ResourceManager, operation: Operation<'_>, bearer: Bearer<'_>) -> Verdict {
    ask(manager, Duration::ZERO, &Request { operation, bearer })
}

fn code(operation: Operation<'_>, bearer: Bearer<'_>) -> &'static str {
    let verdict = asked(&mut manager(), operation, bearer);
    assert_eq!(
        verdict.service_time,
        Duration::ZERO,
        "a refusal takes no time"
    );
    verdict.outcome.unwrap_err().code()
}

#[test]
fn a_good_token_reads_what_there_is() {
    let bearer = Bearer::Signed(claims("o"));
    let verdict = asked(&mut manager(), resources(OURS), bearer);
    assert_eq!(verdict.service_time, Duration::from_millis(7));
    let Ok(Content::Resources(page)) = verdict.outcome else {
        panic!("{verdict:?}")
    };
    assert_eq!((page.resources.len(), page.next), (2, Some(2)));
    let left = Left {
        own: 3,
        all: Some(59),
    };
    assert_eq!(verdict.left, Some(left));
}

#[test]
fn pages_end_and_together_are_the_whole() {
    let mut found = Vec::new();
    let mut from = Some(0);
    while let Some(begin) = from {
        let listing = Operation::Resources(Listing {
            subscription: OURS,
            from: begin,
            ..Listing::default()
        });
        let verdict = asked(&mut manager(), listing, Bearer::Signed(claims("o")));
        let Ok(Content::Resources(page)) = verdict.outcome else {
            panic!("{verdict:?}")
        };
        found.extend(page.resources.iter().map(|resource| resource.name.clone()));
        from = page.next;
    }
    assert_eq!(
        found,
        ["storage00001", "storage00002", "storage00003", "site"]
    );
}

#[test]
fn a_group_is_found_whatever_its_case_and_keeps_its_own() {
    let bearer = Bearer::Signed(claims("o"));
    let verdict = asked(&mut manager(), Operation::Group(OURS, "NIGHT"), bearer);
    let Ok(Content::Group(_, name)) = verdict.outcome else {
        panic!("{verdict:?}")
    };
    assert_eq!(name, "Night");
    assert_eq!(
        code(Operation::Group(OURS, "x"), bearer),
        "ResourceGroupNotFound"
    );
}

#[test]
fn subscriptions_are_those_that_the_bearer_may_read() {
    let read_by = |object_id: &str| {
        let bearer = Bearer::Signed(claims(object_id));
        let verdict = asked(&mut manager(), Operation::Subscriptions, bearer);
        let Ok(Content::Subscriptions(all)) = verdict.outcome else {
            panic!("{verdict:?}")
        };
        all.iter().map(|one| one.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(read_by("o"), [OURS]);
    assert_eq!(
        read_by("5A1F0C9E-0000-4000-8000-000000000002"),
        [OURS, LOCKED]
    );
}

#[test]
fn what_a_token_lacks_is_named() {
    let good = claims("o");
    let ours = || Operation::Subscription(OURS);
    let expired = Claims {
        expires_at: Duration::ZERO,
        ..good
    };
    let elsewhere = Claims {
        audience: "https://vault.azure.net",
        ..good
    };
    for (bearer, expected) in [
        (Bearer::Missing, "AuthenticationFailed"),
        (Bearer::Malformed, "AuthenticationFailedInvalidHeader"),
        (Bearer::Forged, "InvalidAuthenticationToken"),
        (Bearer::Signed(expired), "ExpiredAuthenticationToken"),
        (
            Bearer::Signed(elsewhere),
            "InvalidAuthenticationTokenAudience",
        ),
    ] {
        assert_eq!(code(ours(), bearer), expected);
    }
    let foreign = code(Operation::Subscription(FOREIGN), Bearer::Signed(good));
    assert_eq!(foreign, "InvalidAuthenticationTokenTenant");
}

#[test]
fn whether_a_subscription_exists_is_checked_before_the_right_to_read_it() {
    let good = Bearer::Signed(claims("o"));
    assert_eq!(
        code(resources(NOBODYS), Bearer::Missing),
        "SubscriptionNotFound"
    );
    assert_eq!(
        code(resources("x"), Bearer::Missing),
        "InvalidSubscriptionId"
    );
    assert_eq!(
        code(resources(LOCKED), Bearer::Missing),
        "AuthenticationFailed"
    );
    assert_eq!(code(resources(LOCKED), good), "AuthorizationFailed");
}

#[test]
fn budgets_are_each_principal_s_own_in_each_scope() {
    let mut manager = manager();
    let mut status = |operation, object_id| {
        let bearer = Bearer::Signed(claims(object_id));
        asked(&mut manager, operation, bearer).status()
    };
    for _ in 0..4 {
        assert_eq!(status(Operation::Groups(OURS), "o"), 200);
    }
    assert_eq!(status(Operation::Groups(OURS), "o"), 429);
    assert_eq!(status(Operation::Groups(OURS), "p"), 200);
    assert_eq!(status(Operation::Subscriptions, "o"), 200);
    assert_eq!(status(Operation::Subscription(LOCKED), "o"), 403);
}

/// VMs whose system-assigned identities have one id in their settings have budgets of their own, and the same roles.
#[test]
fn a_bearer_is_charged_to_the_principal_that_it_names() {
    let mut manager = manager();
    let jobs = claims("5a1f0c9e-0000-4000-8000-000000000002");
    let mut status = |principal| {
        let bearer = Bearer::Signed(jobs).charged_to(principal);
        asked(&mut manager, Operation::Groups(LOCKED), bearer).status()
    };
    for _ in 0..4 {
        assert_eq!(status("the VM 1"), 200);
    }
    assert_eq!(status("the VM 1"), 429);
    assert_eq!(status("the VM 2"), 200);
    assert_eq!(Bearer::Forged.charged_to("the VM 1"), Bearer::Forged);
}

#[test]
fn all_principals_together_have_fifteen_times_as_much() {
    let mut manager = manager();
    let names: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    let mut read = 0;
    for name in names.iter().flat_map(|name| [name; 4]) {
        let bearer = Bearer::Signed(claims(name));
        read += u32::from(asked(&mut manager, Operation::Groups(OURS), bearer).status() == 200);
    }
    assert_eq!(read, 60);
}

#[test]
fn the_tally_counts_by_client_and_names_nothing_that_does_not_exist() {
    let mut manager = manager();
    let bearer = Bearer::Signed(claims("o"));
    for subscription in [OURS, OURS, LOCKED, NOBODYS] {
        asked(&mut manager, Operation::Subscription(subscription), bearer);
    }
    asked(&mut manager, Operation::Tenants, Bearer::Forged);
    let rows: Vec<_> = manager.tally().iter().collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.client_id, row.subscription_id, row.status, row.count))
        .collect();
    let expected = [
        (None, None, 401, 1),
        (Some("o"), None, 404, 1),
        (Some("o"), Some(OURS), 200, 2),
        (Some("o"), Some(LOCKED), 403, 1),
    ];
    assert_eq!(rows, expected);
}

proptest! {
    /// A request at the time that a refusal named is admitted; and a budget is never more than its bucket
    /// and what has been refilled since.
    #[test]
    fn refuses_until_the_time_it_named(gaps in prop::collection::vec(0..900_u64, 1..60)) {
        let mut manager = manager();
        let bearer = Bearer::Signed(claims("o"));
        let request = Request { operation: Operation::Groups(OURS), bearer };
        let (mut now, mut read) = (Duration::ZERO, 0_u128);
        for gap in gaps {
            now += Duration::from_millis(gap);
            let verdict = ask(&mut manager, now, &request);
            if let Err(Refusal::Throttled { retry_after, .. }) = verdict.outcome {
                prop_assert!(retry_after >= Duration::from_secs(1));
                now += retry_after;
                let again = ask(&mut manager, now, &request);
                prop_assert_eq!(again.status(), 200);
            }
            read += 1;
            prop_assert!(read <= 4 + 2 * now.as_millis() / 1000);
        }
    }
}
