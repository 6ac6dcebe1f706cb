//! The figures of the page of scenarios are those that its commands give.

use imds_tests::scenario::{Document, loadgen};
use imds_tests::stories::stories;
use imds_tests::tree;

/// The rows of the table of clients: names, and the other cells.
fn table() -> Vec<(Vec<String>, Vec<String>)> {
    let page = tree::read(&tree::root().join("docs/scenarios.md"));
    let (_, table) = page
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

/// What the command of the table prints: the scenario a hundred times with this client.
fn summary(client: &str) -> Document {
    let done = loadgen([
        "simulate",
        "herd",
        "--client",
        client,
        "--runs",
        "100",
        "--seed",
        "1",
        "--no-expectations",
        "--format",
        "json",
    ]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    Document::of(&done.stdout)
}

fn cells(summary: &Document) -> Vec<String> {
    let metrics = summary.at("metrics");
    let figure = |path: &str, end: &str| {
        let figure = metrics[path][end].as_f64();
        figure.expect("the first always gets a token")
    };
    let share = figure("sessions.success_ratio", "p50") * 100.0;
    let seconds = |end: &str| format!("{:.1}", figure("makespan_ms", end) / 1000.0);
    let (min, max) = (seconds("min"), seconds("max"));
    let median = seconds("p50");
    let last = if min == max {
        format!("{median} s")
    } else {
        format!("{median} s ({min} to {max})")
    };
    vec![
        format!("{share:.0} %"),
        last,
        figure("attempts.total", "p50").to_string(),
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

#[test]
fn the_pages_say_how_many_scenarios_are_built_in() {
    let count = stories().len();
    for (page, said) in [
        (
            "README.md",
            format!("the {count} scenarios that are built in"),
        ),
        (
            "docs/scenarios.md",
            format!("{count} are built into `imds-loadgen`"),
        ),
    ] {
        assert!(
            tree::read(&tree::root().join(page)).contains(&said),
            "{page}: {said}"
        );
    }
}
