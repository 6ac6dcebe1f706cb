//! What was seen of one case: how the commands ended, and what they asked. Grades rest on nothing else.

pub(crate) mod cmdlets;
#[cfg(test)]
pub(crate) mod samples;

use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, SystemTime};

use imds_emulator::identity::Identities;
use imds_emulator::journal::{Entry, Fate, StubEntry};
use imds_emulator::limit::{Category, Limits};

/// What was seen of one case.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Connections that the system dropped meanwhile because a queue of them was full, for all programs in the
    /// network namespace; `None` where it does not say.
    pub dropped: Option<u64>,
    /// The limits that the VM has.
    pub limits: Limits,
    /// The identities that the VM has.
    pub identities: Identities,
    /// How the commands ended, in the order of their start; at least one.
    pub runs: Vec<CommandRun>,
    /// How many requests came before those that are here and are kept no more, of IMDS's and of Resource Manager's.
    pub forgotten: u64,
    /// What they asked, in the order of arrival.
    pub requests: Vec<Entry>,
    /// What they asked of Resource Manager, likewise.
    pub manager: Vec<StubEntry>,
    /// The cmdlets that Resource Manager answered when nothing went wrong, if that was seen before; `None` among
    /// them for requests without a cmdlet.
    pub usual: BTreeSet<Option<String>>,
    /// How many of the requests met a fault of the case.
    pub struck: u64,
    /// From the start of a command to its first request, in each case of the check that ran one command.
    pub starts: Vec<Duration>,
}

/// One command, from its start to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CommandRun {
    pub end: End,
    /// When it was started.
    pub began: SystemTime,
    pub took: Duration,
    /// Bytes of what it printed that are not in the files of its output.
    pub left_out: u64,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, with this exit code.
    Code(i32),
    /// By a signal of this number that was not ours.
    Signal(i32),
    /// It was ended when its time was over.
    TimedOut,
}

impl End {
    /// Whether the command says that it has done its work.
    #[must_use]
    pub(crate) fn is_success(self) -> bool {
        self == End::Code(0)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Code(code) => write!(f, "exit code {code}"),
            End::Signal(number) => write!(f, "signal {number}"),
            End::TimedOut => f.write_str("still running when its time was over"),
        }
    }
}

/// A request that was sent again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry<'a> {
    /// The request that failed.
    pub first: &'a Entry,
    /// From its end to the next one like it.
    pub wait: Duration,
    /// Whether that came over the same connection, and so of the same process.
    pub same_connection: bool,
}

impl Seen {
    /// The command of a case that runs one.
    ///
    /// # Panics
    /// If none was run.
    #[must_use]
    pub(crate) fn only(&self) -> CommandRun {
        self.runs[0]
    }

    /// When the first request came, be it to IMDS or to Resource Manager, since 1970.
    #[must_use]
    pub(crate) fn begun(&self) -> Duration {
        let imds = self.requests.first().map(|first| first.time);
        let manager = self.manager.first().map(|first| first.time);
        imds.into_iter().chain(manager).min().unwrap_or_default()
    }

    /// Whether what went wrong, or what was asked if nothing did, was about tokens. A faulty request is not what went
    /// wrong; to have asked nothing is about tokens, too.
    #[must_use]
    pub(crate) fn is_about_tokens(&self) -> bool {
        let of_token = |it: &Entry| it.category == Category::Identity;
        let is_faulty = |it: &Entry| it.outcome.verdict == Some(Fate::Rejected);
        let failed = |it: &&Entry| !is_served(it) && !is_faulty(it);
        let mut failed = self.requests.iter().filter(failed).peekable();
        match failed.peek() {
            Some(_) => failed.any(of_token),
            None => self.requests.is_empty() || self.requests.iter().any(of_token),
        }
    }

    /// The requests that were answered with what they asked for.
    pub(crate) fn served(&self) -> impl Iterator<Item = &Entry> {
        self.requests.iter().filter(|request| is_served(request))
    }

    /// The requests that the VM's limits refused.
    pub(crate) fn refused(&self) -> impl Iterator<Item = &Entry> {
        let refused = |request: &&Entry| request.outcome.verdict == Some(Fate::Refused);
        self.requests.iter().filter(refused)
    }

    /// The requests that were found faulty.
    pub(crate) fn rejected(&self) -> impl Iterator<Item = &Entry> {
        let rejected =
            |request: &&Entry| status(request).is_some_and(|it| (400..500).contains(&it));
        let decided = |request: &&Entry| {
            !matches!(
                request.outcome.verdict,
                Some(Fate::Refused | Fate::Faulted) | None
            )
        };
        self.requests.iter().filter(decided).filter(rejected)
    }

    /// The requests that failed and were sent again, in the order of the latter. Two requests are alike
    /// if method, path and query are.
    #[must_use]
    pub(crate) fn retries(&self) -> Vec<Retry<'_>> {
        let later = self.requests.iter().enumerate();
        later
            .filter_map(|(index, second)| {
                let earlier = self.requests[..index].iter().rev();
                let first = earlier.into_iter().find(|first| is_like(first, second))?;
                let ended = first.outcome.ended_at.unwrap_or(first.at);
                (!is_served(first)).then(|| Retry {
                    first,
                    wait: second.at.saturating_sub(ended),
                    same_connection: second.connection == first.connection,
                })
            })
            .collect()
    }

    /// The same requests as of one client, for the emulator's own judgements.
    #[must_use]
    pub(crate) fn as_of_one_client(&self) -> Vec<Entry> {
        let mut requests = self.requests.clone();
        for request in &mut requests {
            request.session = Some("1".to_owned());
        }
        requests
    }
}

/// The status that the client saw, if it saw a whole answer.
#[must_use]
pub(crate) fn status(request: &Entry) -> Option<u16> {
    request.outcome.status
}

/// Whether it was answered with what it asked for.
pub(crate) fn is_served(request: &Entry) -> bool {
    status(request).is_some_and(|status| status < 300) && !request.outcome.client_gone
}

/// Two requests are alike if method, path and query are.
pub(crate) fn is_like(one: &Entry, other: &Entry) -> bool {
    (&one.method, &one.path, &one.query) == (&other.method, &other.path, &other.query)
}
