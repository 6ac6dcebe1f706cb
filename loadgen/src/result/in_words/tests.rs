use super::*;
use crate::engine::simulate::simulate;
use crate::result::merging::merge;
use crate::result::run::ProcessResult;
use crate::result::scenario::from_toml;
use crate::scenario::library;

/// The sentences of jobs that ask once each, with more of the scenario's own.
fn of(client: &str, script: &str, imds: &str, more: &str) -> InWords {
    let text = format!(
        "schema = 1\nname = \"jobs\"\n{more}\n[imds]\nlatency = {{ token_cold = \"100ms\", token_warm = \"100ms\" }}\n{imds}\n\
         [[sessions]]\nname = \"jobs\"\ncount = 8\narrival = {{ herd = {{}} }}\nclient = \"{client}\"\n\
         script = [{script}]\n"
    );
    in_words(&result(&text))
}

fn result(text: &str) -> RunResult {
    let scenario = from_toml("jobs.toml", text).expect("a scenario");
    let raw = simulate(&scenario).expect("it ends");
    RunResult::new(&scenario, &raw)
}

fn of_library(name: &str) -> InWords {
    in_words(&result(library::find(name).expect("a scenario").text))
}

const CONNECT: &str = "{ connect = {} }";

#[test]
fn of_refused_jobs_the_remedies_have_the_limits_of_the_run() {
    let told = of("azure-cli", CONNECT, "", "");
    assert_eq!(
        told.happened,
        "3 of 8 sessions failed (of group jobs, client azure-cli), at connect: session 4, for example, because its \
         request for a token was refused with 429 by the limit of 5 at once, and azure-cli does not retry that"
    );
    let change = told.change.expect("a remedy");
    assert!(
        change.starts_with("queue the jobs (`imds-client exec --at-once 5 --rate 19/s -- COMMAND`), or let them share tokens"),
        "{change}"
    );
    let slower = of(
        "azure-cli",
        CONNECT,
        "limits = { identity = { concurrent = 2, rate = false } }",
        "",
    );
    let change = slower.change.expect("a remedy");
    assert!(
        change.starts_with("queue the jobs (`imds-client exec --at-once 2 -- COMMAND`)"),
        "{change}"
    );
}

#[test]
fn where_all_succeed_there_is_nothing_to_change() {
    let told = of("proportional", CONNECT, "", "");
    let though = "all of 8 sessions succeeded, though 3 of 11 requests for tokens were refused";
    assert_eq!(told.happened, though);
    assert_eq!(told.change, None);
    let metadata = of("proportional", "{ metadata = {} }", "", "");
    let though = "all of 8 sessions succeeded, though ";
    assert!(metadata.happened.starts_with(though), "{metadata:?}");
    let refused = " requests for metadata were refused";
    assert!(metadata.happened.ends_with(refused), "{metadata:?}");
    let unlimited = of("azure-cli", CONNECT, "profile = \"unlimited\"", "");
    assert_eq!(
        unlimited.happened,
        "all of 8 sessions succeeded, and no request was refused"
    );
}

/// Sixty jobs that start one after the other and go through this, with more of the group's.
fn through(remedy: &str, imds: &str, more: &str) -> InWords {
    let text = format!(
        "schema = 1\nname = \"jobs\"\n[imds]\nlatency = {{ token_cold = \"100ms\", token_warm = \"100ms\" }}\n{imds}\n\
         [[sessions]]\nname = \"jobs\"\ncount = 60\narrival = {{ every = {{ interval = \"3ms\" }} }}\n\
         client = \"azure-cli\"\nthrough = {{ {remedy} }}\nscript = [{{ connect = {{}} }}]\n{more}\n"
    );
    in_words(&result(&text))
}

#[test]
fn what_a_remedy_came_to_is_said_with_what_happened() {
    let gate = through("gate = { at_once = 5, rate = '19/s' }", "", "");
    let said = "all of 60 sessions succeeded, and no request was refused; no session waited for its turn at the gate for \
                longer than ";
    assert!(gate.happened.starts_with(said), "{}", gate.happened);
    assert_eq!(gate.change, None);
    let broker = through("broker = {}", "", "");
    let said = "; the broker sent 1 request for tokens, of which 0 were refused";
    assert!(broker.happened.ends_with(said), "{}", broker.happened);
    assert_eq!(broker.change, None);
}

#[test]
fn sessions_that_are_refused_behind_a_remedy_need_more_of_it_or_another() {
    let change = |told: InWords| told.change.expect("a remedy");
    let places = change(through("gate = { at_once = 5 }", "", ""));
    let both = "let the gate keep all limits of the VM (`imds-client exec --at-once 5 --rate 19/s -- COMMAND`)";
    assert!(places.starts_with(both), "{places}");
    let others = "limits = { identity = { concurrent = 5, rate = false } }\nfaults = [{ effect = { status = 429 } }]";
    let full = change(through("gate = { at_once = 5 }", others, ""));
    assert!(full.starts_with("let the jobs share tokens"), "{full}");
    let impatient = "broker = { policy = 'no-retry' }";
    let once = "faults = [{ effect = { status = 429 }, next = 1 }]";
    let broker = change(through(impatient, once, ""));
    assert!(
        broker.starts_with("let the broker retry for longer"),
        "{broker}"
    );
}

#[test]
fn clients_that_are_refused_beside_a_shared_cache_need_a_pace_or_the_broker() {
    let refused = "faults = [{ effect = { status = 429 } }]";
    let change = |remedy| through(remedy, refused, "").change.expect("a remedy");
    let cache = change("shared_cache = {}");
    let pace = "pace the requests, too (`imds-client token --shared-cache --pace`), or let the jobs ask the broker";
    assert!(cache.starts_with(pace), "{cache}");
    let both = change("shared_cache = {}, pace = true");
    let broker = "let the jobs ask the broker (`imds-client serve`); or ";
    assert!(both.starts_with(broker), "{both}");
}

#[test]
fn jobs_that_never_had_a_turn_need_a_faster_gate() {
    let change = |gate: &str| {
        let text = format!(
            "schema = 1\nname = \"cut\"\nmax_duration = \"10s\"\n[[sessions]]\nname = \"jobs\"\ncount = 20\n\
             arrival = {{ herd = {{}} }}\nclient = \"azure-cli\"\nwork = \"4s\"\nthrough = {{ gate = {{ {gate} }} }}\n\
             script = [{{ connect = {{}} }}]\n"
        );
        in_words(&result(&text)).change.expect("a remedy")
    };
    let places = change("at_once = 3");
    assert!(places.starts_with("give the gate more places"), "{places}");
    let rate = change("rate = '1/s'");
    assert!(rate.starts_with("let more start in a second"), "{rate}");
}

/// As `docs/exec.md` has it of sixty jobs of ten minutes: two hours by places, 15 s more by a rate alone.
#[test]
fn long_jobs_that_hold_places_are_to_be_spaced_instead() {
    let gate = "gate = { at_once = 5, rate = '19/s' }";
    let change = through(gate, "", "work = '10m'").change.expect("a remedy");
    let spaced = "space the starts alone (`imds-client exec --rate 19/s -- COMMAND`)";
    assert!(change.starts_with(spaced), "{change}");
    let followed = through("gate = { rate = '19/s' }", "", "work = '10m'");
    assert!(
        followed
            .happened
            .starts_with("all of 60 sessions succeeded, and no request"),
        "{followed:?}"
    );
    assert_eq!(followed.change, None);
}

#[test]
fn other_failures_have_other_remedies() {
    let change = |told: InWords| told.change.expect("a remedy");
    let answered = |status: u16| format!("faults = [{{ effect = {{ status = {status} }} }}]");
    let away = of("one-attempt", CONNECT, &answered(500), "");
    assert!(change(away).contains("an update of it takes up to 70 s"));
    let wrong = of("azure-cli", CONNECT, &answered(400), "");
    assert!(change(wrong).starts_with("correct the identity"));
    let long = "{ think = \"5m\" }, { connect = {} }";
    assert!(
        change(of("azure-cli", long, "", "max_duration = \"1m\""))
            .starts_with("set a later max_duration")
    );
}

#[test]
fn a_refused_request_for_metadata_needs_the_limit_of_metadata() {
    let told = of_library("incident-preflight-check");
    let change = told.change.expect("a remedy");
    assert!(change.contains("--rate 4/s"), "{change}");
    assert!(!change.contains("--at-once"), "{change}");
}

/// The scripts of the threads have the scope of the process already.
#[test]
fn threads_of_one_process_need_contexts_of_their_own() {
    let change = |name| of_library(name).change.expect("a remedy");
    let threads = change("runspaces");
    assert!(threads.contains("`-DefaultProfile`"), "{threads}");
    let processes = change("article-theory-default-scope");
    assert!(processes.starts_with(remedy::OWN_CONTEXT), "{processes}");
}

#[test]
fn one_session_alone_is_not_to_be_queued() {
    let told = of_library("article-after-connect");
    let happened = &told.happened;
    assert!(
        happened.starts_with("the only session failed (of group jobs, client az-accounts-2.12.1)"),
        "{happened}"
    );
    let change = told.change.expect("a remedy");
    assert!(!change.contains("queue"), "{change}");
    assert!(change.contains("retries a 429 for longer"), "{change}");
}

/// Five of each of two groups fail, and it is the client of the first that the cause is one of.
#[test]
fn half_of_the_failures_are_not_most_of_them_and_the_cause_is_one_of_the_group() {
    let told = of_library("update-of-imds").happened;
    let (group, client) = ("older", "az-accounts-4.1.0");
    let other = ("oldest", "az-accounts-2.12.1");
    let (group, client) = if told.contains(client) {
        (group, client)
    } else {
        other
    };
    let begin = format!(
        "10 of 15 sessions failed (5 of them of group {group}, client {client}), at connect: session "
    );
    assert!(told.starts_with(&begin), "{told}");
    assert!(told.contains(&format!(", and {client} ")), "{told}");
}

/// A herd of eight processes, of which three failed: so many of them were refused, and so many of the others.
fn of_processes(refused: u64, late: bool) -> InWords {
    let text = "schema = 1\nname = \"jobs\"\n[[sessions]]\nname = \"processes\"\ncount = 8\n\
                arrival = { herd = {} }\nclient = \"azure-cli\"\nscript = [{ connect = {} }]\n";
    let mut result = result(text);
    let counts = result.sessions.by_group.values_mut();
    for counts in counts.map(|group| &mut group.by_failure) {
        let failed = counts.remove("imds_429").expect("refused");
        counts.insert("exit_code_1".to_owned(), failed);
    }
    result.failures.clear();
    result.generator_late = late;
    let process = |process: u32| ProcessResult {
        process,
        intended_ms: 0.0,
        started_ms: Some(0.0),
        took_ms: Some(9.0),
        exit_code: Some(i32::from(process < 3)),
        signal: None,
        timed_out: false,
        output_left_out_bytes: 0,
        first_token_ms: None,
        last_token_ms: None,
        token_requests: 1,
        tokens: 0,
        refused: u64::from(u64::from(process) < refused || process > 6),
        metadata_requests: 0,
        resource_manager_requests: 0,
    };
    result.commands = Some(CommandsResult {
        command: vec!["job".to_owned()],
        protocol: "imds".to_owned(),
        all_ended_ms: Some(9.0),
        requests_forgotten: 0,
        processes: (0..8).map(process).collect(),
        cmdlets: vec![],
        simulated: None,
    });
    in_words(&result)
}

#[test]
fn processes_that_failed_are_judged_by_what_they_were_refused() {
    let told = of_processes(3, false);
    assert_eq!(
        told.happened,
        "3 of 8 sessions failed (of group processes, client azure-cli), all of them after a request for a token \
         was refused with 429"
    );
    let change = told.change.expect("a remedy");
    assert!(change.starts_with("queue the jobs (`imds-client exec --at-once 5"));
    let told = of_processes(1, false);
    assert!(
        told.happened
            .ends_with(", 1 of them after a request for a token was refused with 429")
    );
    assert_eq!(told.change, None, "the other two failed for something else");
    assert!(
        of_processes(0, false)
            .happened
            .ends_with("client azure-cli)")
    );
}

#[test]
fn a_late_generator_is_named_beside_the_remedy() {
    let change = of_processes(3, true).change.expect("a remedy");
    assert!(change.starts_with("play fewer sessions"), "{change}");
    assert!(
        change.contains("fell behind; and queue the jobs"),
        "{change}"
    );
}

/// Two sources with sessions that fail; the second asked a target.
fn merged() -> RunResult {
    let text = "schema = 1\nname = \"jobs\"\n[imds]\nfaults = [{ effect = { status = 400 } }]\n\
                [[sessions]]\nname = \"jobs\"\ncount = 4\narrival = { herd = {} }\nclient = \"azure-cli\"\n\
                script = [{ connect = {} }]\n";
    let scenario = from_toml("jobs.toml", text).expect("a scenario");
    let of = |(name, target): (&str, Option<&str>)| {
        let mut raw = simulate(&scenario).expect("it ends");
        raw.target = target.map(str::to_owned);
        (name.to_owned(), RunResult::mergeable(&scenario, &mut raw))
    };
    let results = [("vm-1", None), ("vm-2", Some("http://x"))].map(of);
    merge(results.into()).expect("one scenario")
}

#[test]
fn of_a_merged_result_the_source_of_the_example_is_named() {
    let mut merged = merged();
    let happened = in_words(&merged).happened;
    assert!(
        happened.contains("at connect: session 1 of vm-1, for example, because "),
        "{happened}"
    );
    merged.sessions.failed = 1;
    let happened = in_words(&merged).happened;
    assert!(
        happened.contains(", at connect in vm-1 because "),
        "{happened}"
    );
}

#[test]
fn any_source_with_a_target_may_lack_the_scenario_s_identities() {
    let change = in_words(&merged()).change.expect("a remedy");
    assert!(
        change.contains("serve the scenario's own identities"),
        "{change}"
    );
}
