//! A run whose connections the system dropped.

use std::fs;
use std::net::TcpListener;

use serde_json::Value;

use crate::program::{code, folder, loadgen, stderr, stdout};

/// The queue of this listener holds 128 connections, of which it accepts none.
#[test]
fn connections_that_were_dropped_are_a_figure_and_a_warning_in_every_report() {
    let folder = folder("connections");
    let path = folder.join("herd.toml");
    let text = r#"
        schema = 1
        name = "herd"
        max_duration = "3s"
        [[sessions]]
        name = "all"
        count = 200
        arrival = { herd = {} }
        client = "azure-cli"
        script = [{ connect = {} }]
        [expect]
        "connections_dropped" = "== 0"
    "#;
    fs::write(&path, text).expect("the folder can be written");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (path, out) = (path.to_str().expect("UTF-8"), folder.join("out"));
    let output = loadgen(&[
        "run",
        path,
        "--target",
        &url,
        "--out",
        out.to_str().expect("UTF-8"),
        "--report",
        "markdown,html,junit",
    ]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let read = |name: &str| fs::read_to_string(out.join(name)).expect("a report");
    let result: Value = serde_json::from_str(&read("result.json")).expect("JSON");
    let dropped = result["connections_dropped"].as_u64().expect("a count");
    assert!(dropped >= 70, "{dropped}");
    assert_eq!(result["expectations"][0]["met"], false);
    let junit = read("junit.xml");
    assert!(
        junit.contains("<skipped message=\"the sessions did not start as planned"),
        "{junit}"
    );
    for report in [
        stdout(&output),
        read("summary.md"),
        read("report.html"),
        junit,
    ] {
        let times = format!(" {dropped} times");
        assert!(report.contains(&times), "{times} in {report}");
    }
}
