//! Judgements over a journal: how well did the clients behave?
//!
//! Each rule looks at what one client did after an answer. A client is told by its
//! `x-imds-emulator-session` header, else by its connection; one that opens a connection for each
//! request is many clients here, and nothing is found about it. [`Report::single`] says how many of
//! those there were.

mod client_errors;
mod retry_after;
mod tokens;
mod waves;

use std::borrow::Borrow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::observe::journal::Entry;

/// What was found in a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing was found.
    pub clean: bool,
    /// How many requests were looked at.
    pub requests: usize,
    /// How many clients could be told apart.
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

/// One thing that a client, or several together, should not have done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule it breaks.
    pub rule: Rule,
    /// What happened.
    pub message: String,
    /// The numbers of the requests it is about, in the order of their arrival.
    pub requests: Vec<u64>,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A client came back before the time it was told.
    RetryAfterIgnored,
    /// A client sent a request again that was found faulty.
    ClientErrorRetried,
    /// Many clients that were turned away together came back together.
    WavesInStep,
    /// A client asked for a token that it still held a good one of.
    ValidTokenAskedAgain,
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

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Client<'a> {
    Session(&'a str),
    Connection(u64),
}

impl Client<'_> {
    fn of(entry: &Entry) -> Client<'_> {
        let session = entry.session.as_deref().map(Client::Session);
        session.unwrap_or(Client::Connection(entry.connection))
    }
}

/// Each client's requests, in the order of arrival.
type Clients<'a> = BTreeMap<Client<'a>, Vec<&'a Entry>>;

fn by_client<'a>(journal: &[&'a Entry]) -> Clients<'a> {
    let mut clients = Clients::new();
    for &entry in journal {
        clients.entry(Client::of(entry)).or_default().push(entry);
    }
    clients
}

/// Each request of one client with the next one of the same kind, which may have been a retry; in the
/// order of the latter. It looks at each request once, however many kinds there are.
fn successions<'a>(requests: &[&'a Entry]) -> Vec<(&'a Entry, &'a Entry)> {
    let mut latest = BTreeMap::new();
    let pair = |&second: &&'a Entry| {
        let kind = (&second.method, &second.path, &second.query);
        let first = latest.insert(kind, second)?;
        Some((first, second))
    };
    requests.iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests;
