//! The `limits` table.

use std::time::Duration;

use toml::Value;

use crate::document::{FriendlyDuration, Section};
use crate::model::limit::{
    Algorithm, CategoryLimits, Limiter, Limits, Queue, RateLimit, RetryAfter,
};

pub(super) fn read(section: &mut Section) -> Option<Limits> {
    let check_first = check_first(section);
    let charge_refused = section.required("charge_refused");
    let rate_before_header = section.required("rate_before_header");
    let retry_after = retry_after(section);
    let queue = queue(section);
    let penalty = penalty(section);
    let abandoned = section.required("abandoned");
    let identity = section
        .section("identity")
        .map(|mut table| category(&mut table));
    let other = section
        .section("other")
        .map(|mut table| category(&mut table));
    let limits = Limits {
        identity: identity?,
        other: other?,
        check_first: check_first?,
        charge_refused: charge_refused?,
        rate_before_header: rate_before_header?,
        retry_after: retry_after?,
        queue,
        penalty,
        abandoned: abandoned?,
    };
    check_reservation(section, &limits);
    Some(limits)
}

/// A reservation is itself a queue with promised turns, so some settings cannot be combined with it.
fn check_reservation(section: &Section, limits: &Limits) {
    let breaks = [
        ("queue", limits.queue.is_some()),
        ("penalty", limits.penalty.is_some()),
        ("charge_refused", limits.charge_refused),
        ("rate_before_header", limits.rate_before_header),
    ];
    for (key, is_set) in breaks {
        if is_set && limits.retry_after == RetryAfter::Reservation {
            section.refuse(key, "expected false with retry_after = \"reservation\"");
        }
    }
}

fn check_first(section: &mut Section) -> Option<Limiter> {
    let name: String = section.required("check_first")?;
    let limiter = match name.as_str() {
        "concurrency" => Some(Limiter::Concurrency),
        "rate" => Some(Limiter::Rate),
        _ => None,
    };
    if limiter.is_none() {
        section.refuse("check_first", "expected \"concurrency\" or \"rate\"");
    }
    limiter
}

/// What is wrong counts as none: its problem is noted, so nothing is ever run with it.
fn queue(section: &mut Section) -> Option<Queue> {
    if section.holds_table("queue") {
        let mut table = section.section("queue")?;
        let most = table.required("most");
        let rate_checked = table.required("rate_checked");
        if most.is_some_and(|most| !(1..=Queue::MOST).contains(&most)) {
            table.refuse("most", format!("expected 1 to {}", Queue::MOST));
        }
        return Some(Queue {
            most: most?,
            rate_checked: rate_checked?,
        });
    }
    let value: Value = section.required("queue")?;
    if value != Value::Boolean(false) {
        section.refuse("queue", "expected a table, or false for no queue");
    }
    None
}

/// The same holds here.
fn penalty(section: &mut Section) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_hours(1);
    let expected = "expected a length of time up to 1 hour, or false for no penalty";
    let penalty = match section.required("penalty")? {
        Value::Boolean(false) => return None,
        Value::String(text) => FriendlyDuration::parse(&text).map(|length| length.0),
        _ => None,
    };
    let penalty = penalty.filter(|length| !length.is_zero() && *length <= LONGEST);
    if penalty.is_none() {
        section.refuse("penalty", expected);
    }
    penalty
}

fn retry_after(section: &mut Section) -> Option<RetryAfter> {
    let text: String = section.required("retry_after")?;
    match (text.as_str(), FriendlyDuration::parse(&text)) {
        ("none", _) => Some(RetryAfter::None),
        ("exact", _) => Some(RetryAfter::Exact),
        ("whole-seconds", _) => Some(RetryAfter::WholeSeconds),
        ("reservation", _) => Some(RetryAfter::Reservation),
        (_, Some(FriendlyDuration(wait))) if wait.subsec_nanos() == 0 => {
            Some(RetryAfter::Fixed(wait))
        }
        _ => {
            let expected = "expected \"none\", \"exact\", \"whole-seconds\", \"reservation\" or whole \
                            seconds such as \"2s\"";
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
