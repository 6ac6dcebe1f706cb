//! What docs/clients.md promises: each preset was held to a real client, or has the reason why not.

use imds_client::policy::{aliases, libraries, presets};
use imds_tests::tree;

#[test]
fn each_preset_and_release_and_other_name_was_run_or_has_a_reason() {
    let text = tree::read(&tree::root().join("docs/clients.md"));
    let generations = libraries()
        .values()
        .flat_map(|library| &library.generations);
    let generations = generations.map(|generation| &generation.policy.name);
    let names = presets().keys().chain(aliases().keys()).chain(generations);
    let is_there = |name: &str| text.contains(&format!("`{name}`"));
    let missing = |name: &&String| !is_there(name) && !newest(name).is_some_and(is_there);
    let missing: Vec<&String> = names.filter(missing).collect();
    assert!(missing.is_empty(), "not in docs/clients.md: {missing:?}");
}

/// The generation that a preset is, if it is the newest of a library.
fn newest(preset: &str) -> Option<&'static str> {
    let mut libraries = libraries().values();
    let library = libraries.find(|library| library.newest.as_deref() == Some(preset))?;
    let newest = library.generations.last()?;
    Some(&newest.policy.name)
}

#[test]
fn each_client_was_run_and_none_differs_from_its_preset() {
    let text = tree::read(&tree::root().join("docs/clients.md"));
    let differing: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("**differs**") || line.contains("**skipped**"))
        .collect();
    assert!(differing.is_empty(), "mend the presets: {differing:#?}");
}
