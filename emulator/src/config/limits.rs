//! The `limits` table.

use std::time::Duration;

use toml::Value;

use crate::document::{FriendlyDuration, Section};
use crate::limit::{Algorithm, CategoryLimits, Limits, RateLimit, RetryAfter};

pub(super) fn read(section: &mut Section) -> Option<Limits> {
    let check_first = section.required("check_first");
    let charge_refused = section.required("charge_refused");
    let retry_after = retry_after(section);
    let identity = section
        .section("identity")
        .map(|mut table| category(&mut table));
    let other = section
        .section("other")
        .map(|mut table| category(&mut table));
    Some(Limits {
        identity: identity?,
        other: other?,
        check_first: check_first?,
        charge_refused: charge_refused?,
        retry_after: retry_after?,
    })
}

fn retry_after(section: &mut Section) -> Option<RetryAfter> {
    let text: String = section.required("retry_after")?;
    match (text.as_str(), FriendlyDuration::parse(&text)) {
        ("none", _) => Some(RetryAfter::None),
        ("whole-seconds", _) => Some(RetryAfter::WholeSeconds),
        (_, Some(FriendlyDuration(wait))) if wait.subsec_nanos() == 0 => {
            Some(RetryAfter::Fixed(wait))
        }
        _ => {
            let expected = "expected \"none\", \"whole-seconds\" or whole seconds such as \"2s\"";
            section.refuse("retry_after", expected);
            None
        }
    }
}

/// What is wrong counts as no limit: its problem is noted, so nothing is ever run with it.
fn category(section: &mut Section) -> CategoryLimits {
    CategoryLimits {
        rate: rate(section),
        concurrent: concurrent(section),
    }
}

fn concurrent(section: &mut Section) -> Option<u32> {
    let most = match section.required("concurrent")? {
        Value::Boolean(false) => return None,
        Value::Integer(most) => u32::try_from(most).ok().filter(|&most| most > 0),
        _ => None,
    };
    if most.is_none() {
        section.refuse(
            "concurrent",
            "expected a whole number from 1, or false for no limit",
        );
    }
    most
}

fn rate(section: &mut Section) -> Option<RateLimit> {
    if section.holds_table("rate") {
        let mut table = section.section("rate")?;
        return rate_limit(&mut table);
    }
    let value: Value = section.required("rate")?;
    if value != Value::Boolean(false) {
        section.refuse("rate", "expected a table, or false for no limit");
    }
    None
}

fn rate_limit(section: &mut Section) -> Option<RateLimit> {
    let algorithm = section.required("algorithm");
    let requests = section.required("requests");
    let burst = section.optional("burst");
    let window = window(section);
    check_count(section, "requests", requests);
    check_count(section, "burst", burst);
    let without = matches!(
        algorithm,
        Some(Algorithm::SlidingWindow | Algorithm::FixedWindow)
    );
    if burst.is_some() && without {
        section.refuse("burst", "only token-bucket and gcra have a burst");
    }
    Some(RateLimit {
        algorithm: algorithm?,
        requests: requests?,
        window: window?,
        burst,
    })
}

fn check_count(section: &Section, key: &str, count: Option<u32>) {
    let possible = 1..=RateLimit::MOST_REQUESTS;
    if count.is_some_and(|count| !possible.contains(&count)) {
        section.refuse(key, format!("expected 1 to {}", RateLimit::MOST_REQUESTS));
    }
}

fn window(section: &mut Section) -> Option<Duration> {
    let FriendlyDuration(window) = section.required("window")?;
    let possible = !window.is_zero() && window <= RateLimit::LONGEST_WINDOW;
    if !possible {
        section.refuse("window", "expected more than zero and at most 1 day");
    }
    possible.then_some(window)
}
