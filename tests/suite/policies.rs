//! What the default policy promises: a herd of any size gets every token, however the limits count.

use std::fs;

use imds_client::policy::{self, Policy, aliases, libraries, presets};
use imds_tests::scenario::{Document, loadgen};
use imds_tests::tree;
use serde_json::Value;
use tempfile::TempDir;
use toml::Table;

/// The grid that it was chosen on (docs/policies.md).
fn built_in_grid() -> Table {
    let shown = loadgen(["plan", "policy", "--show-grid"]);
    shown.stdout.parse().expect("TOML")
}

/// That grid with its largest herd and one service time.
fn grid() -> Table {
    let mut grid = built_in_grid();
    grid.insert("herds".to_owned(), vec![1000].into());
    grid.insert("service_times".to_owned(), vec!["100ms"].into());
    grid.insert("runs".to_owned(), 1.into());
    grid.remove("large");
    grid
}

/// The cases of the default policy, as `plan policy` runs them on the grid.
fn results() -> Vec<Value> {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("grid.toml");
    fs::write(&path, grid().to_string()).expect("the folder can be written");
    let path = path.to_str().expect("a path of text");
    let done = loadgen([
        "plan",
        "policy",
        "--grid",
        path,
        "--policy",
        Policy::DEFAULT,
        "--seed",
        "1",
        "--format",
        "json",
    ]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let board = Document::of(&done.stdout);
    board.list("policies.0.cases").to_vec()
}

#[test]
fn the_default_serves_a_thousand_sessions_on_every_vm_of_the_grid() {
    let results = results();
    assert!(results.len() > 20, "every VM is played");
    let lost = |case: &&Value| case["lost"].as_f64().expect("a share") > 0.0;
    let lost: Vec<_> = results.iter().filter(lost).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    let far = |case: &&Value| case["ratio"].as_f64().is_none_or(|ratio| ratio > 8.0);
    let far: Vec<_> = results.iter().filter(far).collect();
    assert!(far.is_empty(), "far from the bound: {far:#?}");
}

fn documentation() -> String {
    tree::read(&tree::root().join("docs/policies.md"))
}

#[test]
fn the_format_is_as_documented() {
    let text = documentation();
    let (_, example) = text.split_once("```toml\n").expect("an example");
    let (example, _) = example.split_once("```").expect("its end");
    let read = policy::from_toml("docs/policies.md", example);
    assert!(read.is_ok(), "{read:#?}");
}

#[test]
fn the_documented_table_has_every_policy_of_the_grid() {
    let grid = built_in_grid();
    let own = grid.get("policies").and_then(toml::Value::as_table);
    let own = own.into_iter().flat_map(Table::keys);
    let text = documentation();
    let missing = |name: &&String| !text.contains(&format!("\n| {name} "));
    let missing: Vec<_> = own.chain(presets().keys()).filter(missing).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_tables_of_releases_have_every_generation_and_every_other_name() {
    let generations = libraries()
        .values()
        .flat_map(|library| &library.generations);
    let generations = generations.map(|generation| &generation.policy.name);
    let text = documentation();
    let missing = |name: &&String| !text.contains(&format!("`{name}`"));
    let missing: Vec<_> = generations
        .chain(aliases().keys())
        .filter(missing)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_client_that_behaves_as_a_preset_has_its_own_name_in_results_and_the_presets_beside_it() {
    let herd = ["simulate", "herd", "--client", "facter", "--count", "1"];
    let done = loadgen([&herd[..], &["--format", "json"]].concat());
    let result = Document::of(&done.stdout);
    let group = |key: &str| result.at(&format!("sessions.by_group.all.{key}")).clone();
    assert_eq!(group("client"), "facter");
    assert_eq!(group("client_rests_on"), "facter behaves as one-attempt");
    let text = loadgen(herd).stdout;
    assert!(
        text.contains("client         facter behaves as one-attempt"),
        "{text}"
    );
    let preset = loadgen([
        "simulate",
        "herd",
        "--client",
        "one-attempt",
        "--count",
        "1",
    ]);
    assert!(!preset.stdout.contains("behaves as"), "{}", preset.stdout);
}
