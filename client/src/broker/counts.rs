//! The numbers of a broker's requests and answers.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

/// A broker's counts since its start.
#[derive(Debug, Default)]
pub struct Counts {
    requests: AtomicU64,
    turned_away: AtomicU64,
    tokens: AtomicU64,
    failures: AtomicU64,
    upstream: AtomicU64,
}

impl Counts {
    /// The counts as JSON: `requests` received, those `turned_away` without a request to IMDS, `tokens`
    /// handed out, `failures` (requests that got neither a token nor another answer of IMDS), and
    /// `upstream_requests` sent to IMDS.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        json!({
            "requests": read(&self.requests),
            "turned_away": read(&self.turned_away),
            "tokens": read(&self.tokens),
            "failures": read(&self.failures),
            "upstream_requests": read(&self.upstream),
        })
    }

    pub(super) fn requests(&self) {
        one_more(&self.requests);
    }

    pub(super) fn turned_away(&self) {
        one_more(&self.turned_away);
    }

    pub(super) fn tokens(&self) {
        one_more(&self.tokens);
    }

    pub(super) fn failures(&self) {
        one_more(&self.failures);
    }

    pub(super) fn upstream(&self) {
        one_more(&self.upstream);
    }
}

fn one_more(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}
