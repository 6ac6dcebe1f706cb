//! The position of a process in a queue, from the names of the ticket files. Nothing here reads, locks
//! or waits.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use uuid::Uuid;

/// The pause between two looks at the tickets, for each process that must end first: the first in the
/// queue looks often, the hundredth seldom. (Ours.)
const LOOK: Duration = Duration::from_millis(10);

/// The longest pause between two looks.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// The ending of a ticket's file name.
const ENDING: &str = ".ticket";

/// A ticket in the queue; a lower number came earlier. The id distinguishes it from a later ticket with
/// the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    number: u64,
    pub(super) at_once: NonZeroUsize,
    id: Uuid,
}

impl Ticket {
    /// The ticket after all of these.
    pub(super) fn after(queue: &[Self], at_once: NonZeroUsize, id: Uuid) -> Self {
        let last = queue.iter().map(|ticket| ticket.number).max();
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

/// The position of a command in a queue, after the commands before it that are still in it have been counted.
///
/// ```
/// use imds_client::shared::Position;
/// use std::num::NonZeroUsize;
///
/// let five = NonZeroUsize::new(5).expect("at least one");
/// let mut position = Position::of(five);
/// for _ in 0..4 {
///     position.count(five);
/// }
/// assert!(position.may_start());
/// position.count(five);
/// assert!(!position.may_start());
/// ```
///
/// It may start while fewer are before it, waiting or running, than the smallest `at_once`
/// of any of them and itself. A process that runs beside it was either before it then, or has counted
/// it since. So a running process never runs beside more than its `at_once` allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    before: usize,
    least: usize,
}

impl Position {
    /// The position of a command that may run beside so many, itself included, before any other is counted.
    #[must_use]
    pub fn of(at_once: NonZeroUsize) -> Self {
        let least = at_once.get();
        Self { before: 0, least }
    }

    /// Counts a command before this one that is still in the queue, by what it may run beside.
    pub fn count(&mut self, at_once: NonZeroUsize) {
        self.before += 1;
        self.least = self.least.min(at_once.get());
    }

    /// Whether it may start, unless more tickets are counted. Once it may not, no further ticket
    /// changes that.
    #[must_use]
    pub fn may_start(&self) -> bool {
        self.before < self.least
    }

    /// The pause until the next look, if so many tickets are before it that may be held.
    #[must_use]
    pub fn pause(&self, before: usize) -> Duration {
        let to_end = before.saturating_sub(self.least).saturating_add(1);
        let to_end = u32::try_from(to_end).unwrap_or(u32::MAX);
        LOOK.saturating_mul(to_end).min(LONGEST_LOOK)
    }
}

#[cfg(test)]
mod tests;
