//! Counts of the requests to Resource Manager: by cmdlet, and what it does not serve.
//!
//! They go on when the journal has forgotten a request. A client chooses methods, paths and names of
//! cmdlets, so there are at most [`MOST`] of each; what comes later is counted together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::outcome::Fate;
use super::stub_entry::StubEntry;
use crate::wire::resource_manager::snippet;

/// How many different cmdlets, and how many different requests that are not served, are distinguished.
const MOST: usize = 1000;

/// What stands for the cmdlets beyond [`MOST`].
const OTHERS: &str = "(others)";

/// The counts since the start or the latest reset.
#[derive(Debug, Default)]
pub(crate) struct StubCounts {
    commands: BTreeMap<(Option<String>, Option<u16>), u64>,
    unmatched: BTreeMap<(String, String), Unmatched>,
    unreadable: u64,
}

/// How often a cmdlet's requests were answered with a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommandCount {
    /// The cmdlet; `None` for requests that name none.
    pub command: Option<String>,
    /// The status; `None` if the client did not wait for the answer.
    pub status: Option<u16>,
    /// How many requests.
    pub count: u64,
}

/// A request that the stub does not serve (404 or 405, "does not serve this path").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmatched {
    /// Its method.
    pub method: String,
    /// Its path, as it was first sent.
    pub path: String,
    /// The query of the first one.
    pub query: String,
    /// The cmdlet that sent the first one, if it named one.
    pub command: Option<String>,
    /// How often it came, with whatever query.
    pub count: u64,
    /// The TOML that answers it: to be put into the configuration.
    pub answer: String,
}

impl StubCounts {
    /// Counts a request that has ended. Of one that could not be read the cmdlet is not known.
    pub(crate) fn count(&mut self, entry: &StubEntry) {
        if entry.outcome.verdict == Some(Fate::Unreadable) {
            self.unreadable += 1;
            return;
        }
        let status = entry.outcome.status;
        let mut key = (entry.command.clone(), status);
        if !self.commands.contains_key(&key) && self.commands.len() >= MOST {
            key.0 = Some(OTHERS.to_owned());
        }
        *self.commands.entry(key).or_default() += 1;
    }

    /// Counts a request that is not served.
    pub(crate) fn unmatched(&mut self, entry: &StubEntry) {
        let key = (entry.method.clone(), entry.path.to_ascii_lowercase());
        if !self.unmatched.contains_key(&key) && self.unmatched.len() >= MOST {
            return;
        }
        let first = || Unmatched::first(entry);
        self.unmatched.entry(key).or_insert_with(first).count += 1;
    }

    /// By cmdlet and status.
    pub(crate) fn commands(&self) -> Vec<CommandCount> {
        let counts = self.commands.iter();
        counts
            .map(|((command, status), count)| CommandCount {
                command: command.clone(),
                status: *status,
                count: *count,
            })
            .collect()
    }

    /// How many could not be read.
    pub(crate) fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// What is not served, by method and path.
    pub(crate) fn list_unmatched(&self) -> Vec<Unmatched> {
        self.unmatched.values().cloned().collect()
    }
}

impl Unmatched {
    fn first(entry: &StubEntry) -> Unmatched {
        Unmatched {
            method: entry.method.clone(),
            path: entry.path.clone(),
            query: entry.query.clone(),
            command: entry.command.clone(),
            count: 0,
            answer: snippet::answering(&entry.method, &entry.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn entry(method: &str, target: &str, command: &str) -> StubEntry {
        let request = Request::builder().method(method).uri(target);
        let request = request.header("CommandName", command).body(()).unwrap();
        StubEntry::arriving(1, &request.into_parts().0)
    }

    #[test]
    fn a_request_that_is_not_served_is_listed_once_with_the_answer_to_write() {
        let mut counts = StubCounts::default();
        for target in ["/a/B?api-version=1", "/A/b?api-version=2"] {
            counts.unmatched(&entry("PUT", target, "New-AzResourceGroup"));
        }
        let [one] = counts.list_unmatched().try_into().unwrap();
        assert_eq!((one.path.as_str(), one.count), ("/a/B", 2));
        assert_eq!(one.query, "api-version=1");
        assert_eq!(one.command.as_deref(), Some("New-AzResourceGroup"));
        let expected = "[[resource_manager.answers]]\nmethod = \"PUT\"\npath = \"/a/B\"\n\
            status = 200\nbody = {}\n";
        assert_eq!(one.answer, expected);
    }

    #[test]
    fn what_clients_choose_does_not_grow_without_end() {
        let mut counts = StubCounts::default();
        for number in 0..2 * MOST {
            let entry = entry("PUT", &format!("/{number}"), &number.to_string());
            counts.count(&entry);
            counts.unmatched(&entry);
        }
        assert_eq!(counts.list_unmatched().len(), MOST);
        let commands = counts.commands();
        assert_eq!(commands.len(), MOST + 1);
        let others = |one: &&CommandCount| one.command.as_deref() == Some(OTHERS);
        let others = commands.iter().find(others).unwrap();
        assert_eq!(others.count, MOST as u64);
    }
}
