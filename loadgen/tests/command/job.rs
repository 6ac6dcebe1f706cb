//! A job that asks IMDS and Resource Manager, as a script of Azure PowerShell does: the test program itself, run
//! again by `check` or `herd` with the same test's name. Only the standard library is used.

use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Set where the program is to be the job.
const JOB: &str = "IMDS_LOADGEN_TEST_JOB";

/// Runs the load generator so that the test of this name is the command; its arguments end with `--`.
pub(crate) fn loadgen_with_job(folder: &Path, test: &str, args: &[&str]) -> Output {
    let own = env::current_exe().expect("this program has a path");
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"));
    command.current_dir(folder).env(JOB, "1").args(args);
    command.args(["--"]).arg(own).args(["--exact", test]);
    command.output().expect("the binary runs")
}

/// Does the job if this program is one; whether it was.
pub(crate) fn is_done() -> bool {
    if env::var_os(JOB).is_none() {
        return false;
    }
    let variable = |name: &str| env::var(name).expect("the command is led there");
    let description = get(&variable("ARM_CLOUD_METADATA_URL"), &[]);
    let manager = description[0]["resourceManager"]
        .as_str()
        .expect("an address");
    let manager = manager.trim_end_matches('/');
    let imds = variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    let query = "api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F";
    let url = format!("{imds}/metadata/identity/oauth2/token?{query}");
    let token = get(&url, &["Metadata: true"]);
    let token = token["access_token"].as_str().expect("a token");
    let bearer = format!("Authorization: Bearer {token}");
    let url = format!("{manager}/subscriptions?api-version=2022-12-01");
    let listed = get(&url, &[&bearer, "CommandName: Connect-AzAccount"]);
    let id = listed["value"][0]["subscriptionId"].as_str().expect("one");
    let url = format!("{manager}/subscriptions/{id}/resources?api-version=2021-04-01");
    get(&url, &[&bearer, "CommandName: Get-AzResource"]);
    true
}

/// The body of a 200.
fn get(url: &str, headers: &[&str]) -> Value {
    let rest = url.strip_prefix("http://").expect("plain HTTP");
    let (host, target) = rest.split_once('/').expect("a path");
    let lines: String = headers.iter().flat_map(|line| [*line, "\r\n"]).collect();
    let mut stream = TcpStream::connect(host).expect("it is served");
    let head =
        format!("GET /{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n");
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let body = answer.find(['{', '[']).expect("a body");
    let end = answer.rfind(['}', ']']).expect("a body");
    serde_json::from_str(&answer[body..=end]).expect("JSON")
}
