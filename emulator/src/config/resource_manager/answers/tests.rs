use std::collections::BTreeSet;

use crate::config::{Config, ResourceManagerSettings};
use crate::model::resource_manager::{BodyKind, CustomBody};

fn read(text: &str) -> ResourceManagerSettings {
    let read = Config::from_toml("c", text);
    read.unwrap_or_else(|problems| panic!("{problems}"))
        .resource_manager
}

/// The problem of each answer, by the key that it is about.
fn problems(text: &str) -> Vec<(String, String)> {
    let problems = Config::from_toml("c", text).unwrap_err();
    let problems = problems.iter();
    problems
        .map(|one| {
            let path = one.path.strip_prefix("resource_manager.answers").unwrap();
            (path.to_owned(), one.message.clone())
        })
        .collect()
}

#[test]
fn an_answer_has_defaults_and_knows_its_body() {
    let text = "[[resource_manager.answers]]\npath = '/a'\n\
        [[resource_manager.answers]]\nname = 'b'\npath = '/b'\nbody = { a = [1] }\n\
        [[resource_manager.answers]]\npath = '/c'\nbody = '[]'\n\
        [[resource_manager.answers]]\npath = '/d'\nbody = 'text'\ntimes = 2\ntoken = false\n";
    let answers = read(text).answers;
    let kinds: Vec<_> = answers.iter().map(|one| one.body.kind).collect();
    let expected = [
        BodyKind::Nothing,
        BodyKind::Json,
        BodyKind::Json,
        BodyKind::Text,
    ];
    assert_eq!(kinds, expected);
    let [first, second, ..] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(
        (first.name.as_str(), first.status, first.token),
        ("ANY /a", 200, true)
    );
    assert_eq!(second.name, "b");
    assert_eq!(second.body.bytes, br#"{"a":[1]}"#);
}

#[test]
fn a_file_is_looked_for_beside_the_configuration() {
    let folder = std::env::temp_dir().join(format!("imds-answers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.json"), r#"{ "a": 1 }"#).unwrap();
    let text = "[[resource_manager.answers]]\npath = '/a'\nfile = 'a.json'\n";
    let name = folder.join("c.toml").display().to_string();
    let read = Config::from_toml(&name, text).unwrap();
    let missing = Config::from_toml(&name, &text.replace("a.json", "b.json")).unwrap_err();
    std::fs::remove_dir_all(&folder).unwrap();
    let [answer] = read.resource_manager.answers.as_slice() else {
        panic!("one")
    };
    assert_eq!(answer.body, CustomBody::recognized(br#"{ "a": 1 }"#.into()));
    assert_eq!(answer.body.kind, BodyKind::Json);
    let missing = missing.to_string();
    assert!(
        missing.contains("c.toml:3:8: resource_manager.answers[0].file: cannot be read"),
        "{missing}"
    );
}

#[test]
fn all_that_is_wrong_is_told_with_its_place() {
    let text = "
answers = [
    { path = 'a' },
    { path = '/b*' },
    { path = '/c', method = 'put' },
    { path = '/d', status = 100 },
    { path = '/e', status = 600 },
    { path = '/f', body = 1 },
    { path = '/g', body = {}, file = 'x' },
    { path = '/h', file = 'no such file' },
    { path = '/i', headers = { 'a b' = 'x' } },
    { path = '/j', headers = { Content-Length = '1' } },
    { path = '/k', headers = { a = \"\\n\" } },
    { path = '/l', times = 0 },
    { path = '/m', status = 204, body = {} },
    { path = '/n/**', times = 1 },
    { path = '/n/**' },
    { path = '/n/o', method = 'PUT' },
    { path = '/p', body = { a = nan } },
    { status = 200 },
    { path = '/q', name = '' },
]";
    let found = problems(&format!("[resource_manager]{text}"));
    let keys: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    let expected = [
        "[0].path",
        "[1].path",
        "[2].method",
        "[3].status",
        "[4].status",
        "[5].body",
        "[6].file",
        "[7].file",
        "[8].headers",
        "[9].headers",
        "[10].headers",
        "[11].times",
        "[12].status",
        "[15].path",
        "[16].body",
        "[17].path",
        "[18].name",
    ];
    assert_eq!(keys, expected, "{found:?}");
    let messages: BTreeSet<&str> = found.iter().map(|(_, message)| message.as_str()).collect();
    let hidden = "this answer has no effect: `ANY /n/**`, which has no `times`, answers every such request \
        before it";
    assert!(messages.contains(hidden), "{found:?}");
}
