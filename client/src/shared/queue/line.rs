//! Who is next in a line of processes that know each other by the names of files. Nothing here reads,
//! locks or waits.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use uuid::Uuid;

/// From one look at those before to the next, for each that must end first: the first in line looks
/// often, and the hundredth is not in its way. (Ours.)
const LOOK: Duration = Duration::from_millis(10);

/// Nobody looks less often than this.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// How the name of a ticket's file ends.
const ENDING: &str = ".ticket";

/// A place in the line; a lower number came earlier. Its id tells it from a later one of that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    number: u64,
    at_once: NonZeroUsize,
    id: Uuid,
}

impl Ticket {
    /// The last place in a line of these.
    pub(super) fn behind(line: &[Self], at_once: NonZeroUsize, id: Uuid) -> Self {
        let last = line.iter().map(|ticket| ticket.number).max();
        Self {
            number: last.map_or(0, |number| number.saturating_add(1)),
            at_once,
            id,
        }
    }
}

impl fmt::Display for Ticket {
    /// The name of its file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.simple();
        write!(f, "{}-{}-{id}{ENDING}", self.number, self.at_once)
    }
}

impl FromStr for Ticket {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let mut parts = name.strip_suffix(ENDING).ok_or(())?.splitn(3, '-');
        let mut part = || parts.next().ok_or(());
        Ok(Self {
            number: part()?.parse().map_err(drop)?,
            at_once: part()?.parse().map_err(drop)?,
            id: part()?.parse().map_err(drop)?,
        })
    }
}

/// How it stands with one in the line, once it has met those before it that are still alive.
///
/// It may start while fewer stand before it, waiting or running, than the least number that any of
/// them, or itself, wants at once. Whoever runs beside it either stood before it then, or has met it
/// since; so of those who run no one is beside more than it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    before: usize,
    least: usize,
}

impl Standing {
    /// Of one who has met nobody yet.
    pub(super) fn of(ticket: &Ticket) -> Self {
        let least = ticket.at_once.get();
        Self { before: 0, least }
    }

    /// This one stands before it, and is alive.
    pub(super) fn meet(&mut self, other: &Ticket) {
        self.before += 1;
        self.least = self.least.min(other.at_once.get());
    }

    /// Whether it may start, unless it meets others. Once it may not, no one it meets changes that.
    pub(super) fn may_start(&self) -> bool {
        self.before < self.least
    }

    /// How long to wait for the next look, when so many stand before it that may be alive.
    pub(super) fn pause(&self, before: usize) -> Duration {
        let to_end = before.saturating_sub(self.least).saturating_add(1);
        let to_end = u32::try_from(to_end).unwrap_or(u32::MAX);
        LOOK.saturating_mul(to_end).min(LONGEST_LOOK)
    }
}

#[cfg(test)]
mod tests;
