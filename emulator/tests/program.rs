//! The program: its ready line, its exit codes, its stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-emulator"));
    command.args(arguments);
    for variable in [
        "LISTEN",
        "ADMIN_LISTEN",
        "RESOURCE_MANAGER_LISTEN",
        "CONFIG",
        "CA_FILE",
        "FAULT",
        "PROFILE",
        "SEED",
    ] {
        command.env_remove(format!("IMDS_EMULATOR_{variable}"));
    }
    command.env_remove("RUST_LOG");
    command
}

fn output(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = program(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// A file with that content, in the folder Cargo keeps for this test.
fn file(name: &str, content: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// A running program, ended with the test.
struct Serving {
    child: Child,
    #[cfg_attr(
        not(unix),
        expect(
            dead_code,
            reason = "only a signal ends it in order, whose end is read"
        )
    )]
    stdout: BufReader<ChildStdout>,
    ready: serde_json::Value,
}

impl Serving {
    fn start(arguments: &[&str]) -> Serving {
        let mut child = program(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ])
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap();
        Serving {
            child,
            stdout,
            ready,
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn says_where_it_serves_once_it_does() {
    let serving = Serving::start(&["--profile", "azure-2017", "--seed", "9"]);
    let ready = &serving.ready;
    assert_eq!(ready["event"], "ready");
    assert_eq!(
        (&ready["profile"], &ready["seed"]),
        (&"azure-2017".into(), &9.into())
    );
    for port in ["imds", "admin"] {
        let url = ready[port].as_str().unwrap();
        let mut stream = std::net::TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        stream
            .write_all(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.0 "), "{answer}");
    }
}

#[test]
fn a_named_fault_strikes_from_the_start() {
    let serving = Serving::start(&["--fault", "update"]);
    let url = serving.ready["imds"].as_str().unwrap();
    let mut stream = std::net::TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream
        .write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 410 Gone\r\n"), "{answer}");
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let config = file("precedence.toml", "seed = 1\nprofile = 'unlimited'\n");
    let mut command = program(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
    ]);
    command
        .env("IMDS_EMULATOR_SEED", "2")
        .env("IMDS_EMULATOR_PROFILE", "azure-charging");
    command.arg("--config").arg(config).args(["--seed", "3"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&ready["seed"], &ready["profile"]),
        (&3.into(), &"azure-charging".into())
    );
}

#[cfg(unix)]
#[test]
fn stops_cleanly_at_the_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut serving = Serving::start(&[]);
        let process = serving.child.id().to_string();
        let sent = Command::new("kill")
            .args([signal, &process])
            .status()
            .unwrap();
        assert!(sent.success());
        assert_eq!(serving.child.wait().unwrap().code(), Some(0), "{signal}");
        let mut rest = String::new();
        serving.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "nothing follows the ready line");
    }
}

#[test]
fn a_port_in_use_is_one_line_and_code_3() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, stdout, stderr) = output(&["serve", "--listen", &address]);
    assert_eq!(
        (code, stdout.as_str(), stderr.lines().count()),
        (Some(3), "", 1),
        "{stderr}"
    );
    assert!(stderr.contains(&address), "{stderr}");
    assert_eq!(stderr.matches("os error").count(), 1, "{stderr}");
}

#[test]
fn a_wrong_configuration_is_all_its_problems_and_code_2() {
    let config = file("wrong.toml", "sede = 1\nlimits.identity.concurrent = 0\n");
    let config = config.to_str().unwrap();
    for arguments in [
        &["serve", "--config", config],
        &["config", "check", config][..],
    ] {
        let (code, stdout, stderr) = output(arguments);
        assert_eq!(
            (code, stdout.as_str(), stderr.lines().count()),
            (Some(2), "", 2),
            "{stderr}"
        );
        assert!(
            stderr.contains("wrong.toml:1:1: sede: unknown key, did you mean `seed`?"),
            "{stderr}"
        );
        assert!(
            stderr.contains("wrong.toml:2:30: limits.identity.concurrent: "),
            "{stderr}"
        );
    }
}

#[test]
fn what_is_no_text_is_told_with_its_place() {
    let config = file("latin1.toml", "");
    std::fs::write(&config, b"seed = 1\nprofile = 'azur\xe9'\n").unwrap();
    let (code, stdout, stderr) = output(&["config", "check", config.to_str().unwrap()]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(
        stderr.ends_with("latin1.toml:2:16: expected UTF-8\n"),
        "{stderr}"
    );
}

#[test]
fn two_flags_with_one_address_are_wrong_usage() {
    let (code, stdout, stderr) = output(&[
        "serve",
        "--listen",
        "127.0.0.1:16929",
        "--admin-listen",
        "127.0.0.1:16929",
    ]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(
        stderr.contains("both `listen` and `admin_listen`"),
        "{stderr}"
    );
}

#[test]
fn wrong_usage_is_code_2() {
    assert_eq!(output(&["serve", "--profile", "azur"]).0, Some(2));
    assert_eq!(
        output(&["serve", "--config", "no-such-file.toml"]).0,
        Some(2)
    );
    assert_eq!(output(&[]).0, Some(2));
}

#[test]
fn a_certificate_is_not_asked_for_in_vain() {
    let (code, stdout, stderr) = output(&["serve", "--ca-file", "ca.pem"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(
        stderr.starts_with("--ca-file: there is no certificate"),
        "{stderr}"
    );
}

#[test]
fn the_printed_defaults_have_no_problems() {
    let (code, defaults, _) = output(&["config", "default"]);
    assert_eq!(code, Some(0));
    let config = file("defaults.toml", &defaults);
    let (code, stdout, stderr) = output(&["config", "check", config.to_str().unwrap()]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(stdout.ends_with("no problems\n"), "{stdout}");
}

#[test]
fn every_flag_of_serve_that_is_a_setting_has_its_variable() {
    let (_, help, _) = output(&["serve", "--help"]);
    for flag in help.split("\n      --").skip(1) {
        let name = flag.split([' ', '\n']).next().unwrap();
        let variable = format!(
            "[env: IMDS_EMULATOR_{}=]",
            name.to_uppercase().replace('-', "_")
        );
        let is_setting = !["log", "until-stdin-closes"].contains(&name);
        assert_eq!(flag.contains(&variable), is_setting, "{flag}");
    }
}

#[test]
fn named_faults_can_be_in_the_environment() {
    let mut command = program(&["serve"]);
    let command = command.env("IMDS_EMULATOR_FAULT", "update,bang");
    let Output { status, stderr, .. } = command.output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(stderr.contains("invalid value 'bang'"), "{stderr}");
}

#[test]
fn completions_name_every_command() {
    let (code, script, stderr) = output(&["completions", "bash"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    for command in ["serve", "env", "health", "config", "completions"] {
        assert!(
            script.contains(&format!("imds__subcmd__emulator__subcmd__{command}")),
            "{command}"
        );
    }
}

#[cfg(unix)]
#[test]
fn its_environment_can_be_evaluated() {
    let (_, script, _) = output(&[
        "env",
        "--shell",
        "bash",
        "--endpoint",
        "http://127.0.0.1:1/",
    ]);
    let shown = Command::new("sh")
        .args([
            "-c",
            &format!("{script}echo \"$AZURE_POD_IDENTITY_AUTHORITY_HOST\""),
        ])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(shown.stdout).unwrap(),
        "http://127.0.0.1:1\n"
    );
}

#[test]
fn its_environment_leads_to_resource_manager_where_that_is_served() {
    let url = |arguments: &[&str]| {
        let arguments = [&["env", "--shell", "docker"], arguments].concat();
        let (code, script, stderr) = output(&arguments);
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        let mut lines = script.lines();
        let value = lines.find_map(|line| line.strip_prefix("ARM_CLOUD_METADATA_URL="));
        value.map(str::to_owned)
    };
    assert_eq!(url(&[]), None);
    let of = |base: &str| Some(format!("{base}/metadata/endpoints?api-version=2019-05-01"));
    assert_eq!(url(&["--resource-manager"]), of("http://127.0.0.1:16927"));
    let other = url(&["--resource-manager", "http://arm.test:7"]);
    assert_eq!(other, of("http://arm.test:7"));
    assert_eq!(url(&["--ca-file", "r"]), of("https://127.0.0.1:16927"));
}

#[test]
fn health_is_an_exit_code() {
    let serving = Serving::start(&[]);
    let admin = serving.ready["admin"].as_str().unwrap().to_owned();
    let imds = serving.ready["imds"].as_str().unwrap().to_owned();
    let health = |endpoint: &str| output(&["health", "--endpoint", endpoint]);
    assert_eq!(health(&admin), (Some(0), String::new(), String::new()));
    let (code, _, stderr) = health(&imds);
    assert_eq!(code, Some(1));
    assert!(
        stderr.ends_with("this is no administration port\n"),
        "{stderr}"
    );
    let (code, _, stderr) = output(&["health", "--endpoint", &admin, "--vm", "no-such"]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.ends_with("no VM is called `no-such` there\n"),
        "{stderr}"
    );
    drop(serving);
    assert_eq!(health(&admin).0, Some(1));
}

#[test]
fn a_configuration_is_read_again_or_all_its_problems_told() {
    let path = file("again.toml", "limits.identity.concurrent = 3\n");
    let serving = Serving::start(&["--config", path.to_str().unwrap()]);
    let admin = serving.ready["admin"].as_str().unwrap();
    let ask = |method: &str, path: &str| {
        let mut stream = std::net::TcpStream::connect(admin.trim_start_matches("http://")).unwrap();
        let request = format!("{method} {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), body)
    };
    std::fs::write(&path, "limits.identity.concurrent = 4\nseed = 7\n").unwrap();
    let (status, failure) = ask("POST", "/config/reload");
    assert_eq!(status, "409");
    assert_eq!(failure["problems"][0]["path"], "seed");
    assert_eq!(ask("GET", "/limits").1["identity"]["concurrent"], 3);
    std::fs::write(&path, "limits.identity.concurrent = 4\n").unwrap();
    let (status, config) = ask("POST", "/config/reload");
    assert_eq!((status.as_str(), &config["seed"]), ("200", &1.into()));
    std::fs::write(&path, "limits.identity.concurrent = 0\nsede = 7\n").unwrap();
    let (status, failure) = ask("POST", "/config/reload");
    assert_eq!(status, "400");
    let problems = failure["problems"].as_array().unwrap();
    let lines: Vec<_> = problems
        .iter()
        .map(|problem| problem["line"].clone())
        .collect();
    assert_eq!(lines, [1, 2]);
    assert_eq!(ask("GET", "/limits").1["identity"]["concurrent"], 4);
}
