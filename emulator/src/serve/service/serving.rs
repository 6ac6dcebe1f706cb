//! A request from its admission, or from its place in the queue, to its departure.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: service times are slept in real time"
)]

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use tokio::task::JoinError;

use super::Service;
use super::asked::Asked;
use super::chance::Chance;
use super::room::Room;
use super::served::{Departed, LetIn, Served};
use crate::model::fault::Effect;
use crate::model::limit::Abandoned;
use crate::model::vm::{Admission, Departure, Left, Place, Refusal, Ticket, Vm, Waiting};
use crate::observe::observer::Recording;

impl Service {
    /// Goes on with a request that was let in, and notes what it came to.
    ///
    /// # Errors
    /// When the runtime stops before the service time is over.
    pub(super) async fn serve(
        self: Arc<Self>,
        let_in: LetIn,
        asked: &Arc<Asked>,
        chance: Chance,
        recording: &mut Recording,
    ) -> Result<Served, JoinError> {
        let served = self.play(let_in, asked, chance).await?;
        match &served {
            Ok(departed) => {
                let life = departed.departure.token_life(departed.at);
                recording.served(departed.service_time, departed.left, life);
                recording.afflicted(departed.damage.as_ref());
            }
            Err(refusal) => recording.refused(*refusal),
        }
        Ok(served)
    }

    /// Where it takes time it is a task of its own, which goes on even when the client has gone away.
    async fn play(
        self: Arc<Self>,
        let_in: LetIn,
        asked: &Arc<Asked>,
        mut chance: Chance,
    ) -> Result<Served, JoinError> {
        match let_in {
            LetIn::Admitted(admission) => {
                let serving = Serving::begin(&self, admission, asked, &mut chance);
                if serving.service_time.is_zero() {
                    return Ok(Ok(serving.depart()));
                }
                self.see_through(async { Ok(serving.last().await) }).await
            }
            LetIn::Queued(waiting) => {
                let turn = wait_and_last(Arc::clone(&self), waiting, Arc::clone(asked), chance);
                self.see_through(turn).await
            }
        }
    }

    async fn see_through(
        &self,
        serving: impl Future<Output = Served> + Send + 'static,
    ) -> Result<Served, JoinError> {
        let abandoned = self.vm().abandoned();
        match abandoned {
            Abandoned::Hold => tokio::spawn(serving).await,
            Abandoned::Release => Ok(serving.await),
        }
    }

    /// Calls those for whom there is a slot now.
    pub(super) fn ring(&self, vm: &mut Vm, now: Duration) {
        let mut room = self.room();
        while let Some(call) = vm.call(now) {
            let seat = room.0.entry(call.place).or_default();
            seat.bell.notify_one();
            seat.call = Some(call);
        }
    }

    async fn wait(
        self: &Arc<Self>,
        waiting: Waiting,
        rng: &mut ChaCha8Rng,
    ) -> Result<Admission, Refusal> {
        let seated = Seated {
            service: Arc::clone(self),
            place: waiting.place,
            era: waiting.era,
        };
        let mut eras = self.era.subscribe();
        let bell = Arc::clone(&self.room().0.entry(waiting.place).or_default().bell);
        tokio::select! {
            biased; // Who is of a past era must not take the bell of who has its place now.
            _ = eras.wait_for(|&era| era > waiting.era) => {}
            () = bell.notified() => {}
        }
        let mut vm = self.vm();
        if vm.era() > waiting.era {
            drop(vm);
            return Err(Refusal::of_a_reset());
        }
        let seat = self.room().0.remove(&seated.place);
        let call = seat.and_then(|seat| seat.call).expect("rung with a call");
        let taken_up = vm.take_up(self.now(), waiting, call, rng);
        drop(vm);
        taken_up
    }

    /// What faults, and the service of events when it must be switched on first, do to a request that begins.
    fn hold_up(
        &self,
        admission: &mut Admission,
        asked: &Asked,
        chance: &mut Chance,
    ) -> Option<Effect> {
        let config = self.config();
        let mut vm = self.vm();
        if asked.is_for_events() {
            admission.service_time += vm.events().call(self.now());
        }
        if vm.faults().is_empty() {
            return None;
        }
        let resource = asked.resource();
        let facts = asked.facts(&config, resource.as_deref());
        vm.afflict(self.now(), &facts, admission, chance.faults())
    }

    pub(super) fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn wait_and_last(
    service: Arc<Service>,
    waiting: Waiting,
    asked: Arc<Asked>,
    mut chance: Chance,
) -> Served {
    let admission = service.wait(waiting, &mut chance.service).await?;
    let serving = Serving::begin(&service, admission, &asked, &mut chance);
    Ok(serving.last().await)
}

/// An admitted request whose service time runs.
struct Serving {
    held: Held,
    damage: Option<Effect>,
    service_time: Duration,
    left: Option<Left>,
}

impl Serving {
    fn begin(
        service: &Arc<Service>,
        mut admission: Admission,
        asked: &Asked,
        chance: &mut Chance,
    ) -> Serving {
        let damage = service.hold_up(&mut admission, asked, chance);
        let held = Held {
            service: Arc::clone(service),
            ticket: Some(admission.ticket),
        };
        Serving {
            held,
            damage,
            service_time: admission.service_time,
            left: admission.left,
        }
    }

    async fn last(self) -> Departed {
        self.held.last(self.service_time).await;
        self.depart()
    }

    fn depart(self) -> Departed {
        let (at, departure) = self.held.depart();
        Departed {
            at,
            departure,
            damage: self.damage,
            service_time: self.service_time,
            left: self.left,
        }
    }
}

/// A slot that is held. Dropped before its departure, it is abandoned.
struct Held {
    service: Arc<Service>,
    ticket: Option<Ticket>,
}

impl Held {
    /// Waits until the service time is over, or the VM is reset.
    async fn last(&self, service_time: Duration) {
        if service_time.is_zero() {
            return; // The runtime's timer has a resolution of a millisecond.
        }
        let mut eras = self.service.era.subscribe();
        let is_past = |era: &u64| {
            self.ticket
                .as_ref()
                .is_some_and(|held| held.is_before(*era))
        };
        tokio::select! {
            () = tokio::time::sleep(service_time) => {}
            _ = eras.wait_for(is_past) => {}
        }
    }

    fn depart(mut self) -> (Duration, Departure) {
        let ticket = self.ticket.take().expect("a slot departs once");
        let service = &self.service;
        let mut vm = service.vm();
        let now = service.now();
        let departure = vm.depart(now, ticket);
        service.ring(&mut vm, now);
        drop(vm);
        (now, departure)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let mut vm = self.service.vm();
            vm.abandon(ticket);
            let now = self.service.now();
            self.service.ring(&mut vm, now);
        }
    }
}

/// A place in the queue that is held. When it is dropped, called or not, nobody waits there.
struct Seated {
    service: Arc<Service>,
    place: Place,
    era: u64,
}

impl Drop for Seated {
    fn drop(&mut self) {
        let mut vm = self.service.vm();
        if vm.era() > self.era {
            return;
        }
        let seat = self.service.room().0.remove(&self.place);
        match seat.and_then(|seat| seat.call) {
            Some(call) => vm.dismiss(call),
            None => drop(vm.give_up(self.place)),
        }
        let now = self.service.now();
        self.service.ring(&mut vm, now);
    }
}
