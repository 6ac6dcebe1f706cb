//! The verification of a journal: which rules did the clients break?
//!
//! Each rule looks at what one client did after an answer. A client is identified by its
//! `x-imds-emulator-session` header, else by its connection. Requests that are alone on their connections may
//! be of one client that opens a connection for each (curl, `Invoke-RestMethod`), or of many. Those with the
//! same `User-Agent` are looked at as if they were of one: what is found then is [possible](Report::possible),
//! and a journal in which something is possible is not clean.

mod client;
mod client_errors;
mod finding;
mod retry_after;
mod single;
mod tokens;
mod waves;

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::observe::journal::Entry;

pub use finding::{Finding, Rule};

use client::by_client;
use waves::Retry;

/// What was found in a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing was found, nothing is possible, and every request was looked at.
    pub clean: bool,
    /// How many requests were looked at.
    pub requests: usize,
    /// How many came before them and are kept no more: if any, every count here is "at least", and rules that
    /// nothing was found of cannot be decided.
    pub forgotten: u64,
    /// How many clients could be distinguished.
    pub clients: usize,
    /// How many of these were seen with one request only.
    pub single: usize,
    /// How often each rule was broken that was, if those with one request are one client for each
    /// `User-Agent`.
    pub possibly_broken: BTreeMap<Rule, usize>,
    /// What was found if they are, by rule and then by time.
    pub possible: Vec<Finding>,
    /// How often each rule was broken that was.
    pub broken: BTreeMap<Rule, usize>,
    /// What was found, by rule and then by time.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Of a journal that has forgotten so many earlier requests.
    #[must_use]
    pub(crate) fn of_the_latest(mut self, forgotten: u64) -> Report {
        self.forgotten = forgotten;
        self.clean &= forgotten == 0;
        self
    }

    /// With the first `most` findings of each rule; [`Report::broken`] and [`Report::possibly_broken`] still
    /// count all.
    #[must_use]
    pub fn abridged(mut self, most: usize) -> Report {
        abridge(&mut self.findings, most);
        abridge(&mut self.possible, most);
        self
    }
}

fn abridge(findings: &mut Vec<Finding>, most: usize) {
    let mut told = BTreeMap::new();
    findings.retain(|finding| {
        let told: &mut usize = told.entry(finding.rule).or_default();
        *told += 1;
        *told <= most
    });
}

/// Looks at a journal, whose entries are in the order of arrival; they may be shared.
#[must_use]
pub fn verify<E: Borrow<Entry>>(journal: &[E]) -> Report {
    let journal: Vec<&Entry> = journal.iter().map(Borrow::borrow).collect();
    let clients = by_client(&journal);
    let width = waves::width(&journal);
    let (own, retries) = (clients.values(), single::retries_of_clients(&clients));
    let findings = found(width, &own.collect::<Vec<_>>(), retries);
    let alike = single::alike(&clients);
    let retries = alike
        .iter()
        .flat_map(|requests| single::retries(requests, width));
    let possible = found(width, &alike.iter().collect::<Vec<_>>(), retries.collect());
    Report {
        clean: findings.is_empty() && possible.is_empty(),
        requests: journal.len(),
        forgotten: 0,
        clients: clients.len(),
        single: clients.values().filter(|own| own.len() == 1).count(),
        broken: by_rule(&findings),
        findings,
        possibly_broken: by_rule(&possible),
        possible,
    }
}

/// What the requests of each client show, and what the retries of all show together.
fn found<'a>(
    width: Duration,
    clients: &[&Vec<&'a Entry>],
    retries: Vec<Retry<'a>>,
) -> Vec<Finding> {
    let each = |rule: fn(&[&Entry]) -> Vec<Finding>| {
        let found = clients.iter().flat_map(|requests| rule(requests));
        let mut found: Vec<Finding> = found.collect();
        found.sort_by(|a, b| a.requests.cmp(&b.requests));
        found
    };
    let mut findings = each(retry_after::ignored);
    findings.extend(each(client_errors::retried));
    findings.extend(waves::in_step(width, retries));
    findings.extend(each(tokens::asked_again));
    findings
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
