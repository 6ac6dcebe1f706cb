//! Sessions that share the cores of a scenario.

use imds_tests::scenario::{Scenario, loadgen, simulated};
use tempfile::TempDir;

/// Two groups of so many sessions each, which ask for a token at once, on a VM that answers in 100 ms.
fn herd(count: u32, processor: &str, more: &str) -> String {
    let group = |name: &str| {
        format!(
            r#"
            [[sessions]]
            name = "{name}"
            count = {count}
            arrival = {{ herd = {{}} }}
            client = "no-retry"
            {more}
            script = [{{ connect = {{}} }}]
            "#
        )
    };
    format!(
        r#"
        schema = 1
        name = "herd"
        {processor}
        [imds]
        profile = "unlimited"
        latency = {{ token_cold = "100ms", token_warm = "100ms" }}
        {}{}
        "#,
        group("one"),
        group("other")
    )
}

/// Four sessions with a second of work each on two cores: 2 s, and then the token.
#[test]
fn all_groups_share_the_cores() {
    let result = simulated(&herd(
        2,
        "processor = { cores = 2, costs = { connect = '1s' } }",
        "",
    ));
    assert_eq!(result.figure("makespan_ms"), Some(2100.0));
    assert_eq!(result.figure("time_to_token_ms.p50"), Some(2100.0));
    assert_eq!(result.figure("processor.cores"), Some(2.0));
    assert_eq!(result.figure("processor.work_ms"), Some(4000.0));
    assert_eq!(result.figure("processor.waited_ms"), Some(4000.0));
    assert_eq!(result.figure("processor.busy_ratio"), Some(1.0));
    assert_eq!(
        result.figure("processor.by_group.other.waited_ms"),
        Some(2000.0)
    );
    assert_eq!(
        result.at("processor.by_group.one.costs.connect.known"),
        "scenario"
    );
    assert_eq!(result.figure("lower_bounds_ms.processor"), Some(2000.0));
    assert_eq!(result.at("lower_bounds_ms.binding"), "processor");
}

#[test]
fn without_a_processor_nothing_is_said_of_it() {
    let result = simulated(&herd(2, "", ""));
    assert_eq!(result.figure("makespan_ms"), Some(100.0));
    assert_eq!(result.find("processor"), None);
    assert_eq!(result.find("lower_bounds_ms.processor"), None);
}

/// Only the first of the runspaces loads the modules, and the first connect is that of the process.
#[test]
fn runspaces_of_a_process_load_their_modules_once() {
    let costs =
        "costs = { import = '4s', first_connect = '2s', connect = '1s', further_token = '0s' }";
    let work = |more: &str| {
        let more = format!("context = 'current'\n{costs}\n{more}");
        let result = simulated(&herd(3, "processor = { cores = 100 }", &more));
        result.figure("processor.work_ms")
    };
    assert_eq!(work("process = 'pool'"), Some(4000.0 + 2000.0 + 5000.0));
    assert_eq!(work(""), Some(6.0 * 6000.0));
}

#[test]
fn a_story_tells_of_the_work() {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().to_str().expect("a name in Unicode");
    let text = herd(
        1,
        "processor = { cores = 1 }",
        "costs = { import = '2s', connect = '1s' }",
    );
    let result = Scenario::new(&text).simulated(&["--out", out, "--traces", "9"]);
    assert_eq!(result.figure("processor.work_ms"), Some(6000.0));
    let story = loadgen(["explain", &format!("{out}/result.json"), "--session", "0"]).stdout;
    for line in [
        "     0.0 ms  imports its modules\n      0.0 ms    works: 2.000 s of a core, in 4.000 s",
        "     4.000 s  step 1, connect",
        "     4.000 s    works: 1.000 s of a core, in 2.000 s",
        "     6.000 s    first attempt: granted after 100.0 ms",
    ] {
        assert!(story.contains(line), "{line} in {story}");
    }
}
