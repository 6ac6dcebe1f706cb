//! The requests that wait for a slot, in the order of their arrival.

use std::collections::VecDeque;

use super::category::Category;
use super::refusal::{Left, Refusal};

/// A place in the queue of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub(crate) category: Category,
    number: u64,
}

/// The end of a wait: a slot is already taken for the request, or it is refused.
#[derive(Debug)]
#[must_use = "the slot of a called request stays taken until it is given back"]
pub struct Call {
    /// The place of the request.
    pub place: Place,
    pub(crate) decision: Result<Left, Refusal>,
}

/// A first-in, first-out queue of one category.
#[derive(Debug)]
pub(super) struct WaitQueue {
    category: Category,
    waiting: VecDeque<u64>,
    given_out: u64,
}

impl WaitQueue {
    pub(super) fn new(category: Category) -> WaitQueue {
        WaitQueue {
            category,
            waiting: VecDeque::new(),
            given_out: 0,
        }
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.waiting.len()).unwrap_or(u32::MAX)
    }

    /// Adds a request behind the last; returns its place.
    pub(super) fn join(&mut self) -> Place {
        self.given_out += 1;
        self.waiting.push_back(self.given_out);
        self.place(self.given_out)
    }

    /// Removes the request that has waited longest.
    pub(super) fn next(&mut self) -> Option<Place> {
        let number = self.waiting.pop_front()?;
        Some(self.place(number))
    }

    /// Removes a request that gets no slot; whether it was still waiting.
    pub(super) fn leave(&mut self, place: Place) -> bool {
        let found = self.waiting.binary_search(&place.number);
        found.is_ok_and(|index| self.waiting.remove(index).is_some())
    }

    fn place(&self, number: u64) -> Place {
        Place {
            category: self.category,
            number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_called_in_the_order_of_arrival_unless_they_have_left() {
        let mut queue = WaitQueue::new(Category::Identity);
        let [first, second, third] = [queue.join(), queue.join(), queue.join()];
        assert_eq!(queue.next(), Some(first));
        assert!(queue.leave(second));
        assert!(!queue.leave(first));
        assert_eq!(
            (queue.len(), queue.next(), queue.next()),
            (1, Some(third), None)
        );
    }
}
