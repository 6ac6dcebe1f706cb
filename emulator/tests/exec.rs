//! `exec`: a command with an emulator of its own.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The program with an environment that leads clients elsewhere.
fn exec(options: &[&str], script: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-emulator"));
    for name in ["CONFIG", "CA_FILE", "FAULT", "PROFILE", "SEED"] {
        command.env_remove(format!("IMDS_EMULATOR_{name}"));
    }
    for name in [
        "MSI_ENDPOINT",
        "IDENTITY_ENDPOINT",
        "AZURE_CLIENT_SECRET",
        "IMDS_EMULATOR_RESOURCE_MANAGER_URL",
    ] {
        command.env(name, "http://elsewhere.example");
    }
    command.arg("exec").args(options);
    command.args(["--", "sh", "-c", script]);
    command
}

fn said(options: &[&str], script: &str) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = exec(options, script).output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Ends a test that the system does not let run: visible, and a failure in CI, where it has to run.
#[cfg(target_os = "linux")]
fn skipped(reason: &str) {
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!is_ci, "cannot be skipped in CI: {reason}");
    // Not captured, as what the test prints is.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

/// Asks for a token over bash's own sockets, so that the test needs no other program.
const ASK: &str = r#"
ask() {
    at=${1#http://}
    port=${at##*:}; [ "$port" = "$at" ] && port=80
    bash -c "exec 3<>/dev/tcp/${at%:*}/$port
        printf 'GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://x HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nConnection: close\r\n\r\n' >&3
        head -1 <&3"
}
"#;

#[test]
fn the_command_is_led_to_the_emulator_and_its_exit_code_is_the_program_s() {
    let script = format!(
        "{ASK} ask $AZURE_POD_IDENTITY_AUTHORITY_HOST; echo \"[$MSI_ENDPOINT$AZURE_CLIENT_SECRET]\"; exit 7"
    );
    let (code, stdout, stderr) = said(&[], &script);
    assert_eq!(code, Some(7), "{stderr}");
    assert_eq!(stdout, "HTTP/1.1 200 OK\r\n[]\n", "{stderr}");
}

#[test]
fn exit_codes_are_a_shell_s() {
    assert_eq!(said(&[], "kill -TERM $$").0, Some(143));
    let run = |program: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imds-emulator"));
        command.args(["exec", "--", program]);
        command.output().expect("it starts").status.code()
    };
    assert_eq!(run("/no/such/program"), Some(127));
    assert_eq!(run(env!("CARGO_MANIFEST_DIR")), Some(126));
}

/// The program itself allows itself more, if the system lets it.
#[test]
fn the_limit_of_open_files_is_the_user_s() {
    let program = env!("CARGO_BIN_EXE_imds-emulator");
    let script = format!("ulimit -Sn 256; exec {program} exec -- sh -c 'ulimit -Sn; ulimit -Hn'");
    let limits = |script: &str| {
        let output = Command::new("sh").args(["-c", script]).output();
        let stdout = output.expect("it starts").stdout;
        String::from_utf8(stdout).expect("UTF-8")
    };
    let hard = limits("ulimit -Hn");
    assert_ne!(hard.trim(), "256", "nothing can be seen");
    assert_eq!(limits(&script), format!("256\n{hard}"));
}

#[test]
fn standard_streams_are_the_command_s() {
    let mut command = exec(&[], "cat; echo told >&2");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"passed").expect("written");
    drop(stdin);
    let Output { stdout, stderr, .. } = child.wait_with_output().expect("it ends");
    assert_eq!(
        (stdout.as_slice(), stderr.as_slice()),
        (&b"passed"[..], &b"told\n"[..])
    );
}

#[test]
fn a_signal_is_passed_on_and_the_command_decides() {
    let mut command = exec(
        &[],
        "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done",
    );
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut ready = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut ready).expect("a line");
    let kill = Command::new("kill").arg(child.id().to_string()).status();
    assert!(kill.expect("it starts").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(5));
}

/// A killed process can end nothing itself: the system does.
#[cfg(target_os = "linux")]
#[test]
fn the_command_ends_with_the_program_also_when_that_is_killed() {
    let script = "echo ready; for _ in $(seq 200); do sleep 0.05; done; echo late";
    let mut child = exec(&[], script)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = || {
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line, or the end");
        line
    };
    assert_eq!(line(), "ready\n");
    child.kill().expect("killed");
    child.wait().expect("it ends");
    assert_eq!(
        line(),
        "",
        "the pipe ends with the command, before that is late"
    );
}

/// Two tokens without a pause, on connections of their own: possible is that they are one client's.
#[test]
fn what_is_found_of_the_clients_makes_the_exit_code_1_if_that_is_wanted() {
    let script = format!("{ASK} ask $IMDS_EMULATOR_URL; ask $IMDS_EMULATOR_URL");
    assert_eq!(said(&[], &script).0, Some(0));
    let (code, _, stderr) = said(&["--verify"], &script);
    let report: Value = serde_json::from_str(&stderr).expect("the report alone");
    assert_eq!(
        (code, &report["clean"]),
        (Some(1), &Value::Bool(false)),
        "{stderr}"
    );
    let (code, _, stderr) = said(&["--verify"], &format!("{ASK} ask $IMDS_EMULATOR_URL"));
    assert_eq!(code, Some(0), "{stderr}");
    let (code, ..) = said(&["--verify"], &format!("{script}; exit 9"));
    assert_eq!(code, Some(9));
}

#[test]
fn the_requests_are_kept_if_that_is_wanted() {
    let (journal, har) = (file("exec-journal.json"), file("exec.har"));
    let (as_json, as_har) = (journal.display().to_string(), har.display().to_string());
    let options = [
        "--journal",
        &as_json,
        "--har",
        &as_har,
        "--fault",
        "restart",
    ];
    let (code, stdout, stderr) = said(&options, &format!("{ASK} ask $IMDS_EMULATOR_URL"));
    assert_eq!(
        (code, stdout.trim_end()),
        (Some(0), "HTTP/1.1 404 Not Found"),
        "{stderr}"
    );
    let read = |path: &Path| -> Value {
        let text = std::fs::read_to_string(path).expect("written");
        serde_json::from_str(&text).expect("JSON")
    };
    assert_eq!(read(&journal)["entries"][0]["outcome"]["status"], 404);
    assert_eq!(read(&har)["log"]["entries"][0]["response"]["status"], 404);
}

#[test]
fn the_requests_to_every_vm_are_kept_in_their_order() {
    let config = file("exec-many.toml");
    std::fs::write(&config, "[[vms]]\nname = 'other'\n").expect("written");
    let (journal, har) = (file("exec-many.json"), file("exec-many.har"));
    let paths = [&config, &journal, &har].map(|path| path.display().to_string());
    let [config, as_json, as_har] = &paths;
    let options = ["--config", config, "--journal", as_json, "--har", as_har];
    // The last VM that is listed is asked first.
    let all = r#"
at=${IMDS_EMULATOR_ADMIN_URL#http://}
bash -c "exec 3<>/dev/tcp/${at%:*}/${at##*:}
    printf 'GET /vms HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    cat <&3" | tr -d ' \r\n' | grep -o '"imds":"http://[0-9.:]*' | cut -d'"' -f4 | tac |
    while read -r url; do ask "$url"; done
"#;
    let (code, stdout, stderr) = said(&options, &format!("{ASK}{all}"));
    assert_eq!(code, Some(0), "{stderr}");
    let answers: Vec<&str> = stdout.lines().collect();
    assert_eq!(answers, ["HTTP/1.1 200 OK"; 2]);
    let vms_of = |path: &Path, entries: &str, key: &str| -> Vec<Value> {
        let text = std::fs::read_to_string(path).expect("written");
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let entries = document.pointer(entries).and_then(Value::as_array);
        entries
            .expect("a list")
            .iter()
            .map(|entry| entry[key].clone())
            .collect()
    };
    assert_eq!(vms_of(&journal, "/entries", "vm"), ["other", "default"]);
    assert_eq!(vms_of(&har, "/log/entries", "_vm"), ["other", "default"]);
}

#[test]
fn a_file_that_cannot_be_written_is_found_before_the_command_runs() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let nowhere = file("exec-nowhere").join("x").display().to_string();
    for (option, path) in [("--journal", nowhere.as_str()), ("--har", folder)] {
        let (code, stdout, stderr) = said(&[option, path], "echo ran");
        assert_eq!((code, stdout.as_str()), (Some(3), ""), "{stderr}");
        assert!(
            stderr.starts_with(&format!("cannot write {path}: ")),
            "{stderr}"
        );
    }
}

/// The command removes the folder of the journal, so that it cannot be written at the end.
#[test]
fn a_file_that_cannot_be_written_at_the_end_hides_nothing() {
    for (number, end, expected) in [(0, "exit 9", 9), (1, "exit 0", 3)] {
        let folder = file(&format!("exec-removed-{number}"));
        std::fs::create_dir_all(&folder).expect("made");
        let (journal, har) = (folder.join("journal"), file("exec-kept.har"));
        let _ = std::fs::remove_file(&har);
        let (journal, as_har) = (journal.display().to_string(), har.display().to_string());
        let options = ["--verify", "--journal", &journal, "--har", &as_har];
        let script = format!("rm -r {}; {end}", folder.display());
        let (code, _, stderr) = said(&options, &script);
        assert_eq!(code, Some(expected), "{stderr}");
        assert!(stderr.contains("\"clean\": true"), "{stderr}");
        assert!(
            stderr.contains(&format!("cannot write {journal}: ")),
            "{stderr}"
        );
        let kept = std::fs::read_to_string(&har).expect("the other file is written");
        assert!(kept.contains("\"log\""), "{kept}");
    }
}

#[test]
fn resource_manager_is_served_and_led_to_if_that_is_wanted() {
    let script =
        "echo \"${ARM_CLOUD_METADATA_URL%%/metadata*} $IMDS_EMULATOR_RESOURCE_MANAGER_URL\"";
    let (_, stdout, _) = said(&["--resource-manager"], script);
    let (cloud, url) = stdout.trim_end().split_once(' ').expect("both");
    assert!(
        cloud == url && url.starts_with("http://127.0.0.1:"),
        "{stdout}"
    );
    let root = file("exec-root.pem").display().to_string();
    let (_, stdout, _) = said(&["--resource-manager", "--ca-file", &root], script);
    assert!(stdout.starts_with("https://127.0.0.1:"), "{stdout}");
    assert_eq!(said(&[], script).1, " \n");
}

/// In a shell it may be meant for `serve`.
#[test]
fn the_variable_of_the_certificate_counts_with_resource_manager_alone() {
    let root = file("exec-root-by-variable.pem");
    let run = |options: &[&str], value: &Path| {
        let mut command = exec(options, "echo \"$IMDS_EMULATOR_RESOURCE_MANAGER_URL\"");
        command.env("IMDS_EMULATOR_CA_FILE", value);
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (status.code(), text(stdout), text(stderr))
    };
    assert_eq!(run(&[], &root).0, Some(0));
    assert!(!root.exists(), "no certificate was asked for");
    let (code, stdout, stderr) = run(&["--resource-manager"], &root);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.starts_with("https://127.0.0.1:"), "{stdout}");
    assert!(root.exists());
    let (code, _, stderr) = run(&["--resource-manager"], Path::new("a%b"));
    assert_eq!(code, Some(2));
    assert!(
        stderr.starts_with("IMDS_EMULATOR_CA_FILE=a%b (for --ca-file): expected a path without"),
        "{stderr}"
    );
    std::fs::remove_file(root).expect("removed");
}

#[test]
fn what_has_no_effect_is_refused_with_all_else_that_is_wrong() {
    let path = file("exec.toml");
    let text = "listen = '127.0.0.1:1'\nseed = 'x'\n[resource_manager]\nenabled = true\n\
        [[vms]]\nname = 'other'\nlisten = '127.0.0.1:2'\n";
    std::fs::write(&path, text).expect("written");
    let path = path.display().to_string();
    let (code, _, stderr) = said(&["--config", &path], "exit 0");
    assert_eq!(code, Some(2));
    for expected in [
        ":1:10: listen: not with exec, which serves free ports of loopback",
        ":2:8: seed: ",
        ":7:10: vms[0].listen: not with exec, which serves free ports of loopback",
        ":4:11: resource_manager.enabled: not with exec: --resource-manager says it",
    ] {
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn at_the_metadata_address_a_program_needs_no_variable_and_reaches_no_other_host() {
    let script = format!(
        "{ASK} ask http://169.254.169.254; ask http://192.0.2.1 2>/dev/null || echo \"not reached $AZURE_POD_IDENTITY_AUTHORITY_HOST\""
    );
    let (code, stdout, stderr) = said(&["--at-metadata-address"], &script);
    if code == Some(3) {
        assert!(stderr.contains("one of these helps"), "{stderr}");
        return skipped(&stderr);
    }
    assert_eq!(stdout, "HTTP/1.1 200 OK\r\nnot reached \n", "{stderr}");
    assert_eq!(code, Some(0));
}

/// Without namespaces there is one message, which names what forbids them.
#[cfg(target_os = "linux")]
#[test]
fn where_namespaces_are_refused_the_message_says_what_to_do() {
    let program = env!("CARGO_BIN_EXE_imds-emulator");
    let script = format!(
        "echo 0 >/proc/sys/user/max_net_namespaces && exec {program} exec --at-metadata-address -- true"
    );
    let within = Command::new("unshare")
        .args(["-r", "sh", "-c", &script])
        .output();
    let Ok(Output { status, stderr, .. }) = within else {
        return skipped("there is no unshare");
    };
    let stderr = String::from_utf8_lossy(&stderr);
    if stderr.contains("unshare failed") {
        return skipped(&stderr);
    }
    assert_eq!(status.code(), Some(3), "{stderr}");
    assert!(
        stderr.contains("sysctl -w user.max_net_namespaces"),
        "{stderr}"
    );
    assert!(stderr.contains("--cap-add SYS_ADMIN"), "{stderr}");
}
