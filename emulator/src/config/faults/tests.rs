use std::time::Duration;

use super::*;
use crate::config::Config;
use crate::model::fault::{Comeback, FaultAnswer, Later};
use crate::model::latency::ServiceTime;

fn faults(text: &str) -> Vec<Fault> {
    let config = Config::from_toml("c.toml", text);
    config
        .unwrap_or_else(|problems| panic!("{problems}"))
        .vm
        .faults
}

fn problems(text: &str) -> String {
    Config::from_toml("c.toml", text).unwrap_err().to_string()
}

#[test]
fn reads_who_when_and_what() {
    let text = "[[faults]]\nname = 'flaky'\npath = '/metadata/identity'\nidentity = 'system'\n\
        resource = 'r'\nconnection = 1\nsession = '7'\nfrom = '10s'\nlasts = '70s'\nnth = 3\n\
        next = 2\nprobability = 0.5\neffect = { status = 503 }\n";
    let text_of = |text: &str| Some(text.to_owned());
    let expected = Fault {
        name: "flaky".to_owned(),
        matching: Match {
            path: text_of("/metadata/identity"),
            identity: text_of("system"),
            resource: text_of("r"),
            connection: Some(1),
            session: text_of("7"),
            after_header: false,
        },
        when: When {
            from: Duration::from_secs(10),
            lasts: Some(Duration::from_secs(70)),
            nth: Some(3),
            next: Some(2),
            probability: Some(0.5),
        },
        effect: Effect::Status(503),
    };
    assert_eq!(faults(text), [expected]);
}

#[test]
fn knows_every_effect() {
    let effect = |text: &str| faults(&format!("faults = [{{ effect = {text} }}]")).remove(0);
    let every = Duration::from_millis(5);
    for (text, expected) in [
        ("'hang'", Effect::Hang),
        ("'reset'", Effect::Reset),
        ("'close'", Effect::Close),
        ("'truncated'", Effect::Truncated),
        ("'malformed'", Effect::Malformed),
        ("'content-type'", Effect::ContentType),
        ("{ status = 410 }", Effect::Status(410)),
        (
            "{ status = 429, retry_after = '2s' }",
            Effect::Later(Later {
                status: 429,
                retry_after: Duration::from_secs(2),
            }),
        ),
        (
            "{ latency = '5ms' }",
            Effect::Latency(ServiceTime::Fixed(every)),
        ),
        (
            "{ drip = { pieces = 2, every = '5ms' } }",
            Effect::Drip(Drip { pieces: 2, every }),
        ),
    ] {
        let fault = effect(text);
        assert_eq!(fault.effect, expected);
        assert_eq!(fault.name, expected.to_string());
    }
}

#[test]
fn when_to_come_back_is_whole_seconds_and_goes_with_a_status() {
    let text = "[[faults]]\neffect = { status = 429, retry_after = '1.5s' }\n\
        [[faults]]\neffect = { latency = '1s', retry_after = '1s' }\n";
    assert_eq!(
        problems(text),
        "c.toml:2:40: faults[0].effect.retry_after: expected whole seconds, such as \"2s\"\n\
         c.toml:4:42: faults[1].effect.retry_after: expected only with status"
    );
}

#[test]
fn an_answer_has_whatever_the_user_gives_it() {
    let answer = |text: &str| {
        let fault = faults(&format!("faults = [{{ effect = {{ {text} }} }}]")).remove(0);
        fault.effect.answer().expect("it answers").into_owned()
    };
    let portal = answer(
        "status = 200, reason = 'Found It', headers = { server = 'nginx' }, body = '<html>', \
         retry_after = '250ms', retry_after_as = 'milliseconds'",
    );
    assert_eq!(
        (portal.status, portal.reason.as_deref()),
        (200, Some("Found It"))
    );
    assert_eq!(portal.headers["server"], "nginx");
    assert_eq!(portal.body.unwrap().bytes, b"<html>");
    let wait = Duration::from_millis(250);
    assert_eq!(portal.comeback, Some(Comeback::Milliseconds(wait)));
    let date = answer("status = 503, retry_after = '3s', retry_after_as = 'date'").comeback;
    assert_eq!(date, Some(Comeback::Date(Duration::from_secs(3))));
    assert_eq!(answer("status = 200"), FaultAnswer::of_status(200, None));
}

#[test]
fn an_answer_that_cannot_be_is_refused_where_it_stands() {
    let text = "[[faults]]\neffect = { status = 204, body = 'x' }\n\
        [[faults]]\neffect = { status = 403, reason = 'Ünreachable', headers = { date = 'x' } }\n\
        [[faults]]\neffect = { status = 429, retry_after_as = 'date' }\n\
        [[faults]]\neffect = { status = 429, retry_after = '1s', retry_after_as = 'hours' }\n\
        [[faults]]\neffect = { latency = '1s', body = 'x' }\n\
        [[faults]]\neffect = 'truncated'\nafter_header = true\n";
    assert_eq!(
        problems(text),
        "c.toml:2:21: faults[0].effect.status: expected no body with 204 and 304\n\
         c.toml:4:35: faults[1].effect.reason: expected visible ASCII characters and spaces\n\
         c.toml:4:60: faults[1].effect.headers: `date`: the server writes it itself\n\
         c.toml:6:43: faults[2].effect.retry_after_as: expected only with retry_after\n\
         c.toml:8:63: faults[3].effect.retry_after_as: expected \"seconds\", \"date\" or \"milliseconds\"\n\
         c.toml:10:35: faults[4].effect.body: expected only with status\n\
         c.toml:13:16: faults[5].after_header: expected only with an effect that takes the place of the \
         service: this one strikes requests that were admitted, so that they have the header"
    );
}

#[test]
fn a_preset_takes_a_match_and_a_time_of_one_s_own() {
    let faults = faults("[[faults]]\npreset = 'outage'\npath = '/x'\nfrom = '5s'\n");
    let effects = [Effect::Status(500), Effect::Status(503)];
    assert_eq!(
        faults
            .iter()
            .map(|it| it.effect.clone())
            .collect::<Vec<_>>(),
        effects
    );
    for fault in faults {
        assert_eq!(fault.matching.path.as_deref(), Some("/x"));
        assert_eq!(fault.when.from, Duration::from_secs(5));
        assert_eq!(fault.when.lasts, Some(Duration::from_mins(1)));
    }
}

#[test]
fn names_every_mistake_at_once() {
    let text = "[[faults]]\npath = 'x'\nidentity = 'nobody'\nnth = 0\nprobability = 2\n\
        effect = 'explode'\n\
        [[faults]]\npreset = 'updat'\n\
        [[faults]]\npreset = 'update'\neffect = 'hang'\n\
        [[faults]]\neffect = { status = 118 }\n\
        [[faults]]\neffect = { status = 404, latency = '1s' }\n\
        [[faults]]\neffect = { drip = { pieces = 1 } }\n\
        [[faults]]\neffect = {}\nlasts = '48h'\n\
        [[faults]]\nname = ''\n";
    assert_eq!(
        problems(text),
        "c.toml:2:8: faults[0].path: expected a path that begins with /\n\
         c.toml:3:12: faults[0].identity: expected a name or an id of one of the identities\n\
         c.toml:4:7: faults[0].nth: expected a whole number from 1\n\
         c.toml:5:15: faults[0].probability: expected 0 to 1\n\
         c.toml:6:10: faults[0].effect: expected \"hang\", \"reset\", \"close\", \"truncated\", \
         \"malformed\", \"content-type\", or a table with status, latency or drip\n\
         c.toml:8:10: faults[1].preset: expected one of update, restart, outage\n\
         c.toml:11:1: faults[2].effect: unknown key, expected one of `after_header`, `connection`, `from`, `identity`, \
         `lasts`, `name`, `path`, `preset`, `resource`, `session`\n\
         c.toml:13:21: faults[3].effect.status: expected 200 to 599: an answer with 1xx is none yet\n\
         c.toml:15:36: faults[4].effect.latency: expected only one of status, latency and drip\n\
         c.toml:17:19: faults[5].effect.drip.every: required, but missing\n\
         c.toml:17:30: faults[5].effect.drip.pieces: expected 2 to 1000\n\
         c.toml:19:10: faults[6].effect.status: expected one of status, latency and drip\n\
         c.toml:20:9: faults[6].lasts: expected at most 1 day\n\
         c.toml:21:1: faults[7].effect: required, but missing\n\
         c.toml:22:8: faults[7].name: expected a name, by which it can be removed"
    );
}
