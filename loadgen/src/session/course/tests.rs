use super::*;
use crate::scenario::definition::Scenario;
use crate::session::outcome::{Acquired, Finished, Kind};
use crate::session::plain::{Demand, PlainScript, is_plain};
use crate::session::question::Question;
use crate::session::tokens::Bearer;

/// A group whose sessions do this, with what else it has.
fn group(script: &str, more: &str) -> Group {
    let text = format!(
        r#"
        schema = 1
        name = "one"
        [[sessions]]
        name = "awaited"
        count = 1
        arrival = {{ herd = {{}} }}
        client = "azure-cli"
        script = [{{ connect = {{}} }}]
        [[sessions]]
        name = "all"
        count = 1
        arrival = {{ herd = {{}} }}
        client = "azure-cli"
        script = [{script}]
        {more}
        "#
    );
    let scenario = Scenario::from_toml("one.toml", &text, |_| |_: &str| Ok(()))
        .unwrap_or_else(|p| panic!("{p}"));
    scenario.groups[1].clone()
}

/// Of the streams of chance of the session.
const NUMBER: u64 = 1 << 24;

/// What a session does in a world that gives tokens of 60 s of life, refuses metadata, and where only
/// waiting takes time; at most so much of it. It does the same if its script is played as a plain one.
fn course(group: &Group, startup_s: u64, most: usize) -> Vec<String> {
    let startup = Duration::from_secs(startup_s);
    let log = suspended(group, startup, most);
    assert_eq!(plain(group, startup, most), log);
    log
}

fn plain(group: &Group, startup: Duration, most: usize) -> Vec<String> {
    assert!(is_plain(group));
    let mut script = PlainScript::new(group, startup, Chances::new([7; 32], NUMBER));
    let mut now = Duration::ZERO;
    let mut log = vec![];
    while log.len() < most {
        log.push(match script.next(now) {
            Demand::Begin => script.step().kind().name().to_owned(),
            Demand::Finish(step) => ended(step),
            Demand::Token(_) => {
                script.has_token(now, token().life);
                "token".to_owned()
            }
            Demand::Metadata(_) => {
                script.fails("imds_429".into());
                "refused".to_owned()
            }
            Demand::Wait(length, reason) => {
                now += length;
                format!("{}s {reason:?}", length.as_secs())
            }
            Demand::Work(work, length) => {
                now += length;
                format!("{} {}s", work.name(), length.as_secs())
            }
            Demand::End(ending) => {
                log.push(ending.failure.map_or("end".to_owned(), Kind::into_owned));
                break;
            }
        });
    }
    log
}

fn suspended(group: &Group, startup: Duration, most: usize) -> Vec<String> {
    let chances = Chances::new([7; 32], NUMBER);
    let course = Course::new(group, startup, ProcessState::default(), chances);
    let mut now = Duration::ZERO;
    let mut question = course.script.resume(now, ());
    let mut log = vec![];
    while log.len() < most {
        let (what, next) = match question {
            Question::Begin(step, session) => {
                (step.kind().name().to_owned(), session.resume(now, ()))
            }
            Question::Finish(step, session) => (ended(step), session.resume(now, ())),
            Question::Token(_, session) => ("token".to_owned(), session.resume(now, Ok(token()))),
            Question::Metadata(_, session) => {
                let refused = Err("imds_429".to_owned());
                ("refused".to_owned(), session.resume(now, refused))
            }
            Question::Wait(length, reason, session) => {
                now += length;
                let what = format!("{}s {reason:?}", length.as_secs());
                (what, session.resume(now, ()))
            }
            Question::Work(work, length, session) => {
                now += length;
                let what = format!("{} {}s", work.name(), length.as_secs());
                (what, session.resume(now, ()))
            }
            Question::End(ending) => {
                log.push(ending.failure.map_or("end".to_owned(), Kind::into_owned));
                break;
            }
            _ => panic!("a question of a session with a context"),
        };
        log.push(what);
        question = next;
    }
    log
}

fn ended(step: Finished) -> String {
    let Finished { tries, failure, .. } = step;
    failure.map_or("ok".to_owned(), |kind| format!("{kind} after {tries}"))
}

fn token() -> Acquired {
    Acquired {
        life: Duration::from_mins(1),
        bearer: Bearer::Secret("secret".into()),
    }
}

fn assert_course(script: &str, more: &str, expected: &str) {
    let log = course(&group(script, more), 0, 40).join(", ");
    assert_eq!(log, expected);
}

#[test]
fn a_step_that_fails_ends_the_script() {
    assert_course(
        "{ metadata = {} }, { connect = {} }",
        "",
        "metadata, refused, imds_429 after 1, imds_429",
    );
}

#[test]
fn a_script_that_goes_on_has_failed_all_the_same() {
    assert_course(
        "{ metadata = {} }, { connect = {} }",
        "on_error = 'continue'",
        "metadata, refused, imds_429 after 1, connect, token, ok, imds_429",
    );
}

#[test]
fn a_step_is_tried_again_as_its_author_wants() {
    assert_course(
        "{ metadata = {}, retry = { attempts = 3, delay = '2s', factor = 2.0 } }, { connect = {} }",
        "",
        "metadata, refused, 2s Retry, refused, 4s Retry, refused, imds_429 after 3, imds_429",
    );
}

#[test]
fn a_token_is_refreshed_when_half_of_its_life_is_over() {
    assert_course(
        "{ connect = {} }, { think = '10s' }, { refresh = {} }, { refresh = {} }",
        "",
        "connect, token, ok, think, 10s Script, ok, think, 20s Script, ok, refresh, token, ok, \
         think, 30s Script, ok, refresh, token, ok, end",
    );
}

#[test]
fn an_interpreter_starts_before_the_script() {
    let log = course(&group("{ connect = {} }", ""), 3, 40).join(", ");
    assert_eq!(log, "startup, 3s Script, ok, connect, token, ok, end");
}

/// Every try works before it asks, the first connect otherwise than later ones, and each further token.
#[test]
fn steps_work_before_they_ask() {
    let costs = "costs = { import = '9s', first_connect = '3s', connect = '2s', further_token = '1s', metadata = '1s' }";
    let script = "{ connect = {} }, { metadata = {}, retry = { attempts = 2, delay = '1s' } }, { connect = {} }";
    let group = group(
        script,
        &format!("on_error = 'continue'\n{costs}\n[processor]\ncores = 1"),
    );
    let log = course(&group, 0, 40).join(", ");
    let first = "import 9s, connect, first_connect 3s, token, ok, metadata, metadata 1s, refused";
    let then = "1s Retry, metadata 1s, refused, imds_429 after 2, connect, connect 2s";
    assert_eq!(
        log,
        format!("{first}, {then}, further_token 1s, token, ok, imds_429")
    );
}

#[test]
fn a_session_in_the_background_begins_again_and_again() {
    let polls = group(
        "{ metadata = {} }, { think = '5s' }",
        "background = true\non_error = 'continue'",
    );
    let log = course(&polls, 0, 13).join(", ");
    let round = "metadata, refused, imds_429 after 1, think, 5s Script, ok";
    assert_eq!(log, format!("{round}, {round}, metadata"));
}
