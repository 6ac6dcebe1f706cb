//! The program's standard input, and its log on standard error.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-emulator"));
    command.args(arguments).stdout(Stdio::piped());
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What it says to that input: its code, and what it writes.
fn say(arguments: &[&str], input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = program(arguments).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output: Output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    (output.status.code(), stdout, stderr)
}

#[test]
fn a_dash_is_standard_input() {
    let check = |input| say(&["config", "check", "-"], input);
    let fine = "<stdin>: no problems\n".to_owned();
    assert_eq!(check(b"seed = 2\n"), (Some(0), fine, String::new()));
    let (code, stdout, stderr) = check(b"sede = 2\n");
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("<stdin>:1:1: sede: "), "{stderr}");
    let (code, _, stderr) = check(b"\xe9");
    assert_eq!(code, Some(2));
    assert!(stderr.contains("<stdin>:1:1: expected UTF-8"), "{stderr}");
}

#[test]
fn serves_what_standard_input_has() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("listen = '{}'\n", taken.local_addr().unwrap());
    let (code, _, stderr) = say(&["serve", "--config", "-"], listen.as_bytes());
    assert_eq!(code, Some(3), "{stderr}");
}

const FREE: [&str; 4] = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];

/// A process that is killed cannot stop what it has started; its side of a pipe is closed by the system.
#[test]
fn stops_when_standard_input_ends() {
    let serve = [&["serve", "--until-stdin-closes"], &FREE[..]].concat();
    let mut child = program(&serve).spawn().unwrap();
    let mut ready = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut ready).unwrap();
    assert!(ready.contains("\"event\":\"ready\""), "{ready}");
    assert_eq!(child.try_wait().unwrap(), None);
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn standard_input_is_the_configuration_or_what_stops() {
    let serve = ["serve", "--until-stdin-closes", "--config", "-"];
    let (code, _, stderr) = say(&serve, b"");
    assert_eq!(code, Some(2));
    assert!(stderr.contains("give --config a file"), "{stderr}");
}

#[test]
fn a_log_may_be_json() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let serve = [
        "serve",
        "--listen",
        &address,
        "--log",
        "imds_emulator=debug",
    ];
    let logged = |format: &[&str]| {
        let (_, _, stderr) = say(&[&serve[..], format].concat(), b"");
        stderr.lines().next().unwrap().to_owned()
    };
    let line: serde_json::Value = serde_json::from_str(&logged(&["--log-format", "json"])).unwrap();
    assert_eq!(line["level"], "DEBUG");
    assert!(line["message"].is_string(), "{line}");
    assert!(logged(&[]).contains(" DEBUG "));
}
