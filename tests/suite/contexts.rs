//! The Azure context among sessions of one user, in virtual time: what is said of a running session,
//! of the file, and of the scopes of commands holds under any schedule.

use imds_tests::scenario::{Document, Scenario, simulated};
use proptest::prelude::*;

use crate::cases::cases;

/// A VM without limits, two identities and two subscriptions.
pub(crate) const HEAD: &str = r#"
schema = 1
name = "contexts"
[imds]
profile = "unlimited"
latency = { token_cold = "20ms", token_warm = "5ms" }
identities = [
  { name = "jobs", client_id = "5a1f0c9e-0000-4000-8000-000000000001" },
  { name = "other", client_id = "5a1f0c9e-0000-4000-8000-000000000002" },
]
[imds.resource_manager]
latency = "10ms"
limit = false
[[imds.resource_manager.subscriptions]]
id = "00000000-0000-4000-8000-00000000000a"
name = "first"
[[imds.resource_manager.subscriptions]]
id = "00000000-0000-4000-8000-00000000000b"
name = "night"
"#;

/// A group of sessions that sign in, choose a subscription and list its resources.
struct Jobs<'a> {
    name: &'a str,
    count: u32,
    version: &'a str,
    identity: &'a str,
    connect: &'a str,
    set: &'a str,
    more: &'a str,
}

impl Default for Jobs<'_> {
    fn default() -> Self {
        Self {
            name: "jobs",
            count: 1,
            version: "current",
            identity: "jobs",
            connect: "CurrentUser",
            set: "CurrentUser",
            more: "",
        }
    }
}

impl Jobs<'_> {
    fn text(&self) -> String {
        let Self {
            name,
            count,
            version,
            identity,
            connect,
            set,
            more,
        } = self;
        format!(
            r#"
[[sessions]]
name = "{name}"
count = {count}
arrival = {{ herd = {{ spread = "200ms" }} }}
client = "azure-cli"
context = "{version}"
on_error = "continue"
script = [
  {{ connect = {{ identity = "{identity}", scope = "{connect}" }} }},
  {{ set_context = {{ subscription = "night", scope = "{set}" }} }},
  {{ list_resources = {{}} }},
]
{more}
"#
        )
    }
}

const STALE: &str = "[context]\nsaved = { identity = \"other\", subscription = \"first\" }\n";

/// Every request for a token as `jobs` fails, so that no connect of theirs does anything.
pub(crate) const NO_TOKEN_FOR_JOBS: &str = r#"
[[imds.faults]]
identity = "jobs"
effect = { status = 500 }
"#;

fn result_of(parts: &[&str]) -> Document {
    simulated(&format!("{HEAD}{}", parts.concat()))
}

fn lock(result: &Document) -> (u64, u64) {
    let count = |key: &str| result.count(&format!("context.lock.{key}"));
    (count("wanted"), count("timed_out"))
}

#[test]
fn process_scope_on_both_commands_reads_the_file_once_and_never_writes() {
    let jobs = Jobs {
        count: 20,
        connect: "Process",
        set: "Process",
        ..Jobs::default()
    };
    let result = result_of(&[&jobs.text()]);
    assert_eq!(result.count("sessions.succeeded"), 20);
    assert_eq!(lock(&result), (20, 0));
    assert_eq!(
        result.figure("context.lock.held_ms.max"),
        None,
        "nobody wrote"
    );
}

#[test]
fn on_one_command_only_the_other_still_writes() {
    for (connect, set) in [("Process", "CurrentUser"), ("CurrentUser", "Process")] {
        let jobs = Jobs {
            count: 10,
            connect,
            set,
            ..Jobs::default()
        };
        let result = result_of(&[&jobs.text()]);
        assert_eq!(
            (result.count("sessions.succeeded"), lock(&result)),
            (10, (20, 0)),
            "{connect} {set}"
        );
    }
}

/// The way in which another's context is used: read at the start, and left there by a connect that
/// failed. Process scope does not help; an error that stops the script does.
#[test]
fn a_stale_context_is_used_where_the_own_connect_failed() {
    for scope in ["CurrentUser", "Process"] {
        let jobs = Jobs {
            count: 5,
            connect: scope,
            set: scope,
            ..Jobs::default()
        };
        let text = jobs.text();
        let result = result_of(&[NO_TOKEN_FOR_JOBS, STALE, &text]);
        assert_eq!(result.count("sessions.wrong_context"), 5, "{scope}");
        assert_eq!(
            result.count("steps.list_resources.by_failure.wrong_identity"),
            5
        );
        let stopped = result_of(&[NO_TOKEN_FOR_JOBS, STALE, &text.replace("continue", "stop")]);
        assert_eq!(
            (
                stopped.count("sessions.wrong_context"),
                stopped.count("sessions.failed")
            ),
            (0, 5)
        );
        let nothing = result_of(&[NO_TOKEN_FOR_JOBS, &text]);
        assert_eq!(
            nothing.count("steps.set_context.by_failure.not_logged_in"),
            5
        );
    }
}

#[test]
fn who_clears_the_context_first_is_nobody_when_the_connect_fails() {
    let text = Jobs::default().text().replace(
        "script = [",
        "script = [{ clear_context = { scope = 'CurrentUser' } },",
    );
    let result = result_of(&[NO_TOKEN_FOR_JOBS, STALE, &text]);
    assert_eq!(result.count("sessions.wrong_context"), 0);
    assert_eq!(
        result.count("steps.list_resources.by_failure.not_logged_in"),
        1
    );
}

/// The first sign-in lists everything again with the file open; without a mutex the others poll for it
/// and some give up.
#[test]
fn an_empty_profile_makes_the_longest_holds() {
    let slow = HEAD.replace("latency = \"10ms\"", "latency = \"2s\"");
    let held = |context: &str| {
        let jobs = Jobs {
            count: 30,
            version: "az-1.0",
            ..Jobs::default()
        };
        let result = simulated(&format!("{slow}{context}{}", jobs.text()));
        (
            result.figure("context.lock.held_ms.max").expect("writes"),
            lock(&result).1,
        )
    };
    let ((empty_ms, empty), (saved_ms, saved)) = (held(""), held(STALE));
    assert!(
        empty_ms > 4000.0 && saved_ms < 100.0,
        "{empty_ms} {saved_ms}"
    );
    assert!(empty > 0 && saved == 0, "{empty} {saved}");
}

#[test]
fn a_damaged_file_is_noticed_and_written_over() {
    let result = result_of(&["[context]\ndamaged = true\n", &Jobs::default().text()]);
    assert_eq!(
        (
            result.count("context.file_damaged"),
            result.count("sessions.succeeded")
        ),
        (2, 1)
    );
}

fn version() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["az-1.0", "az-1.9.1", "current"])
}

fn scope() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["CurrentUser", "Process"])
}

proptest! {
    #![proptest_config(cases(48))]

    /// No other process changes the account of a running session, so a session whose commands all succeed works
    /// as its script says, whatever the others do.
    #[test]
    fn whoever_signs_in_works_as_the_script_says(seed in 0_u64..1000, version in version(), scopes in prop::array::uniform4(scope()), count in 1_u32..12) {
        let one = Jobs { name: "one", count, version, connect: scopes[0], set: scopes[1], ..Jobs::default() };
        let two = Jobs { name: "two", count, version, identity: "other", connect: scopes[2], set: scopes[3], ..Jobs::default() };
        let scenario = Scenario::new(&format!("{HEAD}{STALE}{}{}", one.text(), two.text()));
        let result = scenario.simulated(&["--seed", &seed.to_string()]);
        prop_assert_eq!(result.count("sessions.wrong_context"), 0);
        prop_assert_eq!(result.count("sessions.succeeded") + lock(&result).1, u64::from(count) * 2);
    }
}

#[test]
fn a_connect_that_lists_subscriptions_has_its_token_before_that() {
    let jobs = Jobs::default().text();
    let result = Scenario::new(&format!("{HEAD}{jobs}")).simulated(&["--traces", "1"]);
    let of_connect = |key: &str| result.figure(&format!("traces.0.steps.0.{key}"));
    let (began, ended) = (of_connect("began_ms"), of_connect("ended_ms"));
    let lasted = ended.zip(began).map(|(ended, began)| ended - began);
    assert_eq!(result.figure("time_to_token_ms.max"), Some(20.0));
    assert!(lasted.is_some_and(|lasted| lasted > 40.0), "{lasted:?}");
}
