//! The VM's side of a simulation: requests arrive, wait, are served and depart; faults strike them.

use std::sync::Arc;
use std::time::Duration;

use imds_client::acquire::TransportFailure;
use imds_client::wire::TokenRequest;
use imds_emulator::fault::Effect;
use imds_emulator::limit::Abandoned;
use imds_emulator::vm::{Admission, Departure, Request, Verdict, Waiting};

use crate::record::recorder::Recorder;

use super::ended;
use super::ended::End;
use super::event::{Event, Parcel};
use super::event_queue::Class;
use super::failure::SimulateError;
use super::pending::{Key, QueuedRequest, ServedRequest};
use super::sent::{ImdsQuery, Sent};
use super::session::Session;
use super::simulation::{Simulation, World};
use super::turn::Turn;
use crate::session::chances::Chance;

/// Where a request is served, and when its answer comes; none: a fault strikes that.
struct Served {
    place: u32,
    ends: Option<Duration>,
}

impl<'s, R: Recorder> World<'s, R> {
    /// A request for a token.
    pub(super) fn token_query(&mut self, request: &Arc<TokenRequest>) -> ImdsQuery {
        ImdsQuery::Token(self.tokens.find(&mut self.vm, request))
    }

    /// The attempt that a session has begun reaches the VM. What the session does next; none: the attempt has ended at
    /// once, as a refused one does, and the next one follows at once.
    pub(super) fn arrive(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
    ) -> Result<Option<Turn>, SimulateError> {
        let sent = session.sent();
        let (number, attempt) = sent.key();
        let mut fault_rng = self.streams.faults(number, attempt);
        if let Some(effect) = self.intercept(now, sent, &mut fault_rng) {
            return match instead(&effect) {
                Some(end) => self.conclude(session, now, &end),
                None => Ok(Some(self.await_answer(session, now, None))),
            };
        }
        if sent.probe {
            let refusal = self.vm.arrive_without_header(now, sent.category());
            let end = refusal.map_or_else(ended::rejected, |it| ended::refused(&it));
            return self.conclude(session, now, &end);
        }
        let mut rng = self.streams.service(number, attempt);
        let verdict = match &sent.query {
            ImdsQuery::Token(wanted) => {
                let wanted = self.tokens.wanted(*wanted);
                self.vm.arrive_wanting(now, wanted, &mut rng)
            }
            ImdsQuery::Metadata(_) => {
                let request = Request::Plain(sent.category());
                self.vm.arrive(now, &request, &mut rng)
            }
        };
        let ends = match verdict {
            Verdict::Refused(refusal) => {
                return self.conclude(session, now, &ended::refused(&refusal));
            }
            Verdict::Rejected(_) => return self.conclude(session, now, &ended::rejected()),
            Verdict::Admitted(admission) => {
                let Served { place, ends } = self.serve(now, sent, admission, fault_rng);
                session.slot = Some(place);
                ends
            }
            Verdict::Queued(waiting) => {
                self.queue_up(sent.clone(), waiting, fault_rng);
                None
            }
        };
        Ok(Some(self.await_answer(session, now, ends)))
    }

    /// A session waits for its answer, which comes then if that is known, until it takes too long.
    pub(super) fn await_answer(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        ends: Option<Duration>,
    ) -> Turn {
        let time_out = now + session.attempt_limit(now);
        if ends.is_none_or(|at| at > time_out) {
            let (number, attempt) = session.sent().key();
            let event = Event::TimeOut {
                session: number,
                attempt,
            };
            let queue = &mut self.event_queue;
            session.time_out = Some(queue.put_cancellable(time_out, Class::Arrival, event));
        }
        Turn::Waits
    }

    /// The fault that a request meets before the VM looks at it.
    fn intercept(
        &mut self,
        now: Duration,
        sent: &Sent,
        rng: &mut Chance<&'s [u8; 32]>,
    ) -> Option<Effect> {
        if self.vm.faults().is_empty() {
            return None;
        }
        let header = self.header(sent.session);
        let facts = sent.facts(&self.tokens, header.as_deref());
        self.vm.intercept(now, &facts, rng)
    }

    /// The live header with the number of a session, which faults may match; the broker sends none.
    fn header(&self, number: u32) -> Option<String> {
        let broker = self.broker.as_ref();
        let is_brokers = broker.is_some_and(|broker| number >= broker.first);
        (!is_brokers).then(|| number.to_string())
    }

    fn queue_up(&mut self, sent: Sent, waiting: Waiting, fault_rng: Chance<&'s [u8; 32]>) {
        self.pending.places.insert(sent.key(), waiting.place);
        let place = waiting.place;
        let waiter = QueuedRequest {
            waiting,
            sent,
            fault_rng,
        };
        self.pending.waiting.insert(place, waiter);
    }

    fn serve(
        &mut self,
        now: Duration,
        sent: &Sent,
        mut admission: Admission,
        mut fault_rng: Chance<&'s [u8; 32]>,
    ) -> Served {
        let effect = if self.vm.faults().is_empty() {
            None
        } else {
            let header = self.header(sent.session);
            let facts = sent.facts(&self.tokens, header.as_deref());
            self.vm.afflict(now, &facts, &mut admission, &mut fault_rng)
        };
        let end = now + admission.service_time;
        let ends = effect.is_none().then_some(end);
        let (session, attempt) = sent.key();
        let place = self.pending.serving.put(ServedRequest {
            session,
            attempt,
            ticket: Some(admission.ticket),
            effect,
        });
        self.event_queue
            .put(end, Class::Departure, Event::Depart(place));
        Served { place, ends }
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// The service time of a request ends, unless its slot was released before.
    pub(super) fn depart(&mut self, now: Duration, place: u32) -> Result<(), SimulateError> {
        let request = self.world.pending.serving.take(place);
        let ServedRequest {
            session,
            attempt,
            ticket,
            effect,
        } = request.expect("a request is served until then");
        let Some(ticket) = ticket else {
            return Ok(());
        };
        let departure = self.world.vm.depart(now, ticket);
        self.call(now)?;
        let end = after(departure, effect.as_ref());
        if let Some(Effect::Drip(drip)) = effect {
            // Its session still waits, and the next request may be served at its place.
            self.remember((session, attempt), None);
            let last = now + drip.every * drip.pieces;
            let received = Parcel::Received {
                session,
                attempt,
                end,
            };
            self.world.put_parcel(last, received);
            return Ok(());
        }
        self.end_attempt(session, attempt, now, &end)
    }

    /// Starts the queued requests for which a slot is free now.
    fn call(&mut self, now: Duration) -> Result<(), SimulateError> {
        while let Some(call) = self.world.vm.call(now) {
            let world = &mut self.world;
            let waiter = world.pending.waiting.remove(&call.place);
            let QueuedRequest {
                waiting,
                sent,
                fault_rng,
            } = waiter.expect("who is called waits");
            world.pending.places.remove(&sent.key());
            let mut rng = world.streams.service(sent.session, sent.attempt);
            match world.vm.take_up(now, waiting, call, &mut rng) {
                Ok(admission) => {
                    let served = world.serve(now, &sent, admission, fault_rng);
                    self.remember(sent.key(), Some(served.place));
                }
                Err(refusal) => {
                    let end = ended::refused(&refusal);
                    self.end_attempt(sent.session, sent.attempt, now, &end)?;
                }
            }
        }
        Ok(())
    }

    /// Remembers where a request is served, if it is, for its session may go away from it.
    fn remember(&mut self, (session, attempt): Key, place: Option<u32>) {
        if let Some(session) = self.sessions.get_mut(session)
            && session.waits_for(attempt)
        {
            session.slot = place;
        }
    }

    /// An attempt has taken too long for its client, if it is still on its way.
    pub(super) fn time_out(
        &mut self,
        now: Duration,
        number: u32,
        attempt: u32,
    ) -> Result<(), SimulateError> {
        let session = self.sessions.get(number);
        let Some(session) = session.filter(|session| session.waits_for(attempt)) else {
            return Ok(());
        };
        let slot = session.slot;
        self.abandon(now, slot, (number, attempt))?;
        self.end_attempt(number, attempt, now, &ended::timed_out())
    }

    /// The client of an attempt, which is served there if anywhere, goes away from it.
    pub(super) fn abandon(
        &mut self,
        now: Duration,
        slot: Option<u32>,
        key: Key,
    ) -> Result<(), SimulateError> {
        let World { vm, pending, .. } = &mut self.world;
        if vm.abandoned() == Abandoned::Hold {
            return Ok(());
        }
        let served = slot.and_then(|place| pending.serving.get_mut(place));
        if let Some(ticket) = served.and_then(|request| request.ticket.take()) {
            vm.abandon(ticket);
        }
        if let Some(place) = pending.places.remove(&key) {
            pending.waiting.remove(&place);
            vm.give_up(place);
        }
        self.call(now)
    }
}

/// What a fault makes of a request that is not served; a request that hangs has no end of its own.
fn instead(effect: &Effect) -> Option<End> {
    match effect {
        Effect::Status(status) => Some(ended::failed(*status, None)),
        Effect::Later(later) => Some(ended::failed(later.status, Some(later.retry_after))),
        Effect::Answer(answer) => Some(ended::answered(answer)),
        Effect::Reset => Some(ended::broken(TransportFailure::Reset)),
        Effect::Close => Some(ended::broken(TransportFailure::Closed)),
        _ => None,
    }
}

/// What a fault makes of an answer, if there is one. The client does not check its content type.
fn after(departure: Departure, effect: Option<&Effect>) -> End {
    match effect {
        Some(Effect::Truncated) => ended::broken(TransportFailure::Closed),
        Some(Effect::Malformed) => ended::malformed(),
        _ => ended::departed(departure),
    }
}
