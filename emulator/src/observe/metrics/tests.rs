use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::config::VmSettings;
use crate::model::limit::Limiter;
use crate::observe::journal::Fate;

/// Each sample by its name and labels. Every line must be of the format, the last `# EOF`.
fn parse(text: &str) -> BTreeMap<&str, f64> {
    let body = text.strip_suffix("# EOF\n").expect("the end is marked");
    let samples = body.lines().filter(|line| !is_comment(line));
    samples
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            assert!(name.starts_with("imds_emulator_"), "{line}");
            (name, value.parse().expect("a number"))
        })
        .collect()
}

fn is_comment(line: &str) -> bool {
    let words = ["# HELP ", "# TYPE ", "# UNIT "];
    let known = words.iter().any(|word| line.starts_with(word));
    assert_eq!(known, line.starts_with('#'), "{line}");
    known
}

fn outcome(verdict: Fate, status: Option<u16>) -> Outcome {
    Outcome {
        verdict: Some(verdict),
        status,
        ..Outcome::default()
    }
}

#[test]
fn tells_requests_apart_by_what_became_of_them() {
    let metrics = Metrics::new(FIRST);
    let refused = Outcome {
        limiter: Some(Limiter::Rate),
        ..outcome(Fate::Refused, Some(429))
    };
    metrics.count(Category::Identity, &refused);
    metrics.count(Category::Identity, &refused);
    let gone = Outcome {
        client_gone: true,
        service_time: Some(Duration::from_millis(30)),
        ..outcome(Fate::Admitted, None)
    };
    metrics.count(Category::Identity, &gone);
    let limits = VmSettings::default().limits;
    let text = metrics
        .text(&Tally::default(), &limits, [Left::default(); 2], 3, None)
        .unwrap();
    let samples = parse(&text);
    let labels = r#"category="identity",verdict="refused",limiter="rate",status="429""#;
    let sample = |name: &str| samples.get(name).copied();
    let name = format!("imds_emulator_requests_total{{{labels}}}");
    assert_eq!(sample(&name), Some(2.0));
    let labels = r#"category="identity",verdict="admitted",limiter="",status="""#;
    let name = format!("imds_emulator_requests_total{{{labels}}}");
    assert_eq!(sample(&name), Some(1.0));
    let name = r#"imds_emulator_clients_gone_total{category="identity"}"#;
    assert_eq!(sample(name), Some(1.0));
    let bucket = r#"imds_emulator_service_time_seconds_bucket{le="0.05",category="identity"}"#;
    assert_eq!(sample(bucket), Some(1.0));
    assert_eq!(sample("imds_emulator_journal_entries"), Some(3.0));
}

#[test]
fn a_limit_that_is_lifted_is_absent() {
    let metrics = Metrics::new(FIRST);
    let mut limits = VmSettings::default().limits;
    let mut tally = Tally::default();
    tally.identity.in_use = 4;
    let text = metrics
        .text(&tally, &limits, [Left::default(); 2], 0, None)
        .unwrap();
    let samples = parse(&text);
    let sample = |name: &str| samples.get(name).copied();
    assert_eq!(
        sample(r#"imds_emulator_slots_in_use{category="identity"}"#),
        Some(4.0)
    );
    assert_eq!(
        sample(r#"imds_emulator_slots_limit{category="identity"}"#),
        Some(5.0)
    );
    assert_eq!(
        sample(r#"imds_emulator_slots_limit{category="other"}"#),
        None
    );
    let rate = r#"imds_emulator_rate_limit_per_second{category="identity"}"#;
    assert_eq!(sample(rate), Some(20.0));
    limits.identity.rate = None;
    limits.identity.concurrent = None;
    let text = metrics
        .text(&tally, &limits, [Left::default(); 2], 0, None)
        .unwrap();
    assert!(
        !text.contains("limit{") && !parse(&text).contains_key(rate),
        "{text}"
    );
}

#[test]
fn what_is_left_is_a_gauge_where_there_is_a_limit() {
    let metrics = Metrics::new(FIRST);
    let left = Left {
        requests: Some(0),
        slots: None,
    };
    let limits = VmSettings::default().limits;
    let text = metrics
        .text(&Tally::default(), &limits, [left, Left::default()], 0, None)
        .unwrap();
    let samples = parse(&text);
    let rate_left = |category| format!("imds_emulator_rate_left{{category=\"{category}\"}}");
    assert_eq!(samples.get(&*rate_left("identity")), Some(&0.0));
    assert_eq!(samples.get(&*rate_left("other")), None);
    assert!(!text.contains("imds_emulator_slots_free{"), "{text}");
}

#[test]
fn those_of_resource_manager_stand_before_the_end() {
    let stub = StubMetrics::new();
    stub.count(&outcome(Fate::Unreadable, Some(431)));
    let limits = VmSettings::default().limits;
    let text = Metrics::new(FIRST)
        .text(
            &Tally::default(),
            &limits,
            [Left::default(); 2],
            0,
            Some(&stub),
        )
        .unwrap();
    let labels = r#"verdict="unreadable",status="431""#;
    let name = format!("imds_emulator_resource_manager_requests_total{{{labels}}}");
    assert_eq!(parse(&text).get(name.as_str()), Some(&1.0));
}
