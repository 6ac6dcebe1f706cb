//! Herds of real processes: of the load generator itself, of which one session is a client, and of a job that asks
//! Resource Manager, too.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::job;
use crate::program::{code, folder, loadgen_in, stderr, stdout};

/// One session that asks once; it fails if it is refused.
const CLIENT: &str = r#"
    schema = 1
    name = "client"
    [[sessions]]
    name = "one"
    count = 1
    arrival = { herd = {} }
    client = "no-retry"
    script = [{ connect = {} }]
    [expect]
    "sessions.succeeded" = "== 1"
"#;

/// A herd of such clients; the arguments come before the command.
fn herd(folder: &Path, more: &[&str]) -> Output {
    fs::write(folder.join("client.toml"), CLIENT).expect("the folder can be written");
    let own = env!("CARGO_BIN_EXE_imds-loadgen");
    let command = [
        "--",
        own,
        "run",
        "client.toml",
        "--quiet",
        "--format",
        "json",
    ];
    let target = ["--target", "{endpoint}"];
    loadgen_in(folder, &[&["herd"], more, &command, &target].concat())
}

fn document(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("out/result.json")).expect("the result");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn what_the_processes_counted_is_what_the_herd_reports() {
    let folder = folder("herd/counts");
    let vm = "limits.identity = { concurrent = false, rate = { algorithm = 'fixed-window', requests = 3, window = '60s' } }\n";
    fs::write(folder.join("vm.toml"), vm).expect("a file");
    let more = [
        "--count", "5", "--config", "vm.toml", "--client", "no-retry", "--out", "out",
    ];
    let output = herd(&folder, &more);
    assert_eq!(code(&output), 1, "{}{}", stdout(&output), stderr(&output));
    let result = document(&folder);
    let own = |name: &str| {
        let path = folder.join("out/output").join(name);
        let text = fs::read_to_string(&path).expect("what a process printed");
        serde_json::from_str::<Value>(&text).expect("the result of a process")
    };
    let names = [
        "process",
        "process-2",
        "process-3",
        "process-4",
        "process-5",
    ];
    let own = names.map(|name| own(&format!("{name}.stdout")));
    let sum = |pointer: &str| -> u64 {
        let own = own.iter().map(|it| it.pointer(pointer));
        own.map(|it| it.and_then(Value::as_u64).unwrap_or_default())
            .sum()
    };
    assert_eq!((sum("/attempts/total"), sum("/sessions/succeeded")), (5, 3));
    assert_eq!(result["attempts"]["total"], 5);
    assert_eq!(result["sessions"]["succeeded"], 3);
    assert_eq!(result["sessions"]["by_failure"]["exit_code_1"], 2);
    assert_eq!(
        result["attempts"]["refused"]["rate"],
        sum("/attempts/refused/unnamed")
    );
    let processes = result["commands"]["processes"]
        .as_array()
        .expect("processes");
    for (process, own) in processes.iter().zip(&own) {
        assert_eq!(process["token_requests"], own["attempts"]["total"]);
        let failed = own["verdict"] == "failed";
        assert_eq!(process["exit_code"], u64::from(failed));
        assert_eq!(process["last_token_ms"].is_null(), failed);
    }
    let figures = result["commands"]["simulated"]["figures"]
        .as_array()
        .expect("figures");
    assert_eq!(figures[0]["path"], "sessions.succeeded");
    assert_eq!(figures[0]["as_asked"]["spread"]["p50"], 3.0);
    assert_eq!(figures[0]["as_asked"]["within"], true);
    let again = ["report", "out/result.json", "--format", "html"];
    assert!(stdout(&loadgen_in(&folder, &again)).contains("<h2 id=\"commands\">Processes</h2>"));
    let same = ["compare", "out/result.json", "out/result.json"];
    assert_eq!(code(&loadgen_in(&folder, &same)), 0);
}

#[test]
fn each_process_and_each_cmdlet_is_told_with_what_it_asked() {
    if job::is_done() {
        return;
    }
    let folder = folder("herd/cmdlets");
    let own = "herd::each_process_and_each_cmdlet_is_told_with_what_it_asked";
    let more = [
        "herd",
        "--count",
        "4",
        "--spread",
        "200ms",
        "--out",
        "out",
        "--report",
        "markdown,junit",
    ];
    let output = job::loadgen_with_job(&folder, own, &more);
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("processes      4 exit code 0; "), "{text}");
    let result = document(&folder);
    assert_eq!(result["mode"], "processes");
    assert_eq!(result["resource_manager"]["sent"], 12);
    let cmdlets = result["commands"]["cmdlets"].as_array().expect("cmdlets");
    let told = cmdlets
        .iter()
        .map(|it| (&it["cmdlet"], &it["tokens"], &it["requests"]));
    let told: Vec<String> = told
        .map(|(name, tokens, requests)| format!("{name} {tokens} {requests}"))
        .collect();
    let mut told = told;
    told.sort();
    assert_eq!(
        told,
        [
            "\"Connect-AzAccount\" 4 4",
            "\"Get-AzResource\" 0 4",
            "null 0 4"
        ]
    );
    for process in result["commands"]["processes"].as_array().expect("four") {
        assert_eq!(
            (&process["tokens"], &process["resource_manager_requests"]),
            (&1.into(), &3.into())
        );
    }
    let explained = loadgen_in(&folder, &["explain", "out/result.json", "--session", "3"]);
    assert_eq!(code(&explained), 0, "{}", stderr(&explained));
    for file in ["summary.md", "junit.xml", "output/process-4.stdout"] {
        assert!(folder.join("out").join(file).is_file(), "{file}");
    }
}

#[cfg(unix)]
#[test]
fn processes_that_do_not_end_are_ended_and_have_not_succeeded() {
    let folder = folder("herd/hangs");
    let script = "sleep 1000 & echo $! >>children; wait";
    let more = [
        "herd",
        "--count",
        "3",
        "--timeout",
        "2s",
        "--out",
        "out",
        "--",
        "sh",
        "-c",
        script,
    ];
    let output = loadgen_in(&folder, &more);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.contains("processes      3 its time was over"),
        "{text}"
    );
    assert!(text.contains("failure        unfinished 3"), "{text}");
    let result = document(&folder);
    assert_eq!(result["cut_short"], true);
    let children = fs::read_to_string(folder.join("children")).expect("each started a child");
    assert_eq!(children.lines().count(), 3);
    for child in children.lines() {
        let ended = (0..1000).any(|_| crate::check::is_over(child));
        assert!(ended, "process {child} runs on");
    }
}

#[test]
fn what_a_herd_cannot_use_is_refused() {
    let folder = folder("herd/usage");
    fs::write(
        folder.join("vm.toml"),
        "seed = 1\n[resource_manager]\nenabled = true\n",
    )
    .expect("a file");
    let output = herd(&folder, &["--config", "vm.toml"]);
    assert_eq!(code(&output), 2);
    let told = stderr(&output);
    assert!(
        told.contains("vm.toml:1:8: seed: not in a herd: --seed says it"),
        "{told}"
    );
    assert!(
        told.contains("vm.toml:3:11: resource_manager.enabled: not here"),
        "{told}"
    );
    let several = herd(&folder, &["scheduled-jobs"]);
    assert_eq!(code(&several), 2);
    assert!(
        stderr(&several).contains("one group of sessions"),
        "{}",
        stderr(&several)
    );
    let unseen = herd(&folder, &["article-process-scope"]);
    assert_eq!(code(&unseen), 2);
    assert!(
        stderr(&unseen).contains("--no-expectations leaves them out"),
        "{}",
        stderr(&unseen)
    );
    let scenario = |more: &str| {
        let text = format!(
            "schema = 1\nname = 'jobs'\n[[sessions]]\nname = 'jobs'\ncount = 2\narrival = {{ herd = {{}} }}\n\
             client = 'no-retry'\nscript = [{{ connect = {{}} }}]\n{more}\n"
        );
        fs::write(folder.join("jobs.toml"), text).expect("a file");
        let output = herd(&folder, &["jobs.toml"]);
        assert_eq!(code(&output), 2);
        stderr(&output)
    };
    for (key, more) in [
        ("through", "through = { broker = {} }"),
        ("work", "work = '1s'"),
    ] {
        let told = scenario(more);
        assert!(
            told.contains(&format!("no `{key}` in group \"jobs\"")),
            "{told}"
        );
    }
    let missing = loadgen_in(
        &folder,
        &["herd", "--count", "2", "--", "./no-such-program"],
    );
    assert_eq!(code(&missing), 3);
    assert!(stderr(&missing).contains("cannot start ./no-such-program"));
}

#[test]
fn a_scenario_says_when_processes_start_and_what_is_expected() {
    let folder = folder("herd/scenario");
    let text = CLIENT
        .replace("count = 1", "count = 3")
        .replace("herd = {}", "every = { interval = '300ms' }");
    let text = text.replace("\"== 1\"", "\"== 2\"");
    fs::write(folder.join("jobs.toml"), text).expect("a file");
    let output = herd(&folder, &["jobs.toml", "--simulate", "0", "--out", "out"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(
        stdout(&output).contains("NOT MET        sessions.succeeded == 2: 3"),
        "{}",
        stdout(&output)
    );
    let result = document(&folder);
    let starts = result["commands"]["processes"]
        .as_array()
        .expect("three")
        .iter();
    let starts: Vec<_> = starts.map(|it| it["intended_ms"].as_f64()).collect();
    assert_eq!(starts, [0.0, 300.0, 600.0].map(Some));
    assert!(result["commands"]["simulated"].is_null());
}

#[test]
fn the_command_that_repeats_a_herd_has_all_that_changes_its_result() {
    let folder = folder("herd/replay");
    let more = [
        "--count",
        "2",
        "--timeout",
        "30s",
        "--simulate",
        "3",
        "--client",
        "no-retry",
        "--out",
        "out",
    ];
    let output = herd(&folder, &more);
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    let replay = document(&folder)["replay"].to_string();
    let options = "--count 2 --client no-retry --timeout 30000ms --simulate 3 ";
    assert!(replay.contains(options), "{replay}");
}
