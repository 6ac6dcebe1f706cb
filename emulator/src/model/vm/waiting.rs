//! Requests that wait for a slot.
//!
//! The driver calls [`Vm::call`] after each departure, hands each call to the request that waits at that
//! place, and takes it up there.

use std::time::Duration;

use rand::Rng;

use super::Vm;
use super::verdict::{Admission, Job, Verdict, Waiting};
use crate::model::limit::{Call, Category, Place, Refusal};

impl Vm {
    /// The next request that is called. To be repeated after each departure, until there is none.
    ///
    /// The call must come back, through [`Vm::take_up`] or [`Vm::dismiss`].
    pub fn call(&mut self, now: Duration) -> Option<Call> {
        let mut categories = [Category::Identity, Category::Other].into_iter();
        let call = categories.find_map(|category| self.gate(category).call(now))?;
        self.count_waiting(call.place.category);
        Some(call)
    }

    /// Takes up a call: the service time of its request begins.
    ///
    /// # Errors
    /// When the called request is refused.
    ///
    /// # Panics
    /// When the call is for another place.
    #[expect(clippy::needless_pass_by_value, reason = "a call comes back once")]
    pub fn take_up(
        &mut self,
        now: Duration,
        waiting: Waiting,
        call: Call,
        rng: &mut dyn Rng,
    ) -> Result<Admission, Refusal> {
        let Call { place, decision } = call;
        assert_eq!(waiting.place, place, "a call is for one place");
        match decision {
            Ok(left) => Ok(self.admit(now, waiting.job, left, rng)),
            Err(refusal) => Err(self.refuse(place.category, refusal)),
        }
    }

    /// Removes a waiting request without an answer; whether it was not yet called.
    pub fn give_up(&mut self, place: Place) -> bool {
        let was_waiting = self.gate(place.category).leave_queue(place);
        self.count_waiting(place.category);
        was_waiting
    }

    /// Gives back a call that is not taken up: its slot is free again.
    #[expect(clippy::needless_pass_by_value, reason = "a call comes back once")]
    pub fn dismiss(&mut self, call: Call) {
        let Call { place, decision } = call;
        if decision.is_ok() {
            self.leave(place.category);
        }
    }

    pub(super) fn queue(&mut self, place: Place, job: Job) -> Verdict {
        self.tally.of(place.category).queued += 1;
        self.count_waiting(place.category);
        let era = self.era;
        Verdict::Queued(Waiting { place, job, era })
    }

    fn count_waiting(&mut self, category: Category) {
        let waiting = self.gate(category).waiting();
        self.tally.of(category).waiting = waiting;
    }
}
