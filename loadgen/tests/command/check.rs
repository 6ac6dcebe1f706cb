//! Grading commands: the load generator itself, one session of which is a client, against `check`'s emulator.

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;
use std::process::Output;

use serde_json::Value;

use crate::job;
use crate::program::{code, folder, loadgen_in, stderr, stdout};

const CLIENT: &str = r#"
    schema = 1
    name = "client"
    seed = 1
    [[sessions]]
    name = "one"
    count = 1
    arrival = { herd = {} }
    client = "CLIENT"
    script = [{ connect = {} }]
    [expect]
    "sessions.succeeded" = "== 1"
"#;

/// Checks a client that is a preset of the load generator.
fn checked(folder: &Path, client: &str, more: &[&str]) -> Output {
    let scenario = folder.join("client.toml");
    fs::write(&scenario, CLIENT.replace("CLIENT", client)).expect("the folder can be written");
    let command = [
        "--",
        env!("CARGO_BIN_EXE_imds-loadgen"),
        "run",
        "client.toml",
        "--quiet",
        "--target",
        "{endpoint}",
    ];
    loadgen_in(folder, &[&["check"], more, &command].concat())
}

/// The grades of a case by rule.
fn grades<'d>(document: &'d Value, case: &str) -> Vec<(&'d str, &'d str)> {
    let cases = document["cases"].as_array().expect("cases").iter();
    let case = cases.filter(|it| it["name"] == case).flat_map(|it| {
        let grades = it["grades"].as_array().expect("grades");
        grades.iter()
    });
    let text = |grade: &'d Value, key: &str| grade[key].as_str().expect("text");
    case.map(|it| (text(it, "rule"), text(it, "grade")))
        .collect()
}

#[test]
fn a_client_that_retries_comes_through_and_one_that_does_not_fails() {
    let folder = folder("check/retries");
    let more = ["--case", "alone,throttled,reset", "--format", "json"];
    let good = checked(&folder, "proportional", &more);
    assert_eq!(code(&good), 0, "{}{}", stdout(&good), stderr(&good));
    let document: Value = serde_json::from_str(&stdout(&good)).expect("JSON");
    let unasked = ("own-identity", "not_applicable");
    let expected = [
        ("comes-through", "passed"),
        ("backs-off", "passed"),
        unasked,
        ("probe", "not_applicable"),
    ];
    assert_eq!(grades(&document, "throttled"), expected);
    let requests = document["cases"][1]["requests"]
        .as_array()
        .expect("requests");
    let statuses: Vec<_> = requests.iter().map(|it| it["status"].as_u64()).collect();
    assert_eq!(statuses, [429, 429, 429, 200].map(Some));

    let bad = checked(&folder, "no-retry", &more);
    assert_eq!(code(&bad), 1, "{}", stderr(&bad));
    let document: Value = serde_json::from_str(&stdout(&bad)).expect("JSON");
    let expected = [
        ("comes-through", "failed"),
        ("backs-off", "not_applicable"),
        unasked,
        ("probe", "not_applicable"),
    ];
    assert_eq!(grades(&document, "throttled"), expected);
    assert_eq!(grades(&document, "alone")[0], ("succeeds", "passed"));
    assert_eq!(document["verdict"], "failed");
}

#[test]
fn a_client_that_sends_a_probe_shows_what_both_orders_make_of_it() {
    let folder = folder("check/probe");
    let more = ["--case", "throttled,probe-passes", "--format", "json"];
    let output = checked(&folder, "dotnet-default-azure-credential-1.17.2", &more);
    assert_eq!(code(&output), 1, "{}{}", stdout(&output), stderr(&output));
    let document: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let evidence = |case: usize, rule: &str| {
        let grades = document["cases"][case]["grades"]
            .as_array()
            .expect("grades");
        let grade = grades
            .iter()
            .find(|it| it["rule"] == rule)
            .expect("it is there");
        grade["evidence"].clone()
    };
    let before = evidence(0, "probe");
    assert_eq!(before, "answered with 429; no request behind it: 429");
    let after = evidence(1, "probe");
    assert_eq!(
        after,
        "answered with 400; 2 requests behind it: 400, 429, 200"
    );
    assert_eq!(
        grades(&document, "throttled")[0],
        ("comes-through", "failed")
    );
    let passed = ("comes-through", "passed");
    assert_eq!(grades(&document, "probe-passes")[1], passed);
}

#[test]
fn a_400_is_not_asked_again_and_is_a_failure() {
    let folder = folder("check/refused");
    let more = ["--case", "unknown-identity,unknown-resource"];
    let output = checked(&folder, "proportional", &more);
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("asked once: 400 IdentityNotFound"));
    assert!(stdout(&output).contains("4 passed, 0 failed, 2 not applicable"));
}

#[test]
fn a_herd_is_played_with_as_many_copies_and_everything_is_kept() {
    let folder = folder("check/herd");
    let more = ["--case", "herd", "--count", "7", "--out", "out"];
    let output = checked(&folder, "proportional", &more);
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("7 of 7 ended with exit code 0"));
    let out = folder.join("out");
    for file in [
        "check.json",
        "junit.xml",
        "summary.md",
        "output/herd-7.stdout",
    ] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let printed = fs::read_to_string(out.join("output/herd-7.stdout")).expect("text");
    assert!(printed.contains("verdict        passed"), "{printed}");
}

#[test]
fn settings_of_the_vm_are_the_user_s() {
    let folder = folder("check/settings");
    fs::write(folder.join("vm.toml"), "system_assigned = false\n").expect("a file");
    let more = [
        "--case", "alone", "--config", "vm.toml", "--format", "junit",
    ];
    let output = checked(&folder, "no-retry", &more);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(
        stdout(&output).contains(r#"failures="2""#),
        "{}",
        stdout(&output)
    );
    fs::write(folder.join("vm.toml"), "seed = 'x'\n[[vms]]\n").expect("a file");
    let output = checked(&folder, "no-retry", &more);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("vm.toml:1:8: seed"),
        "{}",
        stderr(&output)
    );
    assert_eq!(stdout(&output), "");
}

#[test]
fn resource_manager_shows_which_cmdlet_asked_and_who_it_works_as() {
    if job::is_done() {
        return;
    }
    let folder = folder("check/cmdlets");
    let test = "check::resource_manager_shows_which_cmdlet_asked_and_who_it_works_as";
    let more = [
        "check",
        "--case",
        "alone,unknown-identity",
        "--format",
        "json",
    ];
    let output = job::loadgen_with_job(&folder, test, &more);
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    let document: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let alone = &document["cases"][0];
    assert_eq!(alone["requests"][0]["cmdlet"], "Connect-AzAccount");
    let asked = alone["resource_manager"]
        .as_array()
        .expect("requests")
        .iter();
    let told: Vec<_> = asked
        .map(|it| (it["cmdlet"].as_str(), it["status"].as_u64()))
        .collect();
    let expected = [None, Some("Connect-AzAccount"), Some("Get-AzResource")];
    assert_eq!(told, expected.map(|cmdlet| (cmdlet, Some(200))));
    let rule = |rule: &str| {
        let grades = alone["grades"].as_array().expect("grades").iter();
        let found = grades
            .clone()
            .find(|it| it["rule"] == rule)
            .expect("a rule");
        found["evidence"].as_str().expect("text").to_owned()
    };
    let told = rule("cmdlets");
    assert!(
        told.contains("Connect-AzAccount: 1 token, 1 request; Get-AzResource: 0 tokens, 1 request"),
        "{told}"
    );
    let refused = grades(&document, "unknown-identity");
    assert!(
        refused.contains(&("no-access", "not_applicable")),
        "{refused:?}"
    );
}

/// How `backs-off` is graded of a loop of a shell around a client that tries once: `curl`, or where there is none the
/// load generator.
#[cfg(unix)]
fn looped(folder: &Path, case: &[&str], script: &str) -> Vec<String> {
    fs::write(
        folder.join("client.toml"),
        CLIENT.replace("CLIENT", "no-retry"),
    )
    .expect("a file");
    let token = "metadata/identity/oauth2/token?api-version=2018-02-01&resource=r";
    let client = if Command::new("curl").arg("--version").output().is_ok() {
        format!("curl -sf -o answer -H Metadata:true '{{endpoint}}/{token}'")
    } else {
        let program = env!("CARGO_BIN_EXE_imds-loadgen");
        format!("'{program}' run client.toml --quiet --target {{endpoint}}")
    };
    let script = script.replace("CLIENT", &client);
    let check = [
        &["check"],
        case,
        &["--format", "json", "--", "sh", "-c", &script],
    ]
    .concat();
    let output = loadgen_in(folder, &check);
    let document: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let graded = grades(&document, case[1]).into_iter();
    let graded = graded.filter(|(rule, _)| *rule == "backs-off");
    graded.map(|(_, grade)| grade.to_owned()).collect()
}

#[cfg(unix)]
#[test]
fn a_shell_s_loop_backs_off_only_if_its_sleep_grows() {
    let folder = folder("check/loop");
    let outage = ["--case", "outage", "--timeout", "8s"];
    let fixed = "while ! CLIENT; do sleep 0.25; done";
    assert_eq!(looped(&folder, &outage, fixed), ["failed"]);
    let throttled = ["--case", "throttled"];
    let growing = "set -- 0.5 1 2; while ! CLIENT; do sleep $1; shift; done";
    assert_eq!(looped(&folder, &throttled, growing), ["passed"]);
}

#[test]
fn what_cannot_be_checked_is_told_by_the_exit_code() {
    let folder = folder("check/usage");
    let missing = loadgen_in(&folder, &["check", "--", "./no-such-program"]);
    assert_eq!(code(&missing), 3);
    assert!(stderr(&missing).contains("cannot start ./no-such-program"));
    let unknown = loadgen_in(&folder, &["check", "--case", "herds", "--", "x"]);
    assert_eq!(code(&unknown), 2);
    assert!(
        stderr(&unknown).contains("outage, herd; not herds"),
        "{}",
        stderr(&unknown)
    );
    assert_eq!(code(&loadgen_in(&folder, &["check"])), 2);
    fs::write(folder.join("file"), "").expect("a file");
    let no_folder = loadgen_in(&folder, &["check", "--out", "file", "--", "x"]);
    assert_eq!(code(&no_folder), 3);
    assert!(stderr(&no_folder).starts_with("error: cannot make file for what"));
    let list = loadgen_in(&folder, &["check", "--list"]);
    assert_eq!(code(&list), 0);
    assert!(stdout(&list).contains("only with --long"));
}

#[cfg(unix)]
#[test]
fn a_command_that_does_not_end_is_ended_with_all_that_it_started() {
    let folder = folder("check/hangs");
    let script = "sleep 1000 & echo $! >child; wait";
    let limit = ["--case", "alone", "--timeout", "2s", "--verbose"];
    let output = loadgen_in(
        &folder,
        &[&["check"], &limit[..], &["--", "sh", "-c", script]].concat(),
    );
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stdout(&output).contains("still running when its time was over"));
    assert!(stdout(&output).contains("no request came"));
    let headings = stdout(&output).matches("alone: nothing goes wrong").count();
    assert_eq!(
        headings,
        1,
        "two rules were not passed: {}",
        stdout(&output)
    );
    let child = fs::read_to_string(folder.join("child")).expect("the command started a child");
    let ended = (0..1000).any(|_| is_over(child.trim()));
    assert!(ended, "process {child} runs on");
}

/// Who has been ended may be there a moment longer, or until its parent has noticed.
#[cfg(unix)]
pub(crate) fn is_over(process: &str) -> bool {
    let asked = Command::new("kill").args(["-0", process]).output();
    let is_there = asked.expect("kill runs").status.success();
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    !is_there || state.contains(") Z ")
}

/// Asks the metadata address over bash's own sockets.
#[cfg(target_os = "linux")]
const BUILT_IN: &str = "exec 3<>/dev/tcp/169.254.169.254/80
    printf 'GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://x HTTP/1.1\\r\\nHost: x\\r\\nMetadata: true\\r\\nConnection: close\\r\\n\\r\\n' >&3
    read -r _ status _ <&3; [ \"$status\" = 200 ]";

/// Where the system makes no networks, the refusal has to say what to do.
#[cfg(target_os = "linux")]
#[test]
fn a_program_with_the_address_built_in_is_graded_in_networks_of_its_own() {
    let folder = folder("check/built-in");
    let options = [
        "check",
        "--case",
        "alone,herd",
        "--count",
        "3",
        "--format",
        "json",
    ];
    let command = ["--", "bash", "-c", BUILT_IN];
    let isolated = ["--at-metadata-address"];
    let done = loadgen_in(&folder, &[&options[..], &isolated, &command].concat());
    if code(&done) == 3 {
        assert!(
            stderr(&done).contains("one of these helps"),
            "{}",
            stderr(&done)
        );
        return;
    }
    let document: Value = serde_json::from_str(&stdout(&done)).expect("JSON");
    assert!(
        grades(&document, "alone").contains(&("well-formed", "passed")),
        "{document}"
    );
    assert!(
        grades(&document, "herd").contains(&("all-served", "passed")),
        "{document}"
    );
    let requests = document["cases"][1]["requests"]
        .as_array()
        .expect("requests");
    let mut copies: Vec<_> = requests
        .iter()
        .filter_map(|it| it["copy"].as_str())
        .collect();
    copies.sort_unstable();
    assert_eq!(copies, ["0", "1", "2"]);
}

#[cfg(target_os = "linux")]
#[test]
fn where_no_request_comes_the_way_for_a_built_in_address_is_named() {
    let folder = folder("check/nothing-asked");
    let done = loadgen_in(&folder, &["check", "--case", "alone", "--", "true"]);
    assert_eq!(code(&done), 1);
    assert!(
        stdout(&done).contains("--at-metadata-address"),
        "{}",
        stdout(&done)
    );
}
