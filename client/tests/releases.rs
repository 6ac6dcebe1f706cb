//! Releases by their numbers, on the command line.
#![cfg(feature = "cli")]

use std::process::{Command, Output};

use imds_client::policy::{Policy, Product, libraries};

fn imds_client(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_imds-client"));
    let output = program.args(arguments).output();
    output.expect("the program runs")
}

fn shown(arguments: &[&str]) -> String {
    String::from_utf8(imds_client(arguments).stdout).expect("text")
}

/// What a request for a token writes to stderr with this policy, where nothing listens.
fn written(policy: &str, more: &[&str]) -> String {
    let nowhere = [
        "token",
        "--resource",
        "r",
        "--endpoint",
        "http://127.0.0.1:1",
    ];
    let arguments = [&nowhere[..], &["--policy", policy], more].concat();
    String::from_utf8(imds_client(&arguments).stderr).expect("text")
}

#[test]
fn the_list_of_policies_is_by_product() {
    let list = shown(&["policies"]);
    for library in libraries().values() {
        let heading = format!("\n{}: {}-VERSION\n", library.title, library.name);
        assert!(list.contains(&heading), "{list}");
    }
    let once = "\nClients that ask once\n  one-attempt  measured\n";
    assert!(list.contains(once), "{list}");
    let newest = "\n  az-accounts-5.5.0  measured: 5.5.0; also azure-powershell\n";
    assert!(list.contains(newest), "{list}");
    assert!(
        list.contains("\n      facter                   Facter\n"),
        "{list}"
    );
}

#[test]
fn the_list_as_json_has_the_same_products() {
    let list = shown(&["policies", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let products = list.as_array().expect("products");
    assert_eq!(products.len(), Product::all().len());
    let rclone = products
        .iter()
        .find(|product| product["library"] == "rclone");
    let rclone = &rclone.expect("rclone")["policies"][0];
    assert_eq!(rclone["measured"], serde_json::json!(["1.60.1"]));
    assert_eq!(rclone["also"], "rclone");
}

#[test]
fn a_client_that_behaves_as_a_preset_is_shown_under_its_name() {
    let text = shown(&["policies", "facter"]);
    assert!(
        text.starts_with("# Facter behaves as one-attempt\n"),
        "{text}"
    );
    assert!(text.contains("[policies.facter]"), "{text}");
}

#[test]
fn the_documented_table_of_products_is_the_one_that_is_printed() {
    let documents = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/policies.md");
    let documents = std::fs::read_to_string(documents).expect("docs/policies.md");
    let table = shown(&["policies", "--format", "markdown"]);
    let found = documents
        .replace("\r\n", "\n")
        .contains(&format!("\n\n{table}\n"));
    assert!(found, "docs/policies.md needs this table:\n{table}");
}

#[test]
fn a_release_is_shown_with_what_it_rests_on_as_a_scenario_would_write_it() {
    let text = shown(&["policies", "az-accounts-2.15.0"]);
    let first = "# az-accounts 2.15.0 lies between the measured 2.13.1 and 2.19.0, which retry \
                 differently; the older is used\n";
    assert!(text.starts_with(first), "{text}");
    let table: toml::Table = text.parse().expect("TOML");
    let policy = table["policies"]["az-accounts-2.15.0"].clone();
    let policy: Policy = policy.try_into().expect("a policy");
    let older = Policy::preset("az-accounts-2.13.1").expect("a release");
    assert_eq!(policy.layers, older.layers);
}

#[test]
fn the_waits_of_a_policy_with_a_probe_are_those_behind_it() {
    let text = shown(&["policies", "dotnet-default-azure-credential-1.17.2"]);
    assert!(
        text.contains("# Waits after a probe that lets it go on, and six times 429"),
        "{text}"
    );
    assert!(
        text.contains("without Retry-After: 0.6 to 1.0, 1.3 to 1.9, "),
        "{text}"
    );
}

#[test]
fn a_token_says_on_what_an_uncertain_release_rests_and_a_certain_one_only_if_asked() {
    let note = "imds-client: policy: az-accounts 2.0.0 lies between the measured 1.2.1 and 2.8.0";
    let errors = written("az-accounts-2.0.0", &[]);
    assert!(errors.starts_with(note), "{errors}");
    let errors = written("az-accounts-1.2.1", &[]);
    assert!(!errors.contains("measured"), "{errors}");
    let errors = written("az-accounts-1.2.1", &["--verbose"]);
    let note = "imds-client: policy: az-accounts 1.2.1 was measured\n";
    assert!(errors.starts_with(note), "{errors}");
}

#[test]
fn a_release_that_was_not_measured_is_a_usage_error_that_says_which_were() {
    for (name, expected) in [
        (
            "az-accounts-6.0.0",
            "az-accounts 6.0.0 was not measured: expected a release from 1.2.1 to 5.5.0",
        ),
        (
            "msal-dotnet-4.59.0",
            "msal-dotnet 4.59.0 was not measured: expected a release from 4.60.4 to 4.92.0",
        ),
        ("az-accounts", "az-accounts needs the number of a release"),
        (
            "az-accounts-2.12",
            "expected a version of three numbers such as 2.12.1, found \"2.12\"",
        ),
    ] {
        let output = imds_client(&["policies", name]);
        let errors = String::from_utf8(output.stderr).expect("text");
        assert!(errors.contains(expected), "{name}: {errors}");
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
}
