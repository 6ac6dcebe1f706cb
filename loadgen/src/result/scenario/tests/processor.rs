//! `[processor]` and what steps cost.

use super::*;

const GOOD: &str = r#"
schema = 1
name = "good"
[processor]
cores = 2
costs = { connect = "1s" }
[[sessions]]
name = "powershell"
count = 3
arrival = { herd = {} }
client = "azure-powershell"
context = "current"
costs = { list_resources = ["1s", "3s"] }
script = [{ connect = {} }, { list_resources = {} }]
[[sessions]]
name = "other"
count = 3
arrival = { herd = {} }
client = "azure-cli"
script = [{ metadata = {} }]
"#;

/// The costs of a group, as results show them: in milliseconds.
fn costs(text: &str, group: usize) -> Vec<(&'static str, u128, u128)> {
    let scenario = from_toml("good.toml", text).unwrap_or_else(|problems| panic!("{problems}"));
    let costs = scenario.groups[group].costs.known();
    let in_ms = costs.map(|(work, cost)| {
        let (min, max) = (cost.work.min, cost.work.max);
        (work.name(), min.as_millis(), max.as_millis())
    });
    in_ms.collect()
}

#[test]
fn a_group_wins_over_all_groups_and_these_over_what_was_measured() {
    let expected = [
        ("import", 4095, 5005),
        ("first_connect", 335, 1005),
        ("connect", 1000, 1000),
        ("further_token", 6, 54),
        ("list_resources", 1000, 3000),
    ];
    assert_eq!(costs(GOOD, 0), expected);
    assert_eq!(costs(GOOD, 1), []);
}

#[test]
fn what_is_loaded_costs_nothing_any_more() {
    let with = |loaded| GOOD.replace("context =", &format!("loaded = \"{loaded}\"\ncontext ="));
    let names = |text: &str| {
        costs(text, 0)
            .into_iter()
            .map(|(name, ..)| name)
            .collect::<Vec<_>>()
    };
    let connect = ["connect", "further_token", "list_resources"];
    assert_eq!(names(&with("connect")), connect);
    assert_eq!(names(&with("modules"))[1..], connect);
    assert_eq!(names(&with("modules"))[0], "first_connect");
    assert_problem(
        &problems(&with("all")),
        "bad.toml:12:",
        "expected \"modules\" or \"connect\"",
    );
}

#[test]
fn costs_without_effect_are_refused() {
    let without = GOOD.replace("[processor]\ncores = 2\ncosts = { connect = \"1s\" }\n", "");
    assert_problem(&problems(&without), "bad.toml:10:", "expected [processor]");
    for (from, to, place, expected) in [
        (
            "list_resources = [",
            "set_context = [",
            "bad.toml:13:",
            "expected no set_context",
        ),
        (
            "connect = \"1s\"",
            "refresh = \"1s\"",
            "bad.toml:6:",
            "expected no refresh",
        ),
        (
            "[\"1s\", \"3s\"]",
            "[\"3s\", \"1s\"]",
            "bad.toml:13:",
            "the shorter time first",
        ),
        (
            "[\"1s\", \"3s\"]",
            "\"25h\"",
            "bad.toml:13:",
            "a day at most",
        ),
        ("[\"1s\", \"3s\"]", "3", "bad.toml:13:", "a length of time"),
        (
            "cores = 2",
            "cores = 0",
            "bad.toml:5:",
            "expected 0.1 to 1024",
        ),
        ("cores = 2", "", "bad.toml:4:", "cores"),
        (
            "context =",
            "startup = { cpu = \"1s\" }\ncontext =",
            "bad.toml:12:",
            "costs = { import",
        ),
        (
            "client = \"azure-cli\"",
            "client = \"azure-cli\"\nloaded = \"modules\"",
            "bad.toml:20:",
            "import or first connect costs",
        ),
        (
            "costs = { list_resources = [\"1s\", \"3s\"] }",
            "loaded = \"modules\"\ncosts = { import = \"1s\" }",
            "bad.toml:14:",
            "expected no import",
        ),
    ] {
        assert_problem(&problems(&GOOD.replacen(from, to, 1)), place, expected);
    }
}

/// As if the scenario named that client: also where it names a context, whose number is that of sessions without a release.
#[test]
fn a_client_that_is_given_has_the_costs_of_its_release() {
    let import = |client: &str, given: Option<&str>| {
        let text = GOOD.replacen(
            "client = \"azure-powershell\"",
            &format!("client = \"{client}\""),
            1,
        );
        let mut scenario =
            from_toml("good.toml", &text).unwrap_or_else(|problems| panic!("{problems}"));
        assert!(scenario.groups[0].names_context);
        if let Some(given) = given {
            scenario.give_client(0, given).expect("a client");
        }
        let mut costs = scenario.groups[0].costs.known();
        let (_, import) = costs.next().expect("an import");
        import.work.min.as_millis()
    };
    for (client, least) in [("az-accounts-2.12.1", 2880), ("az-accounts-5.5.0", 4095)] {
        assert_eq!(import(client, None), least);
        assert_eq!(import("az-accounts-4.1.0", Some(client)), least);
    }
    assert_eq!(
        import("azure-powershell", None),
        4095,
        "that of the context"
    );
}
