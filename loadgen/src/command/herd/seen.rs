//! What was seen of a herd: how its processes started and ended, and what the emulator's journals have.

pub(super) mod request;

use std::time::Duration;

use imds_emulator::Tally;
use imds_emulator::identity::Identities;
use imds_emulator::journal::{Entry, StubEntry};

use crate::command::check::seen::cmdlets::{identity, is_for_manager};
use crate::command::check::seen::{CommandRun, End};
use crate::engine::schedule::Start;
use crate::record::SessionId;

/// What was seen of a herd.
#[derive(Clone, Debug)]
pub(crate) struct HerdSeen {
    /// The identities that the VM has.
    pub identities: Identities,
    /// The processes, in the order of their numbers.
    pub processes: Vec<ProcessSeen>,
    /// How many requests came before those that are here and are kept no more, of IMDS's and of Resource Manager's.
    pub forgotten: u64,
    /// The requests to IMDS, in the order of arrival; each names its process as its session.
    pub requests: Vec<Entry>,
    /// The requests to Resource Manager, likewise.
    pub manager: Vec<StubEntry>,
    /// From 1970 to the run's start, by the journals' clock.
    pub origin: Duration,
    /// When the run ended, since its start.
    pub ended_at: Duration,
    /// How many connections the system had dropped before the run and after it, where it says so.
    pub dropped: (Option<u64>, Option<u64>),
    /// The emulator's own counts of the VM.
    pub tally: Tally,
}

/// One process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProcessSeen {
    pub start: Start,
    /// When it started, since the run's start; none: it did not.
    pub started: Option<Duration>,
    /// How it ended; none: the run was ended before.
    pub run: Option<CommandRun>,
}

impl ProcessSeen {
    /// When it ended by itself, since the run's start.
    #[must_use]
    pub(super) fn ended(&self) -> Option<Duration> {
        let run = self.run.filter(|run| run.end != End::TimedOut)?;
        Some(self.started? + run.took)
    }

    /// The kind of its failure; none: it succeeded, or did not end by itself.
    #[must_use]
    pub(super) fn failure(&self) -> Option<String> {
        match self.run?.end {
            End::Code(0) | End::TimedOut => None,
            End::Code(code) => Some(format!("exit_code_{code}")),
            End::Signal(number) => Some(format!("signal_{number}")),
        }
    }
}

impl HerdSeen {
    /// The time since the run's start of a time since 1970.
    #[must_use]
    pub(super) fn at(&self, time: Duration) -> Duration {
        time.saturating_sub(self.origin)
    }

    /// The requests of a process to IMDS, in the order of arrival.
    pub(super) fn asked_by(&self, id: SessionId) -> impl Iterator<Item = &Entry> {
        let name = Some(id.session.to_string());
        self.requests.iter().filter(move |it| it.session == name)
    }

    /// Its requests to Resource Manager, likewise.
    pub(super) fn managed_by(&self, id: SessionId) -> impl Iterator<Item = &StubEntry> {
        let name = Some(id.session.to_string());
        self.manager.iter().filter(move |it| it.session == name)
    }

    /// Whether Resource Manager answered it as another identity than it first asked to be, and not as that one.
    #[must_use]
    pub(super) fn is_another(&self, id: SessionId) -> bool {
        let Some(first) = self.asked_by(id).find(|it| is_for_manager(it)) else {
            return false;
        };
        let meant = identity(first, &self.identities);
        let answered = |it: &&StubEntry| it.outcome.status.is_some_and(|status| status < 300);
        let clients = self.managed_by(id).filter(answered);
        let clients: Vec<_> = clients.filter_map(|it| it.client_id.as_deref()).collect();
        !clients.is_empty() && !clients.iter().any(|client| Some(*client) == meant)
    }
}
