//! Sessions of Azure PowerShell by release: each command asks IMDS and Resource Manager for what the real cmdlet was
//! recorded to ask for (`tests/recordings/README.md`), and fails as it did.

use std::collections::BTreeMap;

use imds_tests::scenario::{Document, Scenario, loadgen, simulated};
use serde_json::Value;

use crate::contexts::HEAD;

const RETRIES: &str = include_str!("../recordings/azure-powershell.json");
const MANAGER: &str = include_str!("../recordings/azure-powershell-resource-manager.json");

/// The commands of the script, by the step and by the cmdlet.
const COMMANDS: [(&str, &str, &str); 3] = [
    ("connect", "Connect-AzAccount", "connect"),
    ("set_context", "Set-AzContext", "set"),
    ("list_resources", "Get-AzResource", "get"),
];

/// The script of the article for a client, with these scopes.
fn script(client: &str, scope: &str, more: &str) -> String {
    format!(
        r#"{HEAD}
[[sessions]]
name = "jobs"
count = 1
arrival = {{ herd = {{}} }}
client = "{client}"
on_error = "continue"
script = [
  {{ connect = {{ identity = "jobs", scope = "{scope}" }} }},
  {{ set_context = {{ subscription = "night", scope = "{scope}" }} }},
  {{ list_resources = {{}} }},
]
{more}
"#
    )
}

fn traced(toml: &str) -> Document {
    Scenario::new(toml).simulated(&["--traces", "1"])
}

/// What each step asked for, in its order: `token`, or what of Resource Manager.
fn asked(result: &Document) -> BTreeMap<String, Vec<String>> {
    let steps = result.at("traces.0.steps").as_array().expect("steps");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let of_step = |step: &Value| {
        let attempts = step["attempts"].as_array().expect("attempts").iter();
        let asked = attempts.map(|attempt| match attempt["asked"].as_str() {
            Some("resource_manager") => text(&attempt["path"]),
            _ => text(&attempt["asked"]),
        });
        (text(&step["step"]), asked.collect())
    };
    steps.iter().map(of_step).collect()
}

/// What of Resource Manager a path asks for, as the load generator calls it.
fn what(target: &str) -> &'static str {
    let path = target.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["tenants"] => "tenants",
        ["subscriptions"] => "subscriptions",
        ["subscriptions", _] => "subscription",
        ["subscriptions", _, "resources"] => "resources",
        other => panic!("{other:?}"),
    }
}

/// What a release was recorded to ask Resource Manager for by this cmdlet.
fn recorded(requests: &Value, cmdlet: &str) -> Vec<&'static str> {
    let requests = requests.as_array().expect("requests").iter();
    let by_cmdlet = requests.filter(|request| {
        let name = request["headers"]["commandname"].as_str();
        name.is_some_and(|name| name.starts_with(cmdlet))
    });
    let targets = by_cmdlet.map(|request| request["target"].as_str().expect("a target"));
    targets.map(what).collect()
}

#[test]
fn each_command_asks_resource_manager_for_what_was_recorded() {
    let recording: Value = serde_json::from_str(MANAGER).expect("JSON");
    let releases = recording["requests"].as_object().expect("releases");
    assert_eq!(releases.len(), 5);
    for (release, requests) in releases {
        for scope in ["CurrentUser", "Process"] {
            let result = traced(&script(&format!("az-accounts-{release}"), scope, ""));
            assert_eq!(result.count("sessions.succeeded"), 1, "{release}");
            let asked = asked(&result);
            for (step, cmdlet, _) in COMMANDS {
                let of_manager = asked[step].iter().filter(|what| *what != "token");
                let of_manager: Vec<&str> = of_manager.map(String::as_str).collect();
                let recorded = recorded(requests, cmdlet);
                assert_eq!(of_manager, recorded, "{release} {cmdlet} {scope}");
            }
        }
    }
}

/// In either scope, since the recorded commands had an empty memory.
#[test]
fn each_command_asks_for_as_many_tokens_as_were_recorded() {
    let recording: Value = serde_json::from_str(RETRIES).expect("JSON");
    let releases = recording["tokens"].as_array().expect("releases");
    assert_eq!(releases.len(), 12);
    for release in releases {
        let version = release["version"].as_str().expect("a version");
        for scope in ["CurrentUser", "Process"] {
            let result = traced(&script(&format!("az-accounts-{version}"), scope, ""));
            let asked = asked(&result);
            for (step, _, key) in COMMANDS {
                let tokens = asked[step].iter().filter(|what| *what == "token").count();
                let Some(recorded) = release["tokens_on_empty_profile"][key].as_u64() else {
                    continue;
                };
                assert_eq!(tokens as u64, recorded, "{version} {step} {scope}");
            }
        }
    }
}

const SAVED: &str = "[context]\nsaved = { identity = \"other\", subscription = \"first\" }\n";

/// 2, 2 and 1 where the memory knew a context, and one for the process since the library keeps it.
#[test]
fn a_process_that_knows_a_context_lists_once() {
    for (release, tokens) in [("2.8.0", 5), ("4.0.0", 5), ("4.0.2", 1), ("1.2.1", 1)] {
        let script = script(&format!("az-accounts-{release}"), "Process", SAVED);
        let result = simulated(&script);
        assert_eq!(result.count("attempts.total"), tokens, "{release}");
    }
}

/// As many requests for tokens as these are served in five minutes.
fn with_tokens(tokens: u32, toml: &str) -> String {
    let limit = format!(
        "limits = {{ identity = {{ rate = {{ requests = {tokens}, window = \"5m\" }} }} }}"
    );
    toml.replace("profile = \"unlimited\"", &limit)
}

/// What a step shows, and what it is counted as.
fn failure(result: &Document, step: &str) -> (String, String, String) {
    let failures = result.at("failures").as_array().expect("failures");
    let failed = failures.iter().find(|failure| failure["step"] == step);
    let failed = failed.unwrap_or_else(|| panic!("no failure of {step} in {failures:?}"));
    let message = &failed["example"]["message"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        text(&failed["kind"]),
        text(&message["text"]),
        text(&message["known"]),
    )
}

/// Seen with 2.12.1, 2.19.0 and 3.0.4 after a connect that succeeded: Set after 11 s (3.0.4: 47 s).
#[test]
fn a_refused_token_after_the_connect_looks_like_something_else() {
    for (release, tries, seconds) in [("2.12.1", 4, 10.0..13.0), ("3.0.4", 6, 45.0..52.0)] {
        let script = script(&format!("az-accounts-{release}"), "Process", "");
        let result = traced(&with_tokens(4, &script));
        let asked = asked(&result);
        assert_eq!(
            asked["set_context"].len(),
            2 * tries,
            "both tokens, each with all attempts"
        );
        let set = |key: &str| {
            result
                .figure(&format!("traces.0.steps.1.{key}"))
                .expect("a time")
        };
        let lasted = (set("ended_ms") - set("began_ms")) / 1000.0;
        assert!(seconds.contains(&lasted), "{release}: {lasted} s");
        let (kind, text, known) = failure(&result, "set_context");
        assert_eq!(kind, "subscription_invalid_imds_429");
        assert_eq!(
            text,
            "Please provide a valid tenant or a valid subscription."
        );
        assert_eq!(known, "measured");
        let (kind, text, known) = failure(&result, "list_resources");
        assert_eq!(kind, "imds_429");
        assert!(text.starts_with("Your Azure credentials have not been set up or have expired"));
        assert_eq!(known, "measured");
    }
}

/// A scenario with a fault of requests for tokens.
fn faulty(toml: &str, fault: &str) -> String {
    let path = "path = \"/metadata/identity/oauth2/token\"";
    let fault = format!("[[imds.faults]]\n{path}\n{fault}\n[imds.resource_manager]");
    toml.replacen("[imds.resource_manager]", &fault, 1)
}

/// The same where these requests are refused, by their numbers.
fn refused(toml: &str, numbers: [u32; 4]) -> String {
    let refused = |toml: String, nth: u32| {
        faulty(&toml, &format!("nth = {nth}\neffect = {{ status = 429 }}"))
    };
    numbers.into_iter().fold(toml.to_owned(), refused)
}

/// Tenants that could not be listed are those of the connect: the second token is enough.
#[test]
fn a_second_token_saves_a_choice_whose_first_was_refused() {
    let script = script("az-accounts-2.12.1", "Process", "");
    let result = traced(&refused(&script, [5, 6, 7, 8]));
    assert_eq!(result.count("sessions.succeeded"), 1);
    let expected = ["token", "token", "token", "token", "token", "subscription"];
    assert_eq!(asked(&result)["set_context"], expected);
}

/// The first sign-in with only its second token refused leaves nobody signed in (seen once in 150 sessions).
#[test]
fn a_first_connect_without_its_second_token_says_that_nobody_has_connected() {
    for scope in ["CurrentUser", "Process"] {
        let refused = refused(&script("az-accounts-2.12.1", scope, ""), [2, 3, 4, 5]);
        let result = traced(&refused);
        let (kind, text, known) = failure(&result, "connect");
        assert_eq!(kind, "not_logged_in_imds_429", "{scope}");
        assert_eq!(text, "Run Connect-AzAccount to login.");
        assert_eq!(known, "measured");
        assert_eq!(
            failure(&result, "set_context").0,
            "not_logged_in",
            "{scope}"
        );
        let known_before = traced(&format!("{refused}{SAVED}"));
        assert_eq!(
            known_before.count("sessions.succeeded"),
            1,
            "only warned of"
        );
    }
}

/// The same attempts again with the client id as an object id, some 90 s in all, and then no token.
#[test]
fn the_oldest_release_tries_a_client_id_as_an_object_id() {
    let script = script("az-accounts-1.2.1", "Process", "");
    let result = traced(&faulty(&script, "effect = { status = 429 }"));
    assert_eq!(asked(&result)["connect"].len(), 10);
    let lasted = result.figure("traces.0.steps.0.ended_ms").expect("an end");
    assert!((60_000.0..120_000.0).contains(&lasted), "{lasted} ms");
    let result = traced(&faulty(&script, "next = 1\neffect = { status = 500 }"));
    let statuses = result.at("attempts.by_status").clone();
    assert_eq!(
        statuses,
        serde_json::json!({ "400": 1, "500": 1 }),
        "no identity has that object id"
    );
}

/// Twenty imports at once: 8 failed where it was measured. Then there are no cmdlets.
#[test]
fn one_release_cannot_be_imported_by_many_at_once() {
    let herd = |release: &str| {
        let script = script(&format!("az-accounts-{release}"), "Process", "");
        simulated(&script.replace("count = 1\n", "count = 20\n"))
    };
    let result = herd("2.8.0");
    let failed = result.count("context.import_failed");
    assert!((5..=11).contains(&failed), "{failed}");
    assert_eq!(result.count("sessions.failed"), failed);
    for step in ["connect", "set_context", "list_resources"] {
        let path = format!("steps.{step}.by_failure.no_cmdlet");
        assert_eq!(result.count(&path), failed, "{step}");
    }
    let (kind, text, known) = failure(&result, "import");
    assert_eq!(
        (kind.as_str(), known.as_str()),
        ("import_failed", "measured")
    );
    assert!(text.contains("PSConfig.json because it is being used by another process"));
    assert_eq!(herd("2.9.0").count("context.import_failed"), 0);
}

/// What a script of plain connects means is not changed by the name of the newest release without its number.
#[test]
fn a_release_brings_its_context_and_the_name_without_a_number_only_where_it_is_needed() {
    let plain = |client: &str| {
        let script = script(client, "Process", "");
        let (head, _) = script.split_once("script = [").expect("a script");
        simulated(&format!(
            "{head}script = [{{ connect = {{ identity = \"jobs\" }} }}]\n"
        ))
    };
    let requests = |result: &Document| {
        (
            result.count("attempts.total"),
            result.count("resource_manager.sent"),
        )
    };
    assert_eq!(requests(&plain("azure-powershell")), (1, 0));
    assert_eq!(requests(&plain("az-accounts-2.12.1")), (4, 4));
    let version = |result: &Document| result.at("context.in_force.groups.jobs.version").clone();
    let needed = simulated(&script("azure-powershell", "Process", ""));
    assert_eq!(version(&needed), "az-accounts-5.5.0");
    let named = simulated(&script(
        "az-accounts-2.12.1",
        "Process",
        "context = \"current\"",
    ));
    assert_eq!(version(&named), "current", "a context that is named wins");
    assert_eq!(named.count("attempts.total"), 1);
}

#[test]
fn another_client_on_the_command_line_brings_its_context_along() {
    let scenario = Scenario::new(&script("az-accounts-2.12.1", "Process", ""));
    let with = |client: &str| {
        let result = scenario.simulated(&["--client", client]);
        let version = result.at("context.in_force.groups.jobs.version").clone();
        (result.count("attempts.total"), version)
    };
    assert_eq!(with("az-accounts-5.3.0"), (1, "az-accounts-5.3.0".into()));
    assert_eq!(
        with("no-retry"),
        (7, "az-accounts-2.12.1".into()),
        "its script needs one"
    );
    let plain = "{ connect = { identity = 'jobs' } }";
    let script = script("azure-cli", "Process", "");
    let (head, _) = script.split_once("script = [").expect("a script");
    let scenario = Scenario::new(&format!("{head}script = [{plain}]\n"));
    let tokens = |client: &str| {
        scenario
            .simulated(&["--client", client])
            .count("attempts.total")
    };
    assert_eq!((tokens("go-msal"), tokens("az-accounts-2.12.1")), (1, 4));
}

#[test]
fn a_release_between_two_measured_ones_says_which_stands_for_it() {
    let scenario = Scenario::new(&script("az-accounts-4.0.1", "Process", ""));
    let between = "az-accounts 4.0.1 lies between the measured 4.0.0 and 4.0.2, which retry differently; the older is used";
    let result = scenario.simulated(&[]);
    assert_eq!(
        *result.at("sessions.by_group.jobs.client_rests_on"),
        between
    );
    assert_eq!(*result.at("context.in_force.groups.jobs.measured"), "4.0.0");
    let text = loadgen(["simulate", "herd", "--client", "az-accounts-4.0.1"]).stdout;
    assert!(text.contains(between), "{text}");
    assert!(
        text.contains("az-accounts-4.0.1 (as 4.0.0 was measured)"),
        "{text}"
    );
    let done = loadgen(["simulate", "herd", "--client", "az-accounts-5.6.0"]);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr
            .contains("expected a release from 1.2.1 to 5.5.0"),
        "{}",
        done.stderr
    );
}
