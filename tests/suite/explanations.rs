//! The Azure context by its two explanations, what is read in source and what the article says; and what
//! turns it off: autosave, its variables, and what runspaces of one process share whatever is said.

use imds_tests::scenario::{Document, Scenario, simulated};
use proptest::prelude::*;

use crate::cases::cases;
use crate::contexts::{HEAD, NO_TOKEN_FOR_JOBS};

const STALE: &str = "saved = { identity = \"other\", subscription = \"first\" }\n";

/// Sessions that start over six seconds, pause between their commands, and continue after errors.
fn jobs(count: u32, context: &str, script: &str, more: &str) -> String {
    format!(
        "[[sessions]]\nname = 'jobs'\ncount = {count}\non_error = 'continue'\n\
         arrival = {{ herd = {{ spread = '6s' }} }}\nclient = 'azure-cli'\n\
         context = '{context}'\nscript = [{script}]\n{more}\n"
    )
}

/// Connect, choose and list, with these scopes.
fn commands(connect: &str, set: &str) -> String {
    format!(
        "{{ connect = {{ identity = 'jobs', scope = '{connect}' }} }},\
         {{ think_between = ['500ms', '2s'] }},\
         {{ set_context = {{ subscription = 'night', scope = '{set}' }} }},\
         {{ think_between = ['500ms', '2s'] }},\
         {{ list_resources = {{}} }}"
    )
}

/// The commands without a scope of their own.
const PLAIN: &str = "{ connect = { identity = 'jobs' } }, { set_context = { subscription = 'night' } }, \
                     { list_resources = {} }";

fn result_of(parts: &[&str]) -> Document {
    simulated(&format!("{HEAD}{}", parts.concat()))
}

fn wrong(result: &Document) -> u64 {
    result.count("sessions.wrong_context")
}

/// Jobs of one kind, or of two that differ in identity and subscription, all with these scopes.
fn kinds(alike: bool, context: &str, (connect, set): (&str, &str)) -> Document {
    let script = commands(connect, set);
    let one = jobs(20, context, &script, "");
    if alike {
        return result_of(&[&one]);
    }
    let two = one.replace("identity = 'jobs'", "identity = 'other'");
    let two = two
        .replace("'night'", "'first'")
        .replace("'jobs'\ncount", "'two'\ncount");
    result_of(&[&one, &two])
}

const BOTH: (&str, &str) = ("Process", "Process");
const HALVES: [(&str, &str); 2] = [("Process", "CurrentUser"), ("CurrentUser", "Process")];
const NEITHER: (&str, &str) = ("CurrentUser", "CurrentUser");

/// What the author saw: nothing less than both helps. Jobs that are alike need one of them only, since all
/// write the same.
#[test]
fn by_the_article_jobs_that_differ_need_the_scope_on_both_commands() {
    assert!(wrong(&kinds(true, "article", NEITHER)) > 0);
    for scopes in [NEITHER, HALVES[0], HALVES[1]] {
        assert!(wrong(&kinds(false, "article", scopes)) > 0, "{scopes:?}");
    }
    for (alike, scopes) in [
        (false, BOTH),
        (true, BOTH),
        (true, HALVES[0]),
        (true, HALVES[1]),
    ] {
        assert_eq!(
            wrong(&kinds(alike, "article", scopes)),
            0,
            "{alike} {scopes:?}"
        );
    }
}

#[test]
fn by_the_source_no_job_is_changed_by_another_whatever_its_scopes() {
    for scopes in [NEITHER, HALVES[0], HALVES[1], BOTH] {
        let result = kinds(false, "current", scopes);
        assert_eq!(
            (wrong(&result), result.count("sessions.succeeded")),
            (0, 40),
            "{scopes:?}"
        );
    }
}

/// One token for each connect; the other commands take the one that is saved.
#[test]
fn by_the_article_a_saved_token_is_picked_up() {
    let result = result_of(&[&jobs(20, "article", PLAIN, "")]);
    assert_eq!(result.count("attempts.total"), 20);
    let stranger = "{ list_resources = {} }, { connect = { identity = 'jobs' } }";
    let result = result_of(&["[context]\n", STALE, &jobs(1, "article", stranger, "")]);
    assert_eq!(
        result.count("steps.list_resources.succeeded"),
        1,
        "as whoever is saved"
    );
}

#[test]
fn by_the_article_clearing_takes_the_context_from_all() {
    let script = "{ connect = { identity = 'jobs' } }, { think = '10s' }, { list_resources = {} }";
    let clears = "[[sessions]]\nname = 'clears'\ncount = 1\narrival = { herd = { at = '5s' } }\n\
                  client = 'azure-cli'\ncontext = 'article'\nscript = [{ clear_context = {} }]\n";
    let result = result_of(&[&jobs(5, "article", script, ""), clears]);
    assert_eq!(
        result.count("steps.list_resources.by_failure.not_logged_in"),
        5
    );
    let source = result_of(&[
        &jobs(5, "current", script, ""),
        &clears.replace("article", "current"),
    ]);
    assert_eq!(source.count("steps.list_resources.succeeded"), 5);
}

/// The settings of the context file say so before a session starts: nothing is read, nothing is written.
#[test]
fn without_autosave_the_file_is_not_touched() {
    for context in ["current", "az-1.0", "article"] {
        let off = ["[context]\nautosave = false\n", STALE];
        let failing = result_of(&[
            NO_TOKEN_FOR_JOBS,
            off[0],
            off[1],
            &jobs(5, context, PLAIN, ""),
        ]);
        let all = result_of(&[off[0], off[1], &jobs(5, context, PLAIN, "")]);
        assert_eq!(
            (
                failing.count("context.lock.wanted"),
                all.count("context.lock.wanted")
            ),
            (0, 0),
            "{context}"
        );
        assert_eq!(
            (wrong(&failing), all.count("sessions.succeeded")),
            (0, 5),
            "{context}"
        );
        let failed = failing.count("steps.list_resources.by_failure.not_logged_in");
        assert_eq!(failed, 5, "{context}");
    }
}

/// In the script it is too late for what was saved: importing the module has read it.
#[test]
fn autosave_turned_off_in_the_script_saves_nothing_and_has_read_all_the_same() {
    let script = format!("{{ disable_autosave = {{}} }}, {PLAIN}");
    let result = result_of(&[
        NO_TOKEN_FOR_JOBS,
        "[context]\n",
        STALE,
        &jobs(5, "current", &script, ""),
    ]);
    assert_eq!(
        (result.count("context.lock.wanted"), wrong(&result)),
        (5, 5)
    );
    assert_eq!(
        result.figure("context.lock.held_ms.max"),
        None,
        "nobody wrote"
    );
}

#[test]
fn one_variable_alone_lets_what_is_saved_be_read() {
    for (variables, wanted, mistaken) in [
        ("{ AzContextAutoSave = false }", 5, 5),
        (
            "{ Azure_Profile_Autosave = false, AzContextAutoSave = false }",
            0,
            0,
        ),
    ] {
        let group = jobs(5, "current", PLAIN, &format!("environment = {variables}"));
        let result = result_of(&[NO_TOKEN_FOR_JOBS, "[context]\n", STALE, &group]);
        assert_eq!(
            (result.count("context.lock.wanted"), wrong(&result)),
            (wanted, mistaken),
            "{variables}"
        );
    }
}

/// Two groups of one process, each with a subscription of its own, and the scope everywhere.
fn runspaces(process: &str, list: &str) -> Document {
    let script = |subscription: &str| {
        format!(
            "{{ connect = {{ identity = 'jobs', scope = 'Process' }} }},\
             {{ set_context = {{ subscription = '{subscription}', scope = 'Process' }} }},\
             {{ think_between = ['1s', '3s'] }}, {{ list_resources = {list} }}"
        )
    };
    let one = jobs(5, "current", &script("first"), process);
    let two =
        jobs(5, "current", &script("night"), process).replace("'jobs'\ncount", "'two'\ncount");
    result_of(&[&one, &two])
}

#[test]
fn runspaces_of_one_process_share_their_context_whatever_the_scope() {
    let (together, apart) = (runspaces("process = 'pool'", "{}"), runspaces("", "{}"));
    assert!(wrong(&together) > 0);
    assert_eq!((wrong(&apart), apart.count("sessions.succeeded")), (0, 10));
    assert_eq!(
        together.count("context.lock.wanted"),
        1,
        "the module is imported once"
    );
    let tokens = (
        together.count("attempts.total"),
        apart.count("attempts.total"),
    );
    assert!(
        tokens.0 < 5 && tokens.1 == 10,
        "tokens are shared, too: {tokens:?}"
    );
}

#[test]
fn a_context_of_its_own_is_what_a_runspace_needs() {
    let pinned = runspaces("process = 'pool'", "{ pinned = true }");
    assert_eq!(
        (wrong(&pinned), pinned.count("sessions.succeeded")),
        (0, 10)
    );
}

fn scope() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["CurrentUser", "Process"])
}

fn version() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["az-1.0", "az-1.9.1", "current"])
}

proptest! {
    #![proptest_config(cases(48))]

    /// Work as another needs a context of another in the profile, a connect of one's own that failed, and
    /// a script that continues.
    #[test]
    fn work_as_another_needs_all_of_its_conditions(
        seed in 0_u64..1000, version in version(), scopes in prop::array::uniform2(scope()),
        saved: bool, fails: bool, stops: bool, autosave: bool,
    ) {
        let context = format!("[context]\nautosave = {autosave}\n{}", if saved { STALE } else { "" });
        let mut group = jobs(6, version, &commands(scopes[0], scopes[1]), "");
        if stops {
            group = group.replace("continue", "stop");
        }
        let faults = if fails { NO_TOKEN_FOR_JOBS } else { "" };
        let scenario = Scenario::new(&format!("{HEAD}{faults}{context}{group}"));
        let result = scenario.simulated(&["--seed", &seed.to_string()]);
        let possible = saved && fails && !stops && autosave;
        prop_assert_eq!(wrong(&result), if possible { 6 } else { 0 });
    }
}
