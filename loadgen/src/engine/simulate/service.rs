//! The VM's side of a simulation: requests arrive, wait, are served and depart; faults strike them.

use std::time::Duration;

use imds_client::acquire::TransportFailure;
use imds_emulator::fault::Effect;
use imds_emulator::limit::Abandoned;
use imds_emulator::vm::{Admission, Departure, Verdict};

use crate::record::recorder::Recorder;

use super::ended;
use super::ended::End;
use super::event::Event;
use super::event_queue::Class;
use super::failure::SimulateError;
use super::pending::{Key, QueuedRequest};
use super::sent::Sent;
use super::session::Session;
use super::simulation::Simulation;
use crate::session::chances::Chance;

/// What is known of an attempt when it has been sent.
enum UnderWay {
    /// It has ended, as a refusal does at once.
    Ended(End),
    /// It ends at this time; no fault strikes its answer.
    Ends(Duration),
    /// When it ends is not known, or it never does.
    Open,
}

impl<R: Recorder> Simulation<'_, R> {
    /// One attempt reaches the VM: its end, if that comes at once, as a refusal does.
    pub(super) fn arrive(&mut self, session: &mut Session, now: Duration) -> Option<End> {
        let sent = session.start_attempt(now, &mut self.pending.connections);
        let (number, attempt) = sent.key();
        let mut fault_rng = self.streams.faults(number, attempt);
        let under_way = match self.vm.intercept(now, &sent.facts(), &mut fault_rng) {
            Some(effect) => instead(&effect).map_or(UnderWay::Open, UnderWay::Ended),
            None => self.enter(now, sent, fault_rng),
        };
        let time_out = now + session.attempt_limit(now);
        match under_way {
            UnderWay::Ended(end) => return Some(end),
            UnderWay::Ends(at) if at <= time_out => {}
            UnderWay::Ends(_) | UnderWay::Open => {
                let event = Event::TimeOut {
                    session: number,
                    attempt,
                };
                let handle = self
                    .event_queue
                    .put_cancellable(time_out, Class::Arrival, event);
                session.set_time_out(handle);
            }
        }
        None
    }

    fn enter(&mut self, now: Duration, sent: Sent, fault_rng: Chance) -> UnderWay {
        if sent.probe {
            let refusal = self.vm.arrive_without_header(now, sent.category());
            let end = refusal.map_or_else(ended::rejected, |it| ended::refused(&it));
            return UnderWay::Ended(end);
        }
        let mut rng = self.streams.service(sent.session, sent.attempt);
        match self.vm.arrive(now, &sent.request(), &mut rng) {
            Verdict::Admitted(admission) => self.serve(now, &sent, admission, fault_rng),
            Verdict::Queued(waiting) => {
                self.pending.places.insert(sent.key(), waiting.place);
                let waiter = QueuedRequest {
                    waiting,
                    sent,
                    fault_rng,
                };
                self.pending.waiting.insert(waiter.waiting.place, waiter);
                UnderWay::Open
            }
            Verdict::Refused(refusal) => UnderWay::Ended(ended::refused(&refusal)),
            Verdict::Rejected(_) => UnderWay::Ended(ended::rejected()),
        }
    }

    fn serve(
        &mut self,
        now: Duration,
        sent: &Sent,
        mut admission: Admission,
        mut fault_rng: Chance,
    ) -> UnderWay {
        let facts = sent.facts();
        let effect = self.vm.afflict(now, &facts, &mut admission, &mut fault_rng);
        let (session, attempt) = sent.key();
        let depart = Event::Depart { session, attempt };
        let end = now + admission.service_time;
        self.event_queue.put(end, Class::Departure, depart);
        let under_way = match effect {
            None => UnderWay::Ends(end),
            Some(_) => UnderWay::Open,
        };
        let pending = (admission.ticket, effect);
        self.pending.serving.insert(sent.key(), pending);
        under_way
    }

    /// The service time of a request ends, unless its slot was released before.
    pub(super) fn depart(&mut self, now: Duration, key: Key) -> Result<(), SimulateError> {
        let Some((ticket, effect)) = self.pending.serving.remove(&key) else {
            return Ok(());
        };
        let departure = self.vm.depart(now, ticket);
        self.call(now)?;
        let (session, attempt) = key;
        let end = after(&departure, effect.as_ref());
        if let Some(Effect::Drip(drip)) = effect {
            let last = now + drip.every * drip.pieces;
            let event = Event::Received {
                session,
                attempt,
                end: Box::new(end),
            };
            self.event_queue.put(last, Class::Arrival, event);
            return Ok(());
        }
        self.end_attempt(session, attempt, now, &end)
    }

    /// Starts the queued requests for which a slot is free now.
    fn call(&mut self, now: Duration) -> Result<(), SimulateError> {
        while let Some(call) = self.vm.call(now) {
            let waiter = self.pending.waiting.remove(&call.place);
            let QueuedRequest {
                waiting,
                sent,
                fault_rng,
            } = waiter.expect("who is called waits");
            self.pending.places.remove(&sent.key());
            let mut rng = self.streams.service(sent.session, sent.attempt);
            match self.vm.take_up(now, waiting, call, &mut rng) {
                Ok(admission) => _ = self.serve(now, &sent, admission, fault_rng),
                Err(refusal) => {
                    let end = ended::refused(&refusal);
                    self.end_attempt(sent.session, sent.attempt, now, &end)?;
                }
            }
        }
        Ok(())
    }

    /// An attempt has taken too long for its client, if it is still on its way.
    pub(super) fn time_out(
        &mut self,
        now: Duration,
        number: u32,
        attempt: u32,
    ) -> Result<(), SimulateError> {
        let session = self.session(number);
        if !session.is_some_and(|session| session.waits_for(attempt)) {
            return Ok(());
        }
        self.abandon(now, (number, attempt))?;
        self.end_attempt(number, attempt, now, &ended::timed_out())
    }

    /// The client of an attempt goes away from it.
    pub(super) fn abandon(&mut self, now: Duration, key: Key) -> Result<(), SimulateError> {
        if self.vm.abandoned() == Abandoned::Hold {
            return Ok(());
        }
        if let Some((ticket, _)) = self.pending.serving.remove(&key) {
            self.vm.abandon(ticket);
        }
        if let Some(place) = self.pending.places.remove(&key) {
            self.pending.waiting.remove(&place);
            self.vm.give_up(place);
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
fn after(departure: &Departure, effect: Option<&Effect>) -> End {
    match effect {
        Some(Effect::Truncated) => ended::broken(TransportFailure::Closed),
        Some(Effect::Malformed) => ended::malformed(),
        _ => ended::departed(departure),
    }
}
