use std::time::Duration;

use super::*;
use crate::model::identity::Kind;
use crate::model::latency::ServiceTime;
use crate::model::limit::Limits;
use crate::model::limit::{Abandoned, Algorithm, CategoryLimits, Limiter, Queue, RateChecked};
use crate::model::limit::{RateLimit, RetryAfter};

fn per_second(requests: u32) -> RateLimit {
    RateLimit {
        algorithm: Algorithm::SlidingWindow,
        requests,
        window: Duration::from_secs(1),
        burst: None,
    }
}

fn read(text: &str) -> Config {
    Config::from_toml("c.toml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn problems(text: &str) -> String {
    Config::from_toml("c.toml", text).unwrap_err().to_string()
}

#[test]
fn what_a_profile_turns_off_can_be_turned_on_again_in_part() {
    let config = read("profile = 'unlimited'\nlimits.identity.rate.requests = 3");
    assert_eq!(config.vm.limits.identity.rate, Some(per_second(3)));
    assert_eq!(config.vm.limits.identity.concurrent, None);
    assert_eq!(config.vm.limits.other.rate, None);
}

#[test]
fn the_defaults_are_the_documented_limits() {
    let limits = Config::default().vm.limits;
    let documented = Limits {
        identity: CategoryLimits {
            rate: Some(per_second(20)),
            concurrent: Some(5),
        },
        other: CategoryLimits {
            rate: Some(per_second(5)),
            concurrent: None,
        },
        check_first: Limiter::Concurrency,
        charge_refused: false,
        rate_before_header: false,
        retry_after: RetryAfter::None,
        queue: None,
        penalty: None,
        abandoned: Abandoned::Hold,
    };
    assert_eq!(limits, documented);
}

#[test]
fn the_defaults_are_a_configuration_that_says_the_same() {
    let mut said = read(Config::DEFAULTS);
    assert_eq!(said.fleet.most, Config::default().fleet.most);
    said.fleet = FleetSettings::default();
    let defaults = Config {
        fleet: FleetSettings::default(),
        ..Config::default()
    };
    assert_eq!(said, defaults);
}

#[test]
fn every_profile_can_be_read() {
    let limits = |profile: &str| {
        let config = read(&format!("profile = '{profile}'"));
        assert_eq!(config.vm.profile, profile);
        config.vm.limits
    };
    assert_eq!(limits("azure"), Config::default().vm.limits);
    assert_eq!(limits("azure-2017").identity, limits("azure-2017").other);
    assert_eq!(
        limits("azure-identity-5").identity.rate,
        Some(per_second(5))
    );
    assert_eq!(limits("azure-identity-5").identity.concurrent, Some(5));
    assert!(limits("azure-charging").charge_refused);
    let unlimited = CategoryLimits {
        rate: None,
        concurrent: None,
    };
    assert_eq!(limits("unlimited").identity, unlimited);
    assert_eq!(Config::profiles().len(), 5);
}

#[test]
fn the_user_wins_over_the_profile_and_the_command_over_the_user() {
    let text = "profile = 'azure-2017'\nlimits.identity.rate.requests = 7\n";
    assert_eq!(read(text).vm.limits.identity.rate, Some(per_second(7)));
    let config = Config::from_toml_as("c.toml", text, "azure").unwrap();
    assert_eq!(config.vm.profile, "azure");
    assert_eq!(config.vm.limits.identity.concurrent, Some(5));
    assert_eq!(config.vm.limits.identity.rate, Some(per_second(7)));
}

#[test]
fn reads_the_table_of_a_scenario() {
    let text = "[imds]\nprofile = 'azure'\n\
        latency = { token_cold = { p50 = '120ms', p99 = '600ms' }, token_warm = '20ms' }\n\
        [[imds.identities]]\nname = 'jobs'\nclient_id = '5A1F0C9E-0000-4000-8000-000000000001'\n";
    let config = document::read("s.toml", text, |root| {
        root.section("imds").map(|mut imds| Config::read(&mut imds))
    });
    let config = config.unwrap();
    let cold = ServiceTime::LogNormal {
        p50: Duration::from_millis(120),
        p99: Duration::from_millis(600),
    };
    assert_eq!(config.vm.latency.token_cold, cold);
    assert_eq!(
        config.vm.latency.token_warm,
        ServiceTime::Fixed(Duration::from_millis(20))
    );
    let jobs = config.vm.identities.named("jobs").unwrap();
    assert_eq!(jobs.client_id, "5a1f0c9e-0000-4000-8000-000000000001");
    assert_eq!(jobs.kind, Kind::UserAssigned);
    assert!(
        jobs.resource_id
            .ends_with("/Microsoft.ManagedIdentity/userAssignedIdentities/jobs")
    );
}

#[test]
fn ids_that_are_left_out_are_derived_alike_each_time() {
    let system = |text: &str| read(text).vm.identities.named("system").cloned();
    assert_eq!(system(""), system("system_assigned = {}"));
    assert_ne!(
        system(""),
        system("tenant_id = '00000000-0000-4000-8000-000000000009'")
    );
    assert_eq!(system("system_assigned = false"), None);
    let id = "5a1f0c9e-0000-4000-8000-000000000001";
    let given = system(&format!("system_assigned = {{ client_id = '{id}' }}")).unwrap();
    assert_eq!(given.client_id, id);
}

#[test]
fn reports_all_problems_of_a_scenario_at_their_places() {
    let text = "profile = 'azur'\nseed = -1\ntenant_id = 'x'\n\
        limits.identity.concurrent = 0\n\
        limits.other.rate = { requests = 0, window = '0s', burst = 1 }\n\
        limits.retry_after = '1.5s'\n\
        latency = { token_cold = { p50 = '2s', p99 = '1s' }, other = '5' }\n\
        wire = { sever = 'x' }\ntokens.lifetime = '0s'\nlisten = 'here'\njournal.entries = 1000001\n";
    assert_eq!(
        problems(text),
        "c.toml:1:11: profile: `azur` is unknown, expected one of azure, azure-2017, azure-charging, azure-identity-5, unlimited\n\
         c.toml:2:8: seed: invalid value: integer `-1`, expected a whole number from 0\n\
         c.toml:3:13: tenant_id: expected a GUID\n\
         c.toml:4:30: limits.identity.concurrent: expected a whole number from 1, or false for no limit\n\
         c.toml:5:34: limits.other.rate.requests: expected 1 to 1000000\n\
         c.toml:5:46: limits.other.rate.window: expected more than zero and at most 1 day\n\
         c.toml:5:60: limits.other.rate.burst: only token-bucket and gcra have a burst\n\
         c.toml:6:22: limits.retry_after: expected \"none\", \"exact\", \"whole-seconds\", \"reservation\" or whole seconds such as \"2s\"\n\
         c.toml:7:46: latency.token_cold.p99: expected at least as much as p50\n\
         c.toml:7:62: latency.other: invalid value: string \"5\", expected a length of time such as \"120ms\", \"1.5s\" or \"1m 10s\"\n\
         c.toml:8:10: wire.sever: unknown key, did you mean `server`? Expected one of `accept_principal_id`, `echo_selector`, `name_limiter`, `server`\n\
         c.toml:9:19: tokens.lifetime: expected 1 second to 365 days\n\
         c.toml:10:10: listen: expected ADDRESS:PORT such as \"127.0.0.1:16925\" or \"[::1]:0\"\n\
         c.toml:11:19: journal.entries: expected 0 to 1000000"
    );
}

#[test]
fn no_two_identities_share_a_name_or_an_id() {
    let text = "[[identities]]\nname = 'a'\nclient_id = '00000000-0000-4000-8000-000000000001'\n\
        [[identities]]\nname = 'A'\nclient_id = '00000000-0000-4000-8000-000000000001'\n\
        [[identities]]\nname = 'system'\nclient_id = '00000000-0000-4000-8000-000000000001'\n";
    let found = problems(text);
    let paths: Vec<&str> = found
        .lines()
        .filter_map(|line| line.split(": ").nth(1))
        .collect();
    let expected = [
        "identities[1].name",
        "identities[1].client_id",
        "identities[2].name",
        "identities[2].client_id",
    ];
    assert_eq!(paths, expected, "{found}");
}

#[test]
fn a_limit_is_a_table_a_number_or_false() {
    let found = problems("limits.other.rate = true\nlimits.identity = 3\nsystem_assigned = 1\n");
    assert_eq!(
        found,
        "c.toml:1:21: limits.other.rate: expected a table, or false for no limit\n\
         c.toml:2:19: limits.identity: expected a table\n\
         c.toml:3:19: system_assigned: expected true, false or a table"
    );
}

#[test]
fn reads_the_ways_of_refusing() {
    let text = "[limits]\nretry_after = 'exact'\npenalty = '5s'\nabandoned = 'release'\n\
        queue = { most = 7, rate_checked = 'start' }\n";
    let limits = read(text).vm.limits;
    let queue = Queue {
        most: 7,
        rate_checked: RateChecked::Start,
    };
    assert_eq!(limits.queue, Some(queue));
    assert_eq!(limits.penalty, Some(Duration::from_secs(5)));
    assert_eq!(limits.retry_after, RetryAfter::Exact);
    assert_eq!(limits.abandoned, Abandoned::Release);
}

#[test]
fn names_every_way_of_refusing_that_will_not_do() {
    let text = "[limits]\ncheck_first = 'penalty'\nabandoned = 'keep'\n\
        queue = { most = 0, rate_checked = 'arrival' }\npenalty = true\n";
    assert_eq!(
        problems(text),
        "c.toml:2:15: limits.check_first: expected \"concurrency\" or \"rate\"\n\
         c.toml:3:13: limits.abandoned: unknown variant `keep`, expected `hold` or `release`\n\
         c.toml:4:18: limits.queue.most: expected 1 to 1000000\n\
         c.toml:5:11: limits.penalty: expected a length of time up to 1 hour, or false for no penalty"
    );
    let text = "[limits]\nretry_after = 'reservation'\ncharge_refused = true\npenalty = '1s'\n\
        rate_before_header = true\n";
    let expected = "expected false with retry_after = \"reservation\"";
    assert_eq!(
        problems(text),
        format!(
            "c.toml:3:18: limits.charge_refused: {expected}\n\
             c.toml:4:11: limits.penalty: {expected}\n\
             c.toml:5:22: limits.rate_before_header: {expected}"
        )
    );
}
