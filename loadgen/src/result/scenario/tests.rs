mod arrivals;

use super::*;
use crate::scenario::definition::Overrides;

mod numbers;
mod processor;
mod vms;

const GOOD: &str = r#"
schema = 1
name = "good"
[imds]
identities = [{ name = "jobs", client_id = "5a1f0c9e-0000-4000-8000-000000000001" }]
[[sessions]]
name = "all"
count = 3
arrival = { herd = { spread = "1s" } }
client = "mine"
script = [{ connect = { identity = "jobs" } }, { think = "1s" }]
[policies.mine]
layers = [{ max_retries = 2, rules = [{ statuses = ["429"], delay = { fixed = "1s" } }] }]
[expect]
"sessions.by_group.all.success_ratio" = ">= 0.9"
"#;

fn problems(text: &str) -> Vec<String> {
    let problems = from_toml("bad.toml", text)
        .map(|_| ())
        .expect_err("problems");
    problems.to_string().lines().map(str::to_owned).collect()
}

#[track_caller]
fn assert_problem(problems: &[String], place: &str, expected: &str) {
    let found = problems
        .iter()
        .any(|line| line.starts_with(place) && line.contains(expected));
    assert!(found, "no {place} … {expected} in {problems:#?}");
}

#[test]
fn a_scenario_can_bring_its_own_policy() {
    let scenario = from_toml("good.toml", GOOD).expect("a valid scenario");
    assert_eq!(scenario.groups[0].policy.name, "mine");
    assert_eq!(scenario.sessions(), 3);
}

#[test]
fn each_of_many_runs_has_the_next_seed() {
    let mut scenario = from_toml("good.toml", GOOD).expect("a valid scenario");
    scenario.seed = u64::MAX - 1;
    let seeds: Vec<u64> = scenario.runs(3).map(|run| run.seed).collect();
    assert_eq!(seeds, [u64::MAX - 1, u64::MAX, 0]);
    assert_eq!(scenario.run(2).seed, 0);
}

#[test]
fn all_mistakes_are_listed_each_with_its_line() {
    let bad = GOOD
        .replace("schema = 1", "schema = 9")
        .replace("count = 3", "count = 0")
        .replace(
            "\"1s\" } }\nclient = \"mine\"",
            "\"soon\" } }\nclient = \"nobody\"",
        )
        .replace("identity = \"jobs\"", "identity = \"nobody\"")
        .replace("[expect]", "[expects]\n[expect]")
        .replace("success_ratio", "sucess_ratio")
        .replace("fixed = \"1s\"", "fixed = 1");
    let problems = problems(&bad);
    assert_problem(&problems, "bad.toml:2:10: schema:", "expected 1");
    assert_problem(&problems, "bad.toml:8:9: sessions[0].count:", "1 to");
    assert_problem(&problems, "bad.toml:9:", "sessions[0].arrival.herd: ");
    assert_problem(&problems, "bad.toml:9:", "\"soon\"");
    assert_problem(
        &problems,
        "bad.toml:10:10: sessions[0].client:",
        "not \"nobody\" (`imds-client policies` lists presets",
    );
    assert_problem(
        &problems,
        "bad.toml:11:",
        "sessions[0].script[0].connect.identity: ",
    );
    assert_problem(&problems, "bad.toml:11:", "one of system, jobs");
    assert_problem(&problems, "bad.toml:13:", "policies.mine");
    assert_problem(&problems, "bad.toml:14:", "did you mean `expect`");
    assert_eq!(
        problems.len(),
        7,
        "and nothing that only follows from these: {problems:#?}"
    );
}

/// Paths are those of the result, and groups that cannot be read have none; so this comes once
/// everything else is right.
#[test]
fn a_misspelt_expectation_is_found_before_the_run() {
    let problems = problems(&GOOD.replace("success_ratio", "sucess_ratio"));
    assert_problem(&problems, "bad.toml:15:", "success_ratio");
}

#[test]
fn where_the_arrival_says_how_many_there_are_a_count_has_to_agree() {
    let with = |arrival: &str| GOOD.replace("{ herd = { spread = \"1s\" } }", arrival);
    for (arrival, expected) in [
        (
            "{ rate = { per_second = 2, duration = '9s' } }",
            "expected 18, ",
        ),
        (
            "{ stages = [{ duration = '9s', target = 4 }] }",
            "expected 18, ",
        ),
        ("{ closed = { users = 2, iterations = 4 } }", "expected 4, "),
        (
            "{ closed = { users = 2, duration = '4s', pause = '1s' } }",
            "expected no count: ",
        ),
    ] {
        assert_problem(&problems(&with(arrival)), "bad.toml:8:9: ", expected);
        let without = with(arrival).replace("count = 3\n", "");
        from_toml("good.toml", &without).expect("a valid scenario");
    }
    let three = with("{ rate = { per_second = 1, duration = '3s' } }");
    let mut scenario = from_toml("good.toml", &three).expect("a count that agrees");
    let count = Overrides {
        count: Some(4),
        ..Overrides::default()
    };
    let error = scenario.apply(&count).expect_err("three it is");
    assert!(
        error.contains("\"all\", whose arrival (rate) says"),
        "{error}"
    );
}

#[test]
fn broken_toml_is_shown_with_its_line() {
    let problems = problems("schema = 1\nname = \n");
    assert_problem(&problems, "bad.toml:2:", "");
}

#[test]
fn a_script_that_asks_for_nothing_is_refused() {
    let nothing = GOOD.replace("{ connect = { identity = \"jobs\" } }, ", "");
    assert_problem(&problems(&nothing), "bad.toml:11:", "at least one connect");
}

#[test]
fn two_groups_need_two_names() {
    let (head, group) = GOOD.split_once("[[sessions]]").expect("a group");
    let (group, rest) = group.split_once("[policies").expect("policies");
    let twice = format!("{head}[[sessions]]{group}[[sessions]]{group}[policies{rest}");
    assert_problem(
        &problems(&twice),
        "bad.toml:",
        "a name that no other group has",
    );
}

#[test]
fn a_policy_that_retries_for_ever_without_waiting_is_refused() {
    let endless = GOOD
        .replace("max_retries = 2, ", "")
        .replace("fixed = \"1s\"", "fixed = \"0s\"");
    assert_problem(&problems(&endless), "bad.toml:13:", "for ever");
}

#[test]
fn a_kind_is_named_once_and_rightly() {
    for (written, wrong) in [
        ("{ herd = { spread = \"1s\" } }", "\"herd\""),
        ("{ herd = { spread = \"1s\" } }", "{}"),
        (
            "{ herd = { spread = \"1s\" } }",
            "{ herd = {}, every = { interval = \"1s\" } }",
        ),
        ("{ herd = { spread = \"1s\" } }", "{ hert = {} }"),
        ("{ think = \"1s\" }", "{ think = \"1s\", connect = {} }"),
        ("{ think = \"1s\" }", "{ thinks = \"1s\" }"),
        ("{ think = \"1s\" }", "{ think_between = [\"2s\", \"1s\"] }"),
        ("{ identity = \"jobs\" }", "{ resource = \"\" }"),
        ("name = \"all\"", "name = \"a\\u001b[31m\""),
    ] {
        let problems = problems(&GOOD.replace(written, wrong));
        let mine = |line: &&String| !line.contains("expect.");
        assert_eq!(
            problems.iter().filter(mine).count(),
            1,
            "{wrong}: {problems:#?}"
        );
        assert!(
            problems[0].contains("expected") || problems[0].contains("did you mean"),
            "{problems:?}"
        );
    }
}

#[test]
fn all_mistakes_of_a_script_are_listed() {
    let script = r#"script = [
  { refresh = {} },
  { connect = { identity = "jobs" }, retry = { attempts = 0, delay = "soon" } },
  { metadata = { path = "compute/nothing" } },
  { repeat = { times = 0, steps = [{ think = 1 }, { metadata = {}, retry = { attempts = 2 } }] } },
  { metadata = {}, retry = { attempts = 2, delay = "1s", factor = 0.5 } },
]
on_error = "ignore"
startup = { cpu = "1s", cores = 0 }"#;
    let written = r#"script = [{ connect = { identity = "jobs" } }, { think = "1s" }]"#;
    let problems = problems(&GOOD.replace(written, script));
    let at = |line: u32, key: &str| format!("bad.toml:{line}:{key}");
    for (line, expected) in [
        (13, "\"soon\""),
        (14, "compute/vmSize"),
        (15, "1 to 1000000"),
        (15, "think: "),
        (15, "delay: required"),
        (16, "expected 1 or more"),
        (18, "`stop` or `continue`"),
        (19, "at least one of cores"),
    ] {
        assert_problem(&problems, &at(line, ""), expected);
    }
    assert_eq!(problems.len(), 8, "{problems:#?}");
}

#[test]
fn a_script_refreshes_what_it_has() {
    let script = GOOD.replace(
        "{ think = \"1s\" }]",
        "{ think = \"1s\" }, { refresh = {} }]",
    );
    from_toml("good.toml", &script).expect("a valid scenario");
    let script = GOOD.replace("script = [", "script = [{ refresh = {} }, ");
    assert_problem(
        &problems(&script),
        "bad.toml:11:",
        "before the first refresh",
    );
}

#[test]
fn a_run_has_somebody_to_wait_for_and_the_background_takes_its_time() {
    let all = GOOD.replace("count = 3", "count = 3\nbackground = true");
    assert_problem(&problems(&all), "bad.toml:", "not background");
    let busy = all.replace(", { think = \"1s\" }", "");
    assert_problem(&problems(&busy), "bad.toml:12:", "a think step");
}

#[test]
fn there_are_not_more_sessions_than_a_run_can_hold() {
    let (head, group) = GOOD.split_once("[[sessions]]").expect("a group");
    let (group, rest) = group.split_once("[policies").expect("policies");
    let many = group.replace("count = 3", "count = 600_000");
    let other = many.replace("\"all\"", "\"others\"");
    let text = format!("{head}[[sessions]]{many}[[sessions]]{other}[policies{rest}");
    assert_problem(&problems(&text), "bad.toml:", "1000000 at most in all");
}

#[test]
fn what_the_run_sets_is_not_in_a_scenario() {
    let text = GOOD.replace("[imds]", "[imds]\nlisten = \"127.0.0.1:1\"");
    assert_problem(&problems(&text), "bad.toml:5:", "the run sets it");
}

#[test]
fn all_mistakes_of_a_context_are_listed() {
    let script = r#"script = [
  { connect = { identity = "jobs", scope = "User" } },
  { set_context = { subscription = "nobody's" } },
]
context = "az-99"
logon = 1"#;
    let written = r#"script = [{ connect = { identity = "jobs" } }, { think = "1s" }]"#;
    let text = GOOD.replace(written, script).replace(
        "[expect]",
        "[context]\nsaved = { identity = \"nobody\", subscription = \"imds-emulator\" }\ntries = 0\n[expect]",
    );
    let problems = problems(&text);
    for (line, expected) in [
        (12, "`CurrentUser` or `Process`"),
        (13, "one of imds-emulator"),
        (15, "current, article; not \"az-99\""),
        (20, "one of system, jobs"),
        (21, "1 or more"),
    ] {
        assert_problem(&problems, &format!("bad.toml:{line}:"), expected);
    }
}

#[test]
fn steps_of_a_context_are_for_groups_that_have_one() {
    let script = GOOD.replace("{ think = \"1s\" }", "{ list_resources = {} }");
    assert_problem(&problems(&script), "bad.toml:11:", "or a context");
}

#[test]
fn runspaces_of_one_process_are_alike() {
    let mark = "[policies";
    let (head, rest) = GOOD.split_once(mark).expect("policies");
    let (imds, group) = head.split_once("[[sessions]]").expect("a group");
    let of = |name: &str, context: &str| {
        let group = group.replace("\"all\"", &format!("\"{name}\""));
        format!("[[sessions]]{group}context = \"{context}\"\nprocess = \"pool\"\n")
    };
    let text = |second: &str| {
        let groups = [of("all", "current"), of("two", second)].concat();
        format!("{imds}{groups}{mark}{rest}")
    };
    assert!(from_toml("good.toml", &text("current")).is_ok());
    let problems = problems(&text("az-1.0"));
    assert_problem(&problems, "bad.toml:21:", "the same context");
    let strange = GOOD.replace("client =", "process = \"pool\"\nclient =");
    assert_problem(
        &self::problems(&strange),
        "bad.toml:10:",
        "beside a context",
    );
}

#[test]
fn a_scenario_without_sessions_is_refused_however_it_says_so() {
    for sessions in ["", "sessions = []\n"] {
        let text = format!("schema = 1\nname = \"none\"\n{sessions}");
        assert_problem(
            &problems(&text),
            "bad.toml:",
            "at least one [[sessions]] group",
        );
    }
}

#[test]
fn what_stands_beside_a_wrong_context_is_no_mistake_of_its_own() {
    let wrong = "process = \"pool\"\ncontext = \"az-9\"\n[policies";
    let problems = problems(&GOOD.replacen("[policies", wrong, 1));
    assert_problem(&problems, "bad.toml:", "az-9");
    assert_eq!(problems.len(), 1, "{problems:#?}");
}

/// A broker asks IMDS for all of its sessions, so no fault can strike one of them.
#[test]
fn a_fault_of_one_session_strikes_one_that_asks_imds_itself() {
    let with = |more: &str| {
        let faults = "faults = [{ effect = 'reset', session = '2' }, { effect = 'reset', session = '5' }]\n[[sessions]]";
        let text = GOOD.replacen("[[sessions]]", faults, 1);
        let script = "script = [{ connect = {} }]\n";
        let others = format!(
            "[[sessions]]\nname = 'others'\ncount = 3\narrival = {{ herd = {{}} }}\nclient = 'no-retry'\n{script}{more}\n[policies.mine]"
        );
        text.replacen("[policies.mine]", &others, 1)
    };
    assert!(from_toml("good.toml", &with("")).is_ok());
    let problems = problems(&with("through = { broker = {} }"));
    assert_problem(
        &problems,
        "bad.toml:6:",
        "imds.faults[1].session: expected a session that asks IMDS itself: those of group \"others\" ask a broker",
    );
    assert_eq!(problems.len(), 1, "{problems:#?}");
}
