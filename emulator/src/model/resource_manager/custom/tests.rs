use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::custom_body::CustomBody;

fn query(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    pairs.iter().map(owned).collect()
}

fn pattern(method: Option<&str>, path: &str, pairs: &[(&str, &str)]) -> Pattern {
    Pattern::new(method.map(str::to_owned), path.to_owned(), query(pairs)).unwrap()
}

fn answer(pattern: Pattern, times: Option<u64>) -> Vec<Arc<CustomAnswer>> {
    vec![Arc::new(CustomAnswer {
        name: pattern.path.clone(),
        pattern,
        status: 200,
        headers: BTreeMap::new(),
        body: CustomBody::NOTHING,
        times,
        latency: None,
        token: true,
    })]
}

fn fits(pattern: &Pattern, method: &str, path: &str, pairs: &[(&str, &str)]) -> bool {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let segments: Vec<String> = segments.map(str::to_owned).collect();
    let query: Vec<_> = query(pairs).into_iter().collect();
    pattern.fits(&Sent {
        method,
        segments: &segments,
        query: &query,
    })
}

#[test]
fn a_star_is_one_segment_and_two_are_the_rest() {
    for (path, sent, fit) in [
        ("/", "/", true),
        ("/a/B", "/A/b", true),
        ("/a/%62%20c", "/a/b c", true),
        ("/a/*", "/a/b", true),
        ("/a/*", "/a", false),
        ("/a/*", "/a/b/c", false),
        ("/a/*/c", "/a/b/c", true),
        ("/a/**", "/a/b/c", true),
        ("/a/**", "/a", true),
        ("/a/**", "/b", false),
        ("/**", "/", true),
        ("/a", "/a/b", false),
    ] {
        assert_eq!(
            fits(&pattern(None, path, &[]), "GET", sent, &[]),
            fit,
            "{path} {sent}"
        );
    }
}

#[test]
fn every_condition_that_is_given_must_hold() {
    let put = pattern(Some("PUT"), "/a", &[("api-version", "1"), ("x", "*")]);
    let pairs = [("API-Version", "1"), ("x", "any"), ("y", "2")];
    assert!(fits(&put, "PUT", "/a", &pairs));
    assert!(!fits(&put, "GET", "/a", &pairs));
    assert!(!fits(&put, "PUT", "/a", &pairs[..1]));
    assert!(!fits(
        &put,
        "PUT",
        "/a",
        &[("api-version", "2"), ("x", "any")]
    ));
}

#[test]
fn a_path_that_cannot_be_one_is_refused() {
    for path in ["a", "", "/a//b", "/a/", "/a?b", "/**/a", "/a*", "/***"] {
        let read = Pattern::new(None, path.to_owned(), BTreeMap::new());
        assert!(read.is_err(), "{path}");
    }
}

#[test]
fn the_first_answer_that_is_not_used_up_is_given() {
    let mut answers = CustomAnswers::default();
    answers
        .add(9, answer(pattern(None, "/a", &[]), Some(1)))
        .unwrap();
    answers
        .add(9, answer(pattern(None, "/**", &[]), None))
        .unwrap();
    let segments = ["a".to_owned()];
    let sent = Sent {
        method: "GET",
        segments: &segments,
        query: &[],
    };
    let mut given = Vec::new();
    for _ in 0..3 {
        let (index, found) = answers.find(&sent).unwrap();
        answers.give(index);
        given.push(found.name.clone());
    }
    assert_eq!(given, ["/a", "/**", "/**"]);
    let [first, second] = answers.report().try_into().unwrap();
    assert!(first.used_up && !second.used_up);
    assert_eq!((first.given, second.given), (1, 2));
    assert!(answers.remove("/**") && !answers.remove("/**"));
    assert!(answers.find(&sent).is_none());
}

#[test]
fn an_answer_that_an_earlier_one_hides_is_not_added() {
    let mut answers = CustomAnswers::default();
    answers
        .add(3, answer(pattern(None, "/a/*", &[]), None))
        .unwrap();
    let hidden = answers.add(3, answer(pattern(Some("PUT"), "/a/b", &[("x", "1")]), None));
    assert_eq!(hidden, Err(CannotAdd::WithoutEffect("/a/*".to_owned())));
    answers
        .add(3, answer(pattern(None, "/a/**", &[]), Some(2)))
        .unwrap();
    answers
        .add(3, answer(pattern(None, "/a/**", &[]), None))
        .unwrap();
    let more = answers.add(3, answer(pattern(None, "/b", &[]), None));
    assert_eq!(more, Err(CannotAdd::TooMany(3)));
}

/// Paths of few segments, so that many of them meet.
fn path(segments: &'static [&'static str]) -> impl Strategy<Value = String> {
    let segment = prop::sample::select(segments);
    prop::collection::vec(segment, 0..4).prop_map(|parts| format!("/{}", parts.join("/")))
}

proptest! {
    /// Whatever fits a pattern fits one that covers it.
    #[test]
    fn what_covers_takes_all(
        wide in path(&["a", "*", "b"]), narrow in path(&["a", "*", "b"]),
        rests in any::<[bool; 2]>(), sent in path(&["a", "b", "c"])
    ) {
        let rest = |path: String, has_rest: bool| match (has_rest, path.as_str()) {
            (false, _) => path,
            (true, "/") => "/**".to_owned(),
            (true, _) => format!("{path}/**"),
        };
        let [wide, narrow] = [rest(wide, rests[0]), rest(narrow, rests[1])]
            .map(|path| pattern(None, &path, &[]));
        if wide.covers(&narrow) && fits(&narrow, "GET", &sent, &[]) {
            prop_assert!(fits(&wide, "GET", &sent, &[]));
        }
        prop_assert!(wide.covers(&wide));
    }
}
