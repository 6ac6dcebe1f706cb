//! The program as a user runs it, against a scripted service on loopback.
#![cfg(feature = "cli")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use imds_client::{Policy, presets};
use serde_json::{Value, json};

const TOKEN: &str = r#"{"access_token":"a.b.c","client_id":"5a1f","expires_in":"86399","expires_on":"1795440000","ext_expires_in":"86399","not_before":"1795353300","resource":"r","token_type":"Bearer"}"#;
const THROTTLED: &str =
    r#"{"error":"invalid_request","error_description":"Temporarily throttled, too many requests"}"#;

/// Serves one connection after the other with these answers, one each; returns its address.
fn serving(answers: Vec<(u16, &'static str)>) -> String {
    answering(answers).0
}

/// The same, and the targets that are asked for.
fn answering(answers: Vec<(u16, &'static str)>) -> (String, Receiver<String>) {
    let (targets, received) = channel();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for (status, body) in answers {
            let (mut connection, _) = listener.accept().expect("a connection");
            let head = BufReader::new(&connection).lines().map_while(Result::ok);
            let head: Vec<String> = head.take_while(|line| !line.is_empty()).collect();
            let target = head[0].split(' ').nth(1).expect("a target");
            let _ = targets.send(target.to_owned());
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status} \r\nContent-Length: {length}\r\nConnection: close");
            write!(connection, "{head}\r\n\r\n{body}").expect("the client reads");
        }
    });
    (format!("http://{address}"), received)
}

/// Runs the program against a service with this one answer; returns the target of the request, too.
fn asked(status: u16, body: &'static str, arguments: &[&str]) -> (String, Output) {
    let (endpoint, targets) = answering(vec![(status, body)]);
    let output = imds_client(&[arguments, &["--endpoint", &endpoint]].concat());
    (targets.recv().expect("a request"), output)
}

/// Runs the program; the endpoint in its environment is a port of loopback without a listener.
fn imds_client(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_imds-client"))
        .args(arguments)
        .env("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")
        .env("TZ", "XST-1")
        .output()
        .expect("the program runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn prints_a_token_as_the_azure_cli_does() {
    let endpoint = serving(vec![(200, TOKEN)]);
    let output = imds_client(&["token", "--resource", "r", "--endpoint", &endpoint]);
    assert_eq!((code(&output), text(&output.stderr)), (0, ""));
    let printed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(printed["accessToken"], "a.b.c");
    assert_eq!(printed["tokenType"], "Bearer");
    assert_eq!(printed["tenant"], Value::Null, "it is no JWT");
    assert_eq!(printed["expires_on"], 1_795_440_000);
    assert_eq!(printed["expiresOn"], "2026-11-23 14:20:00.000000");
}

#[test]
fn prints_the_access_token_alone_as_text() {
    let endpoint = serving(vec![(200, TOKEN)]);
    let arguments = [
        "token",
        "--resource",
        "r",
        "--endpoint",
        &endpoint,
        "--format",
        "text",
    ];
    assert_eq!(text(&imds_client(&arguments).stdout), "a.b.c\n");
}

#[test]
fn takes_a_scope_for_its_resource() {
    let scope = ["token", "--scope", "https://a.example/.default"];
    let (target, output) = asked(200, TOKEN, &scope);
    assert_eq!(code(&output), 0);
    assert!(
        target.ends_with("&resource=https%3A%2F%2Fa.example"),
        "{target}"
    );
}

#[test]
fn prints_what_the_vm_is() {
    let (target, output) = asked(200, r#"{"a":{"b":"c"}}"#, &["instance", "compute"]);
    let expected = "/metadata/instance/compute?api-version=2021-02-01&format=json";
    assert_eq!(target, expected);
    let json = "{\n  \"a\": {\n    \"b\": \"c\"\n  }\n}\n";
    assert_eq!(text(&output.stdout), json);
    let leaf = ["instance", "compute/location", "--format", "text"];
    assert_eq!(
        text(&asked(200, "westeurope", &leaf).1.stdout),
        "westeurope\n"
    );
}

#[test]
fn a_part_that_there_is_not_exits_with_1() {
    let (_, output) = asked(404, r#"{ "error": "Not found" }"#, &["instance", "nothing"]);
    assert_eq!((code(&output), text(&output.stdout)), (1, ""));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("answered 404 (Not found)"), "{stderr}");
    assert!(
        stderr.ends_with("; the same request will fail again\n"),
        "{stderr}"
    );
}

#[test]
fn prints_the_tenant_and_the_attested_document() {
    let (_, tenant) = asked(200, r#"{"tenantId":"t"}"#, &["tenant"]);
    assert_eq!(text(&tenant.stdout), "t\n");
    let document = r#"{"encoding":"pkcs7","signature":"MIIE"}"#;
    let (target, attested) = asked(200, document, &["attested", "--nonce", "123"]);
    assert!(target.ends_with("&nonce=123"), "{target}");
    let printed: Value = serde_json::from_slice(&attested.stdout).expect("JSON");
    assert_eq!(printed["signature"], "MIIE");
}

#[test]
fn prints_events_and_approves_of_them() {
    let (_, output) = asked(200, r#"{"DocumentIncarnation":7,"Events":[]}"#, &["events"]);
    let printed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(printed["DocumentIncarnation"], 7);
    let (_, output) = asked(200, "", &["events", "--approve", "e"]);
    assert_eq!(
        (code(&output), text(&output.stdout), text(&output.stderr)),
        (0, "", "")
    );
}

#[cfg(unix)]
#[test]
fn a_watch_prints_a_line_for_each_change_until_it_is_stopped() {
    let events = r#"{"DocumentIncarnation":7,"Events":[]}"#;
    let endpoint = serving(vec![(200, events); 2]);
    let mut watch = Command::new(env!("CARGO_BIN_EXE_imds-client"))
        .args([
            "events",
            "--watch",
            "--every",
            "1h",
            "--endpoint",
            &endpoint,
        ])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut printed = BufReader::new(watch.stdout.take().expect("its output"));
    let mut line = String::new();
    printed.read_line(&mut line).expect("a line");
    assert_eq!(line, format!("{events}\n"));
    let stop = format!("kill -TERM {}", watch.id());
    let stopped = Command::new("sh").args(["-c", &stop]).status();
    assert!(stopped.expect("a shell").success());
    assert_eq!(watch.wait().expect("it ends").code(), Some(0));
}

#[test]
fn an_error_of_the_service_controls_no_terminal() {
    let evil = "{\"error\":\"a\u{202e}b\",\"error_description\":\"\\u001b[2Jc\\u009b\u{2066}\"}";
    let (_, output) = asked(400, evil, &["token", "--resource", "r"]);
    let told = text(&output.stderr);
    assert!(told.contains("a\\u202eb"), "{told:?}");
    let controls = |c: char| c.is_control() && c != '\n' || ('\u{2028}'..='\u{2069}').contains(&c);
    assert!(!told.contains(controls), "{told:?}");
}

#[test]
fn completes_its_command_line_in_a_shell() {
    let output = imds_client(&["completions", "bash"]);
    assert!(text(&output.stdout).contains("--nonce"));
}

#[test]
fn gives_up_after_its_timeout() {
    let endpoint = serving(vec![(429, THROTTLED); 20]);
    let limited = ["tenant", "--timeout", "100ms", "--endpoint", &endpoint];
    let output = imds_client(&limited);
    assert_eq!(code(&output), 1);
    let stderr = text(&output.stderr);
    assert!(
        stderr.contains("policy proportional has no time left"),
        "{stderr}"
    );
}

#[test]
fn takes_a_time_limit_of_any_length() {
    let endpoint = serving(vec![(200, r#"{"tenantId":"t"}"#)]);
    let forever = ["--timeout", "9223372036854775807s"];
    let arguments = [&["tenant", "--endpoint", &endpoint][..], &forever].concat();
    assert_eq!(code(&imds_client(&arguments)), 0);
}

#[test]
fn takes_the_endpoint_from_the_environment() {
    let output = Command::new(env!("CARGO_BIN_EXE_imds-client"))
        .args(["token", "--resource", "r"])
        .env(
            "AZURE_POD_IDENTITY_AUTHORITY_HOST",
            serving(vec![(200, TOKEN)]),
        )
        .output()
        .expect("the program runs");
    assert_eq!(code(&output), 0);
}

#[test]
fn tells_of_each_attempt_and_wait_if_asked() {
    let endpoint = serving(vec![(429, THROTTLED), (200, TOKEN)]);
    let arguments = [
        "token",
        "--resource",
        "r",
        "--endpoint",
        &endpoint,
        "--verbose",
    ];
    let output = imds_client(&arguments);
    let stderr = text(&output.stderr);
    assert_eq!(code(&output), 0, "{stderr}");
    for part in [
        ": 429 (invalid_request: Temporarily throttled, too many requests)\n",
        "imds-client: waiting 0.",
        " s before attempt 2, as policy proportional says\n",
        "imds-client: attempt 2 after ",
        ": 200\n",
    ] {
        assert!(stderr.contains(part), "{stderr}");
    }
    assert!(!stderr.contains("a.b.c"), "{stderr}");
}

#[test]
fn without_a_token_it_says_why_and_exits_with_1() {
    let endpoint = serving(vec![(429, THROTTLED)]);
    let arguments = [
        "token",
        "--resource",
        "r",
        "--endpoint",
        &endpoint,
        "--policy",
        "azure-cli",
    ];
    let output = imds_client(&arguments);
    assert_eq!((code(&output), text(&output.stdout)), (1, ""));
    let stderr = text(&output.stderr);
    assert!(
        stderr.contains("answered 429 (invalid_request: Temporarily throttled"),
        "{stderr}"
    );
    assert!(
        stderr.ends_with("; policy azure-cli does not retry that; trying again later may help\n"),
        "{stderr}"
    );
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        &["token"][..],
        &["token", "--resource", "r", "--policy", "no-such"],
        &["token", "--resource", "r", "--endpoint", "127.0.0.1"],
        &[
            "token",
            "--resource",
            "r",
            "--client-id",
            "a",
            "--object-id",
            "b",
        ],
        &["policies", "no-such"],
        &["token", "--resource", "r", "--scope", "r/.default"],
        &["token", "--resource", "r", "--timeout", "0s"],
        &["token", "--resource", "r", "--client-id", ""],
        &["token", "--resource", ""],
        &["instance", "compute?x=1"],
        &["attested", "--nonce", "a-b"],
        &["events", "--watch", "--approve", "e"],
        &["completions", "no-such"],
    ] {
        assert_eq!(code(&imds_client(arguments)), 2, "{arguments:?}");
    }
}

#[test]
fn lists_every_policy_with_how_it_is_known() {
    let output = imds_client(&["policies"]);
    let listed = text(&output.stdout);
    for (name, policy) in presets() {
        let told = |line: &str| {
            let words = line.split_whitespace();
            let words: Vec<&str> = words
                .map(|word| word.trim_end_matches([',', ';', ':']))
                .collect();
            words.get(1) == Some(&policy.evidence.name()) && words.contains(&name.as_str())
        };
        assert!(listed.lines().any(told), "{name}: {listed}");
    }
}

#[test]
fn shows_a_policy_as_a_scenario_would_write_it() {
    let output = imds_client(&["policies", "go-azidentity"]);
    let shown: toml::Table = text(&output.stdout).parse().expect("TOML");
    let policy: Policy = shown["policies"]["go-azidentity"]
        .clone()
        .try_into()
        .expect("a policy");
    assert_eq!(policy.layers, presets()["go-azidentity"].layers);
}

#[test]
fn shows_what_waits_come_of_a_policy() {
    let shown = |name| String::from_utf8(imds_client(&["policies", name]).stdout).expect("text");
    let python = shown("py-azure-identity");
    assert!(
        python.contains("without Retry-After: 0.0, 1.6, 3.2, 6.4, 12.8 s, then gives up"),
        "{python}"
    );
    assert!(
        python.contains("with Retry-After: 1: 1.0, 1.0, 1.0, 1.0, 1.0 s, then gives up"),
        "{python}"
    );
    let cli = shown("azure-cli");
    assert!(
        cli.contains("without Retry-After: gives up at once"),
        "{cli}"
    );
}

#[test]
fn prints_the_schedule_of_a_policy_that_gets_one_answer_again_and_again() {
    let schedule = |arguments: &str| -> Value {
        let words: Vec<&str> = arguments.split(' ').collect();
        let output = imds_client(&[&["schedule", "--format", "json"], &words[..]].concat());
        serde_json::from_str(text(&output.stdout)).expect(arguments)
    };
    let python = schedule("py-azure-identity --status 410");
    let exactly = |waits: &[f64]| -> Value {
        let each = waits.iter().map(|w| json!({"least": w, "most": w}));
        each.collect()
    };
    assert_eq!(python["waits_s"], exactly(&[0.0, 5.0, 10.0, 20.0, 40.0]));
    assert_eq!(python["attempts"], json!({"least": 6, "most": 6}));
    assert_eq!(python["ends"], "retries_exhausted");
    let told = schedule("js-azure-identity --retry-after 3");
    assert_eq!(told["waits_s"], exactly(&[3.0; 3]));
    let endless = schedule("librdkafka --attempts 5");
    assert_eq!(endless["waits_s"], exactly(&[5.0, 10.0, 15.0, 20.0]));
    assert_eq!(endless["ends"], Value::Null);
    let random = &schedule("go-azidentity")["waits_s"][0];
    let [least, most] = ["least", "most"].map(|end| random[end].as_f64().expect("seconds"));
    assert!((1.6..1.7).contains(&least) && (2.5..=2.6).contains(&most));
}

#[cfg(unix)]
#[test]
fn a_broker_without_room_for_connections_ends_with_a_sentence_and_is_not_ready() {
    let script = "ulimit -n 20 && exec \"$0\" serve --listen 127.0.0.1:0";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_imds-client")])
        .output()
        .expect("sh runs");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"");
    let told = String::from_utf8(output.stderr).expect("text");
    assert!(told.contains("more open files are needed"), "{told}");
}
