//! A request from its admission, or from its place in the queue, to its departure.
//!
//! A request with a service time departs in a task of its own: if its client closes the connection, it keeps its
//! slot until the service time ends, as in a service that has already asked its backend. A request without one
//! departs where it arrived: its connection cannot be closed in between, and a task would cost a tenth of such a
//! request.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: service times are slept in real time"
)]

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinError;

use super::Service;
use super::chance::Chance;
use super::received::Received;
use super::served::{Departed, LetIn, Served};
use crate::model::fault::Effect;
use crate::model::limit::Abandoned;
use crate::model::vm::{Admission, Departure, Left, Ticket, Waiting};
use crate::observe::observer::Recording;
use crate::wire::protocol::Failure;

impl Service {
    /// Serves a request that was admitted or queued, and records the outcome.
    ///
    /// # Errors
    /// When the runtime stops before the service time is over.
    pub(super) async fn serve(
        self: Arc<Self>,
        let_in: LetIn,
        received: &Arc<Received>,
        chance: Chance,
        recording: &mut Recording,
    ) -> Result<Result<Departed, Failure>, JoinError> {
        let served = self.complete(let_in, received, chance).await?;
        let served = served.map_err(Failure::Refused);
        match &served {
            Ok(departed) => {
                let life = departed.departure.token_life(departed.at);
                recording.served(departed.service_time, departed.left, life);
                recording.afflicted(departed.damage.as_ref());
            }
            Err(failure) => recording.failed(failure),
        }
        Ok(served)
    }

    /// If it takes time it is a task of its own, which goes on even if the client closes its connection.
    async fn complete(
        self: Arc<Self>,
        let_in: LetIn,
        received: &Arc<Received>,
        mut chance: Chance,
    ) -> Result<Served, JoinError> {
        match let_in {
            LetIn::Admitted(admission) => {
                let serving = Serving::begin(&self, admission, received, &mut chance);
                if serving.service_time.is_zero() {
                    return Ok(Ok(serving.depart()));
                }
                self.see_through(async { Ok(serving.last().await) }).await
            }
            LetIn::Queued(waiting) => {
                let received = Arc::clone(received);
                let turn = wait_and_last(Arc::clone(&self), waiting, received, chance);
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

    /// Applies faults, and the delay while scheduled events are switched on, to a request that begins.
    fn hold_up(
        &self,
        admission: &mut Admission,
        received: &Received,
        chance: &mut Chance,
    ) -> Option<Effect> {
        let config = self.config();
        let mut vm = self.vm();
        if received.is_for_events() {
            admission.service_time += vm.events().call(self.now());
        }
        if vm.faults().is_empty() {
            return None;
        }
        let resource = received.resource();
        let facts = received.facts(&config, resource.as_deref());
        vm.afflict(self.now(), &facts, admission, chance.faults())
    }
}

async fn wait_and_last(
    service: Arc<Service>,
    waiting: Waiting,
    received: Arc<Received>,
    mut chance: Chance,
) -> Served {
    let admission = service.wait(waiting, &mut chance.service).await?;
    let serving = Serving::begin(&service, admission, &received, &mut chance);
    Ok(serving.last().await)
}

/// An admitted request whose service time runs.
struct Serving {
    slot: HeldSlot,
    damage: Option<Effect>,
    service_time: Duration,
    left: Option<Left>,
}

impl Serving {
    fn begin(
        service: &Arc<Service>,
        mut admission: Admission,
        received: &Received,
        chance: &mut Chance,
    ) -> Serving {
        let damage = service.hold_up(&mut admission, received, chance);
        let slot = HeldSlot {
            service: Arc::clone(service),
            ticket: Some(admission.ticket),
        };
        Serving {
            slot,
            damage,
            service_time: admission.service_time,
            left: admission.left,
        }
    }

    async fn last(self) -> Departed {
        self.slot.last(self.service_time).await;
        self.depart()
    }

    fn depart(self) -> Departed {
        let (at, departure) = self.slot.depart();
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
struct HeldSlot {
    service: Arc<Service>,
    ticket: Option<Ticket>,
}

impl HeldSlot {
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
        service.call_waiters(&mut vm, now);
        drop(vm);
        (now, departure)
    }
}

impl Drop for HeldSlot {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let mut vm = self.service.vm();
            vm.abandon(ticket);
            let now = self.service.now();
            self.service.call_waiters(&mut vm, now);
        }
    }
}
