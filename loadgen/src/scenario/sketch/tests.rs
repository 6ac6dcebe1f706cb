use proptest::prelude::*;

use super::*;

fn starts() -> impl Strategy<Value = Starts> {
    prop_oneof![
        Just(Starts::Together),
        (1_u32..=3600).prop_map(|within_s| Starts::Spread { within_s }),
        (1_u32..=60_000).prop_map(|each_ms| Starts::Even { each_ms }),
    ]
}

fn remedy() -> impl Strategy<Value = Remedy> {
    prop_oneof![
        Just(Remedy::Nothing),
        (1_u32..=100, 1_u32..=100).prop_map(|(at_once, per_second)| Remedy::Gate {
            at_once,
            per_second
        }),
        (1_u32..=100).prop_map(|per_second| Remedy::SpacedStarts { per_second }),
        Just(Remedy::SharedCache),
        Just(Remedy::Broker),
        (2_u32..=20, 1_u32..=600).prop_map(|(tries, delay_s)| Remedy::Retry { tries, delay_s }),
    ]
}

/// Sketches whose clients have any names.
fn sketch() -> impl Strategy<Value = Sketch> {
    let row = ("\\PC{0,100}", 1_u32..=125).prop_map(|(client, count)| Jobs { client, count });
    let jobs = prop::collection::vec(row, 1..=MOST_ROWS);
    let numbers = (
        0_u32..=3600,
        1_u32..=10_000,
        1_u32..=1000,
        1_u32..=1000,
        any::<u32>(),
    );
    (jobs, starts(), remedy(), numbers).prop_map(|(jobs, starts, remedy, numbers)| {
        let (work_s, service_ms, rate, concurrent, seed) = numbers;
        Sketch {
            jobs,
            starts,
            work_s,
            service_ms,
            rate,
            concurrent,
            remedy,
            seed,
        }
    })
}

fn wrong(query: &str) -> Vec<String> {
    Sketch::from_query(query).1
}

proptest! {
    #[test]
    fn a_link_leads_to_the_sketch_that_it_is_of(sketch in sketch()) {
        let read = Sketch::from_query(&sketch.query());
        prop_assert_eq!(read, (sketch, vec![]));
    }

    /// What a client is called ends no string.
    #[test]
    fn the_text_is_toml_with_each_row_as_it_is(sketch in sketch()) {
        let text: toml::Table = sketch.toml(|_| false).parse().expect("TOML");
        let rows = text["sessions"].as_array().expect("rows");
        prop_assert_eq!(rows.len(), sketch.jobs.len());
        for (row, jobs) in rows.iter().zip(&sketch.jobs) {
            prop_assert_eq!(row["client"].as_str(), Some(jobs.client.as_str()));
            prop_assert_eq!(row["count"].as_integer(), Some(jobs.count.into()));
        }
    }
}

#[test]
fn without_a_query_it_is_the_usual_one() {
    assert_eq!(Sketch::from_query(""), (Sketch::default(), vec![]));
}

#[test]
fn all_that_is_wrong_is_told_at_once_with_its_field() {
    let told =
        wrong("client=a&count=0&client=b&count=x&starts=never&rate=1001&seed=1&seed=2&colour=red");
    let expected = [
        "count: expected a whole number from 1 to 1000, not \"0\"",
        "count: expected a whole number from 1 to 1000, not \"x\"",
        "starts: expected one of together, spread, even, not \"never\"",
        "rate: expected a whole number from 1 to 1000, not \"1001\"",
        "seed: expected it once",
    ];
    assert_eq!(told[..5], expected);
    assert!(
        told[5].starts_with("\"colour\": expected one of client, "),
        "{told:?}"
    );
    assert_eq!(told.len(), 6);
}

/// A form shows what was right, beside what was not.
#[test]
fn what_is_right_is_kept_beside_what_is_wrong() {
    let (sketch, wrong) =
        Sketch::from_query("client=a&count=+7&client=b&count=9&rate=3&service_ms=0");
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    let rows = sketch
        .jobs
        .iter()
        .map(|row| (row.client.as_str(), row.count));
    assert_eq!(rows.collect::<Vec<_>>(), [("a", 1), ("b", 9)]);
    assert_eq!((sketch.rate, sketch.service_ms), (3, 300));
}

#[test]
fn a_value_that_is_too_long_is_told_by_its_begin() {
    let long = "x".repeat(60_000);
    for query in [
        format!("client={long}&count=1"),
        format!("starts={long}"),
        format!("{long}=1"),
    ] {
        let told = wrong(&query);
        assert_eq!(told.len(), 1);
        assert!(told[0].len() < 400, "{}", told[0].len());
    }
}

#[test]
fn rows_are_bounded_and_whole() {
    assert!(wrong("client=a")[0].starts_with("client, count: expected a count for each client"));
    assert_eq!(
        wrong("client=a&count=600&client=a&count=401"),
        ["count: expected 1000 jobs at most, not 1001"]
    );
    let nine = "client=a&count=1&".repeat(MOST_ROWS + 1);
    assert!(wrong(&nine)[0].ends_with("8 of them at most, not 9 and 9"));
}

#[test]
fn what_has_no_effect_is_refused() {
    for (query, field) in [
        ("within_s=3", "within_s"),
        ("starts=even&within_s=3", "within_s"),
        ("remedy=broker&at_once=5", "at_once"),
        ("remedy=spaced_starts&at_once=5", "at_once"),
        ("tries=3", "tries"),
    ] {
        let told =
            format!("{field}: expected nothing, since it has no effect beside what is chosen");
        assert_eq!(wrong(query), [told], "{query}");
    }
}
