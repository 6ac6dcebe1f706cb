//! The README's figures are those that its commands give.

use imds_loadgen::result::summary::{Runs, Summary};
use imds_tests::play::{scenario, simulated};
use imds_tests::tree;

/// The rows of the table of clients: names, and the other cells.
fn table() -> Vec<(Vec<String>, Vec<String>)> {
    let readme = tree::read(&tree::root().join("README.md"));
    let (_, table) = readme
        .split_once("| `--client` |")
        .expect("the table of clients");
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let clients = cells[0].split('`').skip(1).step_by(2).map(str::to_owned);
        (
            clients.collect(),
            cells[1..].iter().map(|cell| (*cell).to_owned()).collect(),
        )
    });
    rows.collect()
}

fn summary(client: &str) -> Summary {
    let text = tree::read(&tree::root().join("scenarios/herd.toml"));
    let mut scenario = scenario(&text.replace("\"py-azure-identity\"", &format!("\"{client}\"")));
    scenario.expectations.clear();
    let mut runs = Runs::default();
    scenario.seed = 1;
    for run in scenario.runs(100) {
        runs.add(&simulated(&run));
    }
    runs.summary()
}

fn cells(summary: &Summary) -> Vec<String> {
    let spread = |path: &str| summary.metrics[path];
    let figure = |value: Option<f64>| value.expect("the first always gets a token");
    let share = figure(spread("sessions.success_ratio").p50) * 100.0;
    let makespan = spread("makespan_ms");
    let seconds = |ms: Option<f64>| format!("{:.1}", figure(ms) / 1000.0);
    let (min, max) = (seconds(makespan.min), seconds(makespan.max));
    let median = seconds(makespan.p50);
    let last = if min == max {
        format!("{median} s")
    } else {
        format!("{median} s ({min} to {max})")
    };
    vec![
        format!("{share:.0} %"),
        last,
        figure(spread("attempts.total").p50).to_string(),
    ]
}

#[test]
fn the_table_of_clients_is_what_its_command_gives() {
    let table = table();
    assert!(table.len() > 5, "{table:?}");
    for (clients, written) in table {
        for client in clients {
            assert_eq!(cells(&summary(&client)), written, "{client}");
        }
    }
}
