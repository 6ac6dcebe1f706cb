//! What the default policy promises: a herd of any size gets every token, however the limits count.

use std::time::Duration;

use imds_client::Policy;
use imds_loadgen::plan::board::compare;
use imds_loadgen::plan::grid::Grid;

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
