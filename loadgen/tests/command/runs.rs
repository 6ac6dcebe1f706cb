//! `run` and `simulate`: output, files, exit codes.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;
use std::sync::mpsc::{self, Sender};
use std::thread;

use crate::program::{code, folder, loadgen, stderr, stdout};

fn scenario(folder: &Path, expected: &str) -> String {
    let path = folder.join("herd.toml");
    let text = format!(
        r#"
        schema = 1
        name = "herd"
        seed = 3
        [imds]
        latency = {{ token_cold = "300ms", token_warm = "300ms" }}
        [[sessions]]
        name = "all"
        count = 8
        arrival = {{ herd = {{}} }}
        client = "azure-cli"
        script = [{{ connect = {{}} }}]
        [expect]
        "sessions.succeeded" = "{expected}"
        "#
    );
    fs::write(&path, text).expect("the folder can be written");
    path.to_str().expect("a path in UTF-8").to_owned()
}

#[test]
fn a_run_that_is_as_expected_ends_with_0_and_a_report() {
    let path = scenario(&folder("passed"), "== 5");
    for command in ["run", "simulate"] {
        let output = loadgen(&[command, &path]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let report = stdout(&output);
        for part in [
            "verdict        passed",
            "imds_429 3",
            "lower bound",
            "--seed 3",
        ] {
            assert!(report.contains(part), "{part} in {report}");
        }
        assert_eq!(
            stderr(&output),
            "",
            "no progress where there is no terminal"
        );
    }
}

#[test]
fn an_expectation_that_is_not_met_ends_with_1() {
    let path = scenario(&folder("failed"), "== 8");
    let output = loadgen(&["simulate", &path]);
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output).contains("NOT MET        sessions.succeeded == 8: 5"),
        "{}",
        stdout(&output)
    );
    assert_eq!(code(&loadgen(&["simulate", &path, "--no-expectations"])), 0);
}

#[test]
fn the_command_line_changes_the_herd() {
    let path = scenario(&folder("changed"), "== 8");
    let output = loadgen(&["simulate", &path, "--client", "proportional"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    let output = loadgen(&["simulate", &path, "--client", "nobody"]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("`imds-client policies` lists"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_result_is_written_and_printed_as_one_document() {
    let folder = folder("json");
    let path = scenario(&folder, "== 5");
    let out = folder.join("out");
    let out = out.to_str().expect("a path in UTF-8");
    let output = loadgen(&["simulate", &path, "--format", "json", "--out", out]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let written = fs::read_to_string(folder.join("out/result.json")).expect("a result");
    assert_eq!(stdout(&output), written);
    let document: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(document["mode"], "simulated");
    assert_eq!(document["sessions"]["by_failure"]["imds_429"], 3);
}

#[test]
fn many_runs_are_summed_up() {
    let path = scenario(&folder("many"), "== 5");
    let output = loadgen(&["simulate", &path, "--runs", "20"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for part in [
        "20 runs from seed 3",
        "met in 20 of 20",
        "--seed 3 --runs 20",
    ] {
        assert!(
            stdout(&output).contains(part),
            "{part} in {}",
            stdout(&output)
        );
    }
}

/// A folder that cannot be written into loses only the file.
#[test]
fn the_report_is_printed_before_the_file_is_written() {
    let folder = folder("unwritable");
    let path = scenario(&folder, "== 5");
    fs::create_dir(folder.join("result.json")).expect("a folder in the way");
    let output = loadgen(&["simulate", &path, "--out", folder.to_str().expect("UTF-8")]);
    assert_eq!(code(&output), 3);
    assert!(stdout(&output).contains("verdict        passed"));
    assert!(
        stderr(&output).contains("cannot write"),
        "{}",
        stderr(&output)
    );
    assert!(!folder.join("result.json.tmp").exists());
}

#[test]
fn a_policy_that_hardly_waits_is_named() {
    let folder = folder("hardly");
    let path = scenario(&folder, "== 5");
    let text = fs::read_to_string(&path).expect("written above");
    let hardly = text.replace("client = \"azure-cli\"", "client = \"hasty\"")
        + "[policies.hasty]\nlayers = [{ rules = [{ statuses = [\"429\"], delay = { fixed = \"1ns\" } }] }]\n";
    fs::write(&path, hardly).expect("the folder can be written");
    let output = loadgen(&["simulate", &path]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("\"hasty\""), "{}", stderr(&output));
}

#[test]
fn a_wrong_scenario_starts_nothing_and_ends_with_2() {
    let folder = folder("wrong");
    let path = scenario(&folder, "about 5");
    let out = folder.join("out");
    let output = loadgen(&[
        "run",
        &path,
        "--out",
        out.to_str().expect("a path in UTF-8"),
    ]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("herd.toml:14:"),
        "{}",
        stderr(&output)
    );
    assert!(!out.exists(), "nothing was begun");
}

#[test]
fn a_file_that_is_not_there_ends_with_3() {
    let output = loadgen(&["simulate", "no-such-file.toml"]);
    assert_eq!(code(&output), 3);
    assert!(
        stderr(&output).contains("cannot read no-such-file.toml"),
        "{}",
        stderr(&output)
    );
}

/// The name is wrong, and not the machine.
#[test]
fn a_name_that_nothing_has_ends_with_2() {
    for arguments in [&["simulate", "hird"][..], &["plan", "rate", "hird"]] {
        let output = loadgen(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        let told = "error: there is no file hird, and the library has no scenario of that name: did you mean herd? \
                    `imds-loadgen scenarios` lists its names\n";
        assert_eq!(stderr(&output), told, "{arguments:?}");
    }
}

/// Virtual time is counted in nanoseconds.
#[test]
fn a_pause_of_centuries_is_refused_with_its_place() {
    let path = scenario(&folder("centuries"), "== 5");
    let text = fs::read_to_string(&path).expect("written above");
    let long = text.replace("{ connect = {} }", "{ think = \"5500000h\" }");
    fs::write(&path, long).expect("the folder can be written");
    let output = loadgen(&["simulate", &path]);
    let told = stderr(&output);
    assert_eq!(code(&output), 2, "{told}");
    assert!(told.contains("herd.toml:12:"), "{told}");
    assert!(told.contains("at most 100 years (876600h)"), "{told}");
}

#[test]
fn load_goes_nowhere_but_to_loopback_unless_allowed() {
    let path = scenario(&folder("target"), "== 5");
    // The targets are judged and refused before anything is connected to.
    for target in [
        "http://192.0.2.1",
        "http://169.254.169.254",
        "http://example.invalid",
    ] {
        let output = loadgen(&["run", &path, "--target", target]);
        assert_eq!(code(&output), 2, "{target}");
        assert_eq!(stdout(&output), "", "{target}");
    }
    let output = loadgen(&[
        "run",
        &path,
        "--target",
        "http://169.254.169.254",
        "--allow-remote-target",
    ]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("--allow-metadata-address"),
        "{}",
        stderr(&output)
    );
}

/// Answers each connection's first request so and hands its head on.
fn serve(listener: &TcpListener, heads: &Sender<String>, answer: &str) {
    for connection in listener.incoming() {
        let mut connection = connection.expect("a connection");
        let mut head = vec![];
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).expect("a request");
            head.extend(byte);
        }
        heads.send(text(head)).expect("the test waits");
        connection
            .write_all(answer.as_bytes())
            .expect("the client reads");
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_target_gets_no_header_of_the_emulator() {
    let path = scenario(&folder("headers"), "== 0");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (heads, received) = mpsc::channel();
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    thread::spawn(move || serve(&listener, &heads, missing));
    let output = loadgen(&["run", &path, "--target", &url, "--client", "no-retry"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let received: Vec<String> = received.try_iter().collect();
    assert_eq!(received.len(), 8);
    for head in received {
        assert!(head.contains("\r\nmetadata: true\r\n"), "{head}");
        assert!(!head.to_lowercase().contains("emulator"), "{head}");
    }
}

#[test]
fn a_target_that_nobody_serves_is_a_result_and_not_a_crash() {
    let path = scenario(&folder("nobody"), "== 0");
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", free.local_addr().expect("bound"));
    drop(free);
    let output = loadgen(&["run", &path, "--target", &url]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(
        stdout(&output).contains("imds_connect 8"),
        "{}",
        stdout(&output)
    );
}

/// Eight sessions that work as an identity of the scenario.
fn as_identity(folder: &Path) -> String {
    let path = scenario(folder, "== 0");
    let text = fs::read_to_string(&path).expect("written above");
    let connect = text.replace("{ connect = {} }", "{ connect = { identity = \"jobs\" } }");
    let identity = "[[imds.identities]]\nname = \"jobs\"\nclient_id = \"5a1f0c9e-0000-4000-8000-000000000001\"\n";
    let text = connect.replace("[[sessions]]", &format!("{identity}[[sessions]]"));
    fs::write(&path, text).expect("the folder can be written");
    path
}

/// Runs them against a service that answers each connection so, and the number of its connections.
fn against(name: &str, status: &str, body: &str) -> (Output, usize) {
    let path = as_identity(&folder(name));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (heads, received) = mpsc::channel();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}");
    let answer = format!("{head}\r\nConnection: close\r\n\r\n{body}");
    thread::spawn(move || serve(&listener, &heads, &answer));
    let arguments = [
        "run", &path, "--target", &url, "--client", "no-retry", "--quiet",
    ];
    let output = loadgen(&arguments);
    (output, received.try_iter().count())
}

/// It is asked once more for the identity, after the run.
#[test]
fn a_target_without_the_scenario_s_identities_is_named_after_the_run() {
    let body = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
    let (output, asked) = against("unknown", "400 Bad Request", body);
    assert_eq!(code(&output), 3);
    let report = stdout(&output);
    assert!(
        report.contains("happened       8 of 8 sessions failed"),
        "{report}"
    );
    let told = stderr(&output);
    let refused = "5a1f0c9e-0000-4000-8000-000000000001: invalid_request: Identity not found\n";
    assert!(told.ends_with(refused), "{told}");
    assert_eq!(asked, 8 + 1);
}

/// So that the sessions have all of the target's limits and faults.
#[test]
fn a_target_is_asked_for_nothing_but_what_the_sessions_ask_for() {
    let (output, asked) = against("no-more", "500 Internal Server Error", "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(asked, 8);
}

/// Where the system gives no network it says what helps; elsewhere the sessions find the emulator at the built-in address.
#[cfg(target_os = "linux")]
#[test]
fn sessions_ask_at_the_metadata_address_in_a_network_of_the_run_s_own() {
    let path = scenario(&folder("at-metadata-address"), "== 1");
    let options = [
        "--at-metadata-address",
        "--client",
        "proportional",
        "--no-expectations",
        "--quiet",
    ];
    let output = loadgen(&[&["run", path.as_str()][..], &options].concat());
    if code(&output) == 3 {
        let told = stderr(&output);
        assert!(told.contains("one of these helps"), "{told}");
        return crate::program::skipped(&told);
    }
    let report = stdout(&output);
    assert_eq!(code(&output), 0, "{report}{}", stderr(&output));
    assert!(report.contains(" --at-metadata-address"), "{report}");
    assert!(report.contains("all of 8 sessions succeeded"), "{report}");
    let both = loadgen(
        &[
            &["run", path.as_str(), "--target", "http://127.0.0.1:1"][..],
            &options,
        ]
        .concat(),
    );
    assert_eq!(code(&both), 2, "{}", stdout(&both));
}
