//! What the default policy promises: a herd of any size gets every token, however the limits count.

use std::sync::Arc;
use std::time::Duration;

use imds_client::policy::{self, Policy};
use imds_loadgen::command::plan::board::compare;
use imds_loadgen::command::plan::grid::Grid;
use imds_tests::tree;

/// The grid that it was chosen on (docs/policies.md), with its largest herd and one service time.
fn grid() -> Grid {
    let mut grid = Grid::from_toml("grid.toml", Grid::BUILT_IN).expect("a grid");
    grid.herds = vec![1000];
    grid.service_times = vec![Duration::from_millis(100)];
    (grid.runs, grid.large) = (1, None);
    grid
}

#[test]
fn the_default_serves_a_thousand_sessions_on_every_vm_of_the_grid() {
    let cases = grid().cases();
    assert!(cases.len() > 20, "every VM is played");
    let default = Policy::preset(Policy::DEFAULT).expect("a preset");
    let board = compare("promise", &cases, &[default], 1, || ()).expect("it waits");
    let played = &board.policies[0].cases;
    let lost: Vec<_> = played.iter().filter(|case| case.lost > 0.0).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    let far: Vec<_> = played
        .iter()
        .filter(|case| case.ratio.is_none_or(|ratio| ratio > 8.0))
        .collect();
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
    let grid = grid();
    let text = documentation();
    let missing = |policy: &&Arc<Policy>| !text.contains(&format!("\n| {} ", policy.name));
    let missing: Vec<_> = grid
        .policies()
        .all()
        .filter(missing)
        .map(|policy| &policy.name)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
