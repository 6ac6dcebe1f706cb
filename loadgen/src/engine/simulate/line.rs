//! A queue of sessions in virtual time, which decides as the processes of `imds-client exec` do.
//!
//! A process in the queue looks again after a pause that depends on how many are before it. One whose look has shown
//! nothing new sleeps here until another leaves; then its next look is where its pauses lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use imds_client::shared::Position;
use imds_client::{Pacer, Turn, TurnSearch};

use super::positions::{Positions, Ticket};
use crate::scenario::through::Gate;

/// The sessions in a queue, and when the latest have started.
#[derive(Debug, Default)]
pub(super) struct Line<'s> {
    /// Those that have not left it, by their tickets.
    held: BTreeMap<Ticket, Member<'s>>,
    tickets: Ticket,
    /// How many of the tickets up to each are held.
    positions: Positions,
    /// How many of those that have not left run beside so many.
    limited: usize,
    /// Those that sleep.
    asleep: BTreeSet<Ticket>,
    starts: Pacer,
}

#[derive(Debug)]
struct Member<'s> {
    session: u32,
    gate: &'s Gate,
    state: State,
}

#[derive(Debug)]
enum State {
    /// It has not looked yet.
    Arrived,
    /// It has looked then and found so many before it; the next look is after a pause.
    Waiting {
        looked: Duration,
        before: usize,
        pause: Duration,
    },
    /// It may start as soon as its turn comes.
    Starting(TurnSearch),
    Runs,
}

/// What a session in the queue does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InLine {
    Starts,
    /// It looks again at this time.
    Looks(Duration),
    /// It sleeps until another leaves the queue.
    Sleeps,
}

impl<'s> Line<'s> {
    /// A session takes its place at the end.
    pub(super) fn join(&mut self, session: u32, gate: &'s Gate) -> Ticket {
        let ticket = self.tickets;
        self.tickets += 1;
        self.positions.join();
        self.limited += usize::from(gate.at_once.is_some());
        let state = State::Arrived;
        self.held.insert(
            ticket,
            Member {
                session,
                gate,
                state,
            },
        );
        ticket
    }

    /// A session in the queue looks.
    pub(super) fn look(&mut self, ticket: Ticket, now: Duration) -> InLine {
        let member = self.held.get_mut(&ticket).expect(HELD);
        if matches!(member.state, State::Starting(_) | State::Runs) {
            return member.start(&mut self.starts, now);
        }
        let place = self.place(ticket);
        let member = self.held.get_mut(&ticket).expect(HELD);
        match place {
            Place::Behind { before, pause } => {
                let next = member.waits(before, pause, now);
                if next == InLine::Sleeps {
                    self.asleep.insert(ticket);
                }
                next
            }
            Place::First => {
                member.state = State::Starting(TurnSearch::default());
                member.start(&mut self.starts, now)
            }
        }
    }

    /// A session leaves the queue. Which others look again because of that, and when.
    pub(super) fn leave(&mut self, ticket: Ticket, now: Duration) -> Vec<(u32, Duration)> {
        if let Some(member) = self.held.remove(&ticket) {
            self.limited -= usize::from(member.gate.at_once.is_some());
            self.positions.leave(ticket);
        }
        let woken = self.asleep.split_off(&ticket);
        woken
            .iter()
            .map(|ticket| self.held[ticket].next_look(now))
            .collect()
    }

    /// Where a session is in the queue.
    fn place(&self, ticket: Ticket) -> Place {
        if self.limited == 0 {
            return Place::First;
        }
        let mut position = Position::of(self.held[&ticket].gate.most());
        for other in self.held.range(..ticket).map(|(_, member)| member) {
            if !position.may_start() {
                break;
            }
            position.count(other.gate.most());
        }
        if position.may_start() {
            return Place::First;
        }
        let before = self.positions.before(ticket);
        let pause = position.pause(before);
        Place::Behind { before, pause }
    }
}

enum Place {
    /// It may start.
    First,
    /// So many are before it, and it looks again after this pause.
    Behind { before: usize, pause: Duration },
}

impl Member<'_> {
    /// It has found so many before it. It sleeps if that is nothing new.
    fn waits(&mut self, before: usize, pause: Duration, looked: Duration) -> InLine {
        let known = matches!(self.state, State::Waiting { before: known, .. } if known == before);
        self.state = State::Waiting {
            looked,
            before,
            pause,
        };
        if known {
            return InLine::Sleeps;
        }
        InLine::Looks(looked.saturating_add(pause))
    }

    /// Starts as soon as its rate allows.
    fn start(&mut self, starts: &mut Pacer, now: Duration) -> InLine {
        if let (State::Starting(search), Some(pace)) = (&mut self.state, self.gate.pace())
            && let Turn::Wait(at) = search.next(starts, &pace, now)
        {
            return InLine::Looks(at);
        }
        self.state = State::Runs;
        InLine::Starts
    }

    /// The session, and the first of its looks from now on. It looks every pause since the last one.
    fn next_look(&self, now: Duration) -> (u32, Duration) {
        let at = match self.state {
            State::Waiting { looked, pause, .. } => {
                let pauses = now
                    .saturating_sub(looked)
                    .as_nanos()
                    .div_ceil(pause.as_nanos());
                looked
                    .saturating_add(pause.saturating_mul(u32::try_from(pauses).unwrap_or(u32::MAX)))
            }
            _ => now,
        };
        (self.session, at.max(now))
    }
}

const HELD: &str = "a session that looks has not left the queue";

#[cfg(test)]
mod tests;
