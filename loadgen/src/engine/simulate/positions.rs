//! How many tickets before one are held, in a time that grows with the logarithm of their number.

/// A lower one came earlier.
pub(super) type Ticket = u64;

/// The tickets given out so far, in order: each is held until it leaves. It is a binary indexed tree (Fenwick 1994).
#[derive(Debug, Default)]
pub(super) struct Positions {
    /// At `i` the number held of the tickets from `i + 1` less the lowest set bit of that up to `i`.
    held: Vec<usize>,
}

impl Positions {
    /// The next ticket is held.
    pub(super) fn join(&mut self) {
        let end = self.held.len() + 1;
        let lower = lower(end);
        let held = self.up_to(end - 1) - self.up_to(lower) + 1;
        self.held.push(held);
    }

    /// A ticket that is held leaves.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        let mut end = index(ticket) + 1;
        while let Some(held) = self.held.get_mut(end - 1) {
            *held -= 1;
            end += end - lower(end);
        }
    }

    /// How many before a ticket are held.
    pub(super) fn before(&self, ticket: Ticket) -> usize {
        self.up_to(index(ticket))
    }

    /// How many of the first tickets are held.
    fn up_to(&self, mut end: usize) -> usize {
        let mut held = 0;
        while end > 0 {
            held += self.held[end - 1];
            end = lower(end);
        }
        held
    }
}

/// Without its lowest set bit.
fn lower(number: usize) -> usize {
    number & (number - 1)
}

fn index(ticket: Ticket) -> usize {
    usize::try_from(ticket).expect("as many tickets as there are sessions")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_many_are_before_a_ticket_as_are_counted(steps in prop::collection::vec(prop::option::of(0_usize..99), 1..200)) {
            let mut positions = Positions::default();
            let mut held: Vec<bool> = vec![];
            for step in steps {
                match step.map(|step| step % held.len().max(1)) {
                    Some(ticket) if held.get(ticket) == Some(&true) => {
                        held[ticket] = false;
                        positions.leave(ticket as Ticket);
                    }
                    _ => {
                        held.push(true);
                        positions.join();
                    }
                }
                for ticket in 0..held.len() {
                    let counted = held[..ticket].iter().filter(|held| **held).count();
                    prop_assert_eq!(positions.before(ticket as Ticket), counted);
                }
            }
        }
    }
}
