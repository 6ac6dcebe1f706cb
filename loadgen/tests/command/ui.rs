//! `imds-loadgen ui` over its port.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program::{code, folder, loadgen, loadgen_in, stderr, stdout};

/// A page that is served until it is dropped.
struct Served {
    program: Child,
    /// Host and port.
    at: String,
}

impl Served {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"));
        command.args(["ui", "--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = command.spawn().expect("the program");
        let mut url = String::new();
        let stdout = program.stdout.as_mut().expect("a pipe");
        BufReader::new(stdout).read_line(&mut url).expect("a line");
        let at = url
            .trim()
            .trim_start_matches("http://")
            .trim_end_matches('/');
        let at = at.to_owned();
        Self { program, at }
    }

    /// The status of an answer, its head and its body.
    fn get(&self, target: &str, headers: &str) -> (u16, String, String) {
        let mut connection = TcpStream::connect(&self.at).expect("it listens");
        let host = if headers.starts_with("Host:") {
            String::new()
        } else {
            format!("Host: {}\r\n", self.at)
        };
        let request = format!("GET {target} HTTP/1.1\r\n{host}{headers}Connection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).expect("a status");
        (
            status.parse().expect("a number"),
            head.to_lowercase(),
            body.to_owned(),
        )
    }

    /// The body of an answer without a mistake.
    fn text(&self, target: &str) -> String {
        let (status, _, body) = self.get(target, "");
        assert_eq!(status, 200, "{target}: {body}");
        body
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        self.program.wait().expect("its end");
    }
}

const GATE: &str = "client=azure-cli&count=12&client=py-azure-identity&count=8&starts=even&each_ms=10&remedy=gate&seed=7";

#[test]
fn the_page_has_its_answer_and_the_form_of_its_link() {
    let served = Served::start();
    let page = served.text(&format!("/?{GATE}"));
    for expected in [
        "all of 20 sessions succeeded",
        "In 100 runs: </strong>all sessions succeed in 100 % of the runs",
        "20 of 20 succeed · last token ",
        "<option value=\"py-azure-identity\" selected>",
        "name=\"each_ms\" min=\"1\" max=\"60000\" value=\"10\" required>",
        "name=\"within_s\" min=\"1\" max=\"3600\" value=\"5\" required disabled>",
    ] {
        assert!(page.contains(expected), "{expected} is not in\n{page}");
    }
}

/// What is exported is what was played.
#[test]
fn the_exported_scenario_has_the_result_of_the_page() {
    let served = Served::start();
    let out = folder("ui-exported");
    let text = served.text(&format!("/scenario.toml?{GATE}"));
    std::fs::write(out.join("scenario.toml"), text).expect("the folder can be written");
    let simulated = loadgen_in(
        &out,
        &[
            "simulate",
            "scenario.toml",
            "--seed",
            "7",
            "--format",
            "json",
        ],
    );
    let simulated: Value = serde_json::from_str(&stdout(&simulated)).expect("JSON");
    let shown = served.text(&format!("/result.json?{GATE}"));
    let mut shown: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["sessions"]["succeeded"], 20);
    // `simulate` leaves out the seed of the scenario itself.
    shown["replay"] = simulated["replay"].clone();
    assert_eq!(shown, simulated);
}

/// Azure PowerShell signs in by itself: the other row alone gets another client.
#[test]
fn a_remedy_that_is_not_for_all_says_for_whom_it_is_not() {
    let served = Served::start();
    let query = "client=az-accounts-5.5.0&count=3&client=azure-cli&count=3&remedy=shared_cache";
    let page = served.text(&format!("/results?{query}"));
    let told = "The remedy is not for jobs-1: Azure PowerShell signs in by itself";
    assert!(page.contains(told), "{page}");
    let text = served.text(&format!("/scenario.toml?{query}"));
    assert_eq!(text.matches("through = ").count(), 1, "{text}");
}

#[test]
fn every_remedy_and_the_report_are_a_link_away() {
    let served = Served::start();
    let query = "client=azure-cli&count=9";
    let remedies = served.text(&format!("/remedies.html?{query}"));
    assert!(remedies.contains("What each remedy does"), "{remedies}");
    let report = served.text(&format!("/report.html?{query}"));
    assert!(
        report.contains("imds-loadgen simulate scenario.toml --seed 1"),
        "{report}"
    );
}

#[test]
fn wrong_settings_are_told_all_at_once_and_played_nowhere() {
    let served = Served::start();
    for path in [
        "/",
        "/results",
        "/scenario.toml",
        "/result.json",
        "/report.html",
        "/remedies.html",
    ] {
        let (status, head, body) = served.get(&format!("{path}?rate=0&hue=1"), "");
        assert_eq!(status, 400, "{path}");
        for expected in ["rate: expected a whole number from 1 to 1000", "hue"] {
            assert!(body.contains(expected), "{path}: {body}");
        }
        assert!(!head.contains("attachment"), "{path}: {head}");
    }
    let (status, _, body) = served.get("/results?client=nope&count=1", "");
    assert_eq!(status, 400);
    assert!(
        body.contains("sessions[0].client: expected a client, not &quot;nope&quot;"),
        "{body}"
    );
}

/// A page of the web that made its own name point here, or sent a browser here.
#[test]
fn a_foreign_host_and_a_foreign_origin_are_refused() {
    let served = Served::start();
    for headers in ["Host: evil.example\r\n", "Origin: http://evil.example\r\n"] {
        for path in ["/", "/results", "/ui.js", "/nothing"] {
            let (status, _, body) = served.get(path, headers);
            assert_eq!(
                (status, body.starts_with("foreign ")),
                (403, true),
                "{path}: {body}"
            );
        }
    }
    let own = format!("Origin: http://{}\r\n", served.at);
    let (status, head, _) = served.get("/results", &own);
    assert_eq!(status, 200);
    assert!(
        head.contains("content-security-policy: default-src 'none'"),
        "{head}"
    );
    assert!(head.contains("x-frame-options: deny"), "{head}");
}

#[test]
fn it_is_served_on_loopback_only_and_not_where_another_is() {
    let refused = loadgen(&["ui", "--listen", "0.0.0.0:0"]);
    assert_eq!(code(&refused), 2);
    assert!(
        stderr(&refused).contains("expected ADDRESS:PORT of loopback"),
        "{}",
        stderr(&refused)
    );
    let served = Served::start();
    let taken = loadgen(&["ui", "--listen", &served.at]);
    assert_eq!(code(&taken), 3);
    let told = format!("error: cannot listen at {}: ", served.at);
    assert!(stderr(&taken).starts_with(&told), "{}", stderr(&taken));
}

/// What was right stays in the form, and what was not is neither played nor forgotten.
#[test]
fn a_wrong_link_keeps_what_is_right() {
    let served = Served::start();
    let (status, _, page) = served.get("/?client=azure-cli&count=7&rate=0&service_ms=70", "");
    assert_eq!(status, 400);
    for expected in [
        "rate: expected a whole number from 1 to 1000",
        "<option value=\"azure-cli\" selected>",
        "max=\"1000\" value=\"7\" required",
        "max=\"10000\" value=\"70\" required",
    ] {
        assert!(page.contains(expected), "{expected} is not in\n{page}");
    }
}

/// Also while it plays what takes long, and while a request has come in part.
#[cfg(unix)]
#[test]
fn a_signal_ends_it_well() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let long = "/remedies.html?client=az-accounts-2.12.1&count=1000";
    for target in [
        None,
        Some(format!("GET {long} HTTP/1.1\r\n")),
        Some("GET / HT".to_owned()),
    ] {
        let mut served = Served::start();
        let mut connection = TcpStream::connect(&served.at).expect("it listens");
        if let Some(target) = &target {
            let host = if target.ends_with("\r\n") {
                format!("Host: {}\r\n\r\n", served.at)
            } else {
                String::new()
            };
            connection
                .write_all(format!("{target}{host}").as_bytes())
                .expect("it reads");
            // It has begun with it once it answers another.
            served.text("/ui.js");
        }
        let process = Pid::from_raw(served.program.id().try_into().expect("a process"));
        kill(process, Signal::SIGTERM).expect("it runs");
        let ended = served.program.wait().expect("its end");
        assert_eq!(ended.code(), Some(0), "{target:?}");
    }
}
