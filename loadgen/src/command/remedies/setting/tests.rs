use super::*;
use crate::command::remedies::ladder::ladder;
use crate::result::remedies::Kind;
use crate::result::scenario::from_toml;

fn scenario(group: &str) -> Scenario {
    let text = format!(
        r#"
        schema = 1
        name = "jobs"
        [[sessions]]
        name = "jobs"
        count = 10
        arrival = {{ herd = {{ at = "2s" }} }}
        client = "azure-cli"
        script = [{{ connect = {{}} }}]
        [[sessions]]
        name = "others"
        {group}
        [[sessions]]
        name = "poller"
        count = 1
        background = true
        arrival = {{ herd = {{}} }}
        client = "azure-cli"
        script = [{{ metadata = {{}} }}, {{ think = "1s" }}]
        "#
    );
    from_toml("jobs.toml", &text).expect("a scenario")
}

const ALIKE: &str = "count = 4\narrival = { every = { interval = '3ms' } }\nclient = 'go-msal'\nscript = [{ connect = {} }]";

const CONTEXT: &str = "count = 4\narrival = { herd = {} }\nclient = 'az-accounts-2.12.1'\nscript = [{ connect = {} }]";

fn applied(kind: Kind, group: &str) -> Changed {
    let setting = ladder(kind, None).remove(0);
    setting.applied(&scenario(group)).expect("known clients")
}

#[test]
fn jobs_in_the_background_stay_as_they_are() {
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Nothing) {
        let changed = applied(kind, ALIKE);
        assert_eq!(changed.groups, [0, 1], "{kind:?}");
        assert!(
            changed.left_out["poller"].contains("background"),
            "{kind:?}"
        );
    }
}

#[test]
fn each_remedy_changes_what_it_says() {
    let shown = |kind| {
        let changed = applied(kind, ALIKE);
        let through = changed.scenario.groups[1].through.as_ref();
        through.map(ToString::to_string)
    };
    assert_eq!(shown(Kind::Nothing), None);
    assert_eq!(shown(Kind::Broker).as_deref(), Some("imds-client serve"));
    let gate = shown(Kind::Gate);
    assert_eq!(
        gate.as_deref(),
        Some("imds-client exec --at-once 5 --rate 19/s")
    );
    let cached = applied(Kind::SharedCache, ALIKE);
    assert_eq!(cached.scenario.groups[1].policy.name, Policy::DEFAULT);
    let retried = applied(Kind::Retry, ALIKE);
    let Task::Step(_, retry) = &retried.scenario.groups[0].script[0] else {
        panic!("a step");
    };
    assert_eq!(retry.attempts, 3);
}

#[test]
fn a_group_that_starts_later_is_spaced_and_spread_from_its_own_start_on() {
    let spaced = applied(Kind::EvenSpacing, ALIKE);
    let first = |number: usize| spaced.scenario.groups[number].arrival.first_start();
    let [jobs, others] = [0, 1].map(first);
    assert_eq!(others, Some(Duration::ZERO));
    assert_eq!(jobs, Some(Duration::from_secs(2)));
    let spread = applied(Kind::RandomSpread, ALIKE);
    let Arrival::Herd(herd) = &spread.scenario.groups[0].arrival else {
        panic!("a herd");
    };
    assert_eq!(
        (herd.at.0, herd.spread.0),
        (Duration::from_secs(2), Duration::from_secs(5))
    );
}

#[test]
fn what_a_group_went_through_before_is_told() {
    let through = |what: &str| ALIKE.replace("script", &format!("through = {what}\nscript"));
    let gate = through("{ gate = { at_once = 5, rate = '19/s' } }");
    let before = &applied(Kind::FewerAtOnce, &gate).in_place_of;
    assert_eq!(before["others"], "imds-client exec --at-once 5 --rate 19/s");
    assert_eq!(before.len(), 1);
    assert!(applied(Kind::Retry, &gate).in_place_of.is_empty());
    assert!(applied(Kind::Gate, &gate).in_place_of.is_empty());
    let broker = through("{ broker = { policy = 'no-retry' } }");
    let changed = applied(Kind::Broker, &broker);
    let shown = Setting::Broker.shown(&changed);
    assert_eq!(shown, "imds-client serve --policy no-retry");
    assert!(changed.in_place_of.is_empty());
}

#[test]
fn what_cannot_be_applied_to_a_group_says_why() {
    let cached = applied(Kind::SharedCache, CONTEXT);
    assert!(cached.left_out["others"].contains("Azure PowerShell"));
    assert_eq!(cached.groups, [0]);
    let newest = applied(Kind::OtherClient, CONTEXT);
    assert_eq!(newest.clients(), ["az-accounts-5.5.0", "proportional"]);
    let asks = "count = 4\narrival = { herd = {} }\nclient = 'azure-cli'\nscript = [{ metadata = {} }, { connect = {} }]";
    assert!(applied(Kind::Broker, asks).left_out["others"].contains("metadata"));
    let tried = ALIKE.replace(
        "{ connect = {} }",
        "{ connect = {}, retry = { attempts = 9, delay = '1s' } }",
    );
    assert!(applied(Kind::Retry, &tried).left_out["others"].contains("as often already"));
    let ten = ladder(Kind::Retry, None).remove(2);
    let ten = ten.applied(&scenario(&tried)).expect("no client");
    assert_eq!(ten.groups, [0, 1]);
    let metadata = asks.replace(", { connect = {} }", "");
    let none = &applied(Kind::Broker, &metadata).left_out["others"];
    assert_eq!(none, "it asks for no token");
    let closed = "arrival = { closed = { users = 2, iterations = 4 } }\nclient = 'azure-cli'\nscript = [{ connect = {} }]";
    assert!(applied(Kind::EvenSpacing, closed).left_out["others"].contains("arrival"));
}
