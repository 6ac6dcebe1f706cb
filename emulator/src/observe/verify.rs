//! The verification of a journal: which rules did the clients break?
//!
//! Each rule looks at what one client did after an answer. A client is identified by its
//! `x-imds-emulator-session` header, else by its connection; one that opens a connection for each request
//! is many clients here, and nothing is found about it. [`Report::single`] says how many of those there
//! were.

mod client;
mod client_errors;
mod finding;
mod retry_after;
mod tokens;
mod waves;

use std::borrow::Borrow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::observe::journal::Entry;

pub use finding::{Finding, Rule};

use client::by_client;

/// What was found in a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing was found.
    pub clean: bool,
    /// How many requests were looked at.
    pub requests: usize,
    /// How many clients could be distinguished.
    pub clients: usize,
    /// How many of these were seen with one request only.
    pub single: usize,
    /// How often each rule was broken that was.
    pub broken: BTreeMap<Rule, usize>,
    /// What was found, by rule and then by time.
    pub findings: Vec<Finding>,
}

impl Report {
    /// With the first `most` findings of each rule; [`Report::broken`] still counts all.
    #[must_use]
    pub fn abridged(mut self, most: usize) -> Report {
        let mut told = BTreeMap::new();
        self.findings.retain(|finding| {
            let told: &mut usize = told.entry(finding.rule).or_default();
            *told += 1;
            *told <= most
        });
        self
    }
}

/// Looks at a journal, whose entries are in the order of arrival; they may be shared.
#[must_use]
pub fn verify<E: Borrow<Entry>>(journal: &[E]) -> Report {
    let journal: Vec<&Entry> = journal.iter().map(Borrow::borrow).collect();
    let clients = by_client(&journal);
    let mut findings = Vec::new();
    let each = |rule: fn(&[&Entry]) -> Vec<Finding>| {
        let found = clients.values().flat_map(|requests| rule(requests));
        let mut found: Vec<Finding> = found.collect();
        found.sort_by(|a, b| a.requests.cmp(&b.requests));
        found
    };
    findings.extend(each(retry_after::ignored));
    findings.extend(each(client_errors::retried));
    findings.extend(waves::in_step(&journal, &clients));
    findings.extend(each(tokens::asked_again));
    Report {
        clean: findings.is_empty(),
        requests: journal.len(),
        clients: clients.len(),
        single: clients.values().filter(|own| own.len() == 1).count(),
        broken: by_rule(&findings),
        findings,
    }
}

fn by_rule(findings: &[Finding]) -> BTreeMap<Rule, usize> {
    let mut broken = BTreeMap::new();
    for finding in findings {
        *broken.entry(finding.rule).or_default() += 1;
    }
    broken
}

#[cfg(test)]
mod tests;
