//! What was seen of a herd: how its processes started and ended, and what the emulator's journals have.

use std::time::Duration;

use imds_emulator::Tally;
use imds_emulator::identity::Identities;
use imds_emulator::journal::{Entry, StubEntry};

use crate::command::check::seen::CommandRun;
use crate::engine::schedule::Start;

/// What was seen of a herd.
#[derive(Clone, Debug)]
pub(crate) struct HerdSeen {
    /// The identities that the VM has.
    pub identities: Identities,
    /// The processes, in the order of their numbers.
    pub processes: Vec<ProcessSeen>,
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
