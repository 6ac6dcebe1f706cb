use super::*;
use crate::engine::simulate::simulate;
use crate::result::scenario::from_toml;

/// The sentences of jobs that ask once each, with more of the scenario's own.
fn of(client: &str, script: &str, imds: &str, more: &str) -> InWords {
    let text = format!(
        "schema = 1\nname = \"jobs\"\n{more}\n[imds]\nlatency = {{ token_cold = \"100ms\", token_warm = \"100ms\" }}\n{imds}\n\
         [[sessions]]\nname = \"jobs\"\ncount = 8\narrival = {{ herd = {{}} }}\nclient = \"{client}\"\n\
         script = [{script}]\n"
    );
    let scenario = from_toml("jobs.toml", &text).expect("a scenario");
    let raw = simulate(&scenario).expect("it ends");
    in_words(&RunResult::new(&scenario, &raw))
}

const CONNECT: &str = "{ connect = {} }";

#[test]
fn of_refused_jobs_the_remedies_have_the_limits_of_the_run() {
    let told = of("azure-cli", CONNECT, "", "");
    assert_eq!(
        told.happened,
        "3 of 8 sessions failed (of group jobs, client azure-cli), at connect because its request for a token was \
         refused with 429 by the limit at once, and azure-cli does not retry that"
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
    assert!(
        told.happened
            .starts_with("all of 8 sessions succeeded, though "),
        "{told:?}"
    );
    assert_eq!(told.change, None);
    let unlimited = of("azure-cli", CONNECT, "profile = \"unlimited\"", "");
    assert_eq!(
        unlimited.happened,
        "all of 8 sessions succeeded, and no request was refused"
    );
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
