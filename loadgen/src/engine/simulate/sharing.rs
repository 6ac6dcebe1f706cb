//! Sessions that get their tokens as `imds-client token` does, in virtual time: they look into the shared cache, and
//! wait for their turn before each attempt.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use imds_client::acquire::{GaveUp, Step, TransportFailure};
use imds_client::shared::{Decision, REFRESH_WAIT, longest_wait};
use imds_client::wire::TokenRequest;

use super::ended::{self, End};
use super::event::{Event, Parcel};
use super::event_queue::Class;
use super::failure::SimulateError;
use super::sent::ImdsQuery;
use super::session::Session;
use super::sharer::Role;
use super::simulation::{Simulation, World};
use super::turn::Turn;
use crate::record::recorder::Recorder;

impl<'s, R: Recorder> World<'s, R> {
    /// The operation that a session has begun asks for what it wants.
    pub(super) fn ask_imds(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
    ) -> Result<Turn, SimulateError> {
        let Some(sharer) = &mut session.sharer else {
            return self.send(session, now);
        };
        sharer.begin(now);
        if sharer.options.shared_cache && matches!(session.sent().query, ImdsQuery::Token(..)) {
            return self.read_cache(session, now);
        }
        self.send(session, now)
    }

    /// A session reads what the shared cache has for it.
    pub(super) fn read_cache(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
    ) -> Result<Turn, SimulateError> {
        let (Some(request), policy, number) =
            (self.wanted(session), session.policy, session.id.session)
        else {
            return self.send(session, now);
        };
        let found = self.cache.look(&request, policy, number, now);
        let sharer = session.sharer();
        let (step, end) = match found {
            Decision::Wait => return self.read_again(session, now),
            Decision::Ask => {
                sharer.role = Role::Leads;
                return self.send(session, now);
            }
            Decision::Refresh(old) => {
                sharer.role = Role::Refreshes(old);
                let over = Parcel::RefreshOver(number, sharer.operations);
                self.put_parcel(now + REFRESH_WAIT, over);
                return self.send(session, now);
            }
            Decision::Use(grant) => (Step::Done, ended::handed_out(grant)),
            Decision::Fail(end) => (Step::Failed(GaveUp::NotRetryable), end),
        };
        sharer.role = Role::Found;
        self.carry_out(session, now, step, &end)
    }

    /// The token that a session asks for.
    fn wanted(&self, session: &Session<'_>) -> Option<Arc<TokenRequest>> {
        match &session.sent().query {
            ImdsQuery::Token(wanted) => Some(Arc::clone(self.tokens.request(*wanted))),
            ImdsQuery::Metadata(_) => None,
        }
    }

    /// Another session asks: this one reads again after a pause, unless it has waited for long enough.
    fn read_again(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
    ) -> Result<Turn, SimulateError> {
        let (number, longest) = (session.id.session, longest_wait(Some(session.policy)));
        let sharer = session.sharer();
        let left = longest.saturating_sub(now.saturating_sub(sharer.began));
        if left.is_zero() {
            return self.send(session, now);
        }
        let pause = sharer.pauses.next(&mut sharer.rng).min(left);
        self.put_parcel(now + pause, Parcel::Reads(number));
        Ok(Turn::Waits)
    }

    /// What a session does that may not send yet; none: it sends.
    pub(super) fn hold_back(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
    ) -> Result<Option<Turn>, SimulateError> {
        if session.sharer.is_none() {
            return Ok(None);
        }
        let deadline = session.policy.deadline;
        let kind = session.sent().query.kind();
        let sharer = session.sharer();
        let end = deadline.map_or(Duration::MAX, |after| sharer.began.saturating_add(after));
        if end <= now {
            let nothing = || ended::broken(TransportFailure::Timeout);
            let last = sharer.last.clone().unwrap_or_else(nothing);
            let step = Step::Failed(GaveUp::TimeLimit);
            return self.carry_out(session, now, step, &last).map(Some);
        }
        if !sharer.options.pace {
            return Ok(None);
        }
        let turn = if sharer.options.shared_cache {
            self.paces.search(&mut sharer.search, kind, now)
        } else {
            sharer.own.ask(kind, now)
        };
        match turn {
            Ok(turn) => {
                sharer.turn = Some(turn);
                Ok(None)
            }
            Err(at) => {
                self.send_later(session, at.min(end));
                Ok(Some(Turn::Waits))
            }
        }
    }

    /// Schedules the next attempt of a session. That of a refresh may be cancelled, since the refresh may be abandoned
    /// before.
    pub(super) fn send_later(&mut self, session: &mut Session<'s>, at: Duration) {
        let send = Event::Send(session.id.session);
        match &mut session.sharer {
            Some(sharer) if matches!(sharer.role, Role::Refreshes(_)) => {
                let handle = self.event_queue.put_cancellable(at, Class::Arrival, send);
                sharer.next_send = Some(handle);
            }
            _ => self.event_queue.put(at, Class::Arrival, send),
        }
    }

    /// An attempt of a session has ended: the next may go.
    pub(super) fn give_turn_back(&mut self, session: &mut Session<'s>, end: &End) {
        let Some(sharer) = &mut session.sharer else {
            return;
        };
        sharer.last = Some(end.clone());
        if let Some(turn) = sharer.turn.take() {
            let paces = if sharer.options.shared_cache {
                &mut self.paces
            } else {
                &mut sharer.own
            };
            paces.give_back(&turn);
        }
    }

    /// Writes down for the others what follows after an attempt of a session; what it does itself.
    pub(super) fn share(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        (step, last): (Step, &End),
    ) -> (Step, Option<End>) {
        if session.sharer.is_none() {
            return (step, None);
        }
        let (request, policy, number) = (self.wanted(session), session.policy, session.id.session);
        let (Some(sharer), Some(request)) = (&mut session.sharer, request) else {
            return (step, None);
        };
        if !sharer.options.shared_cache || matches!(sharer.role, Role::Found) {
            return (step, None);
        }
        let gave_up = match step {
            Step::Send => return (step, None),
            Step::WaitUntil(at) => {
                let wait = at.saturating_sub(now);
                self.cache.waits(&last.outcome, wait, now);
                return (step, None);
            }
            Step::Done => {
                if let Some(grant) = &last.grant {
                    self.cache.granted(&request, grant, now, &mut sharer.rng);
                }
                None
            }
            Step::Failed(gave_up) => Some(gave_up),
        };
        self.cache.release(&request, number);
        let role = mem::replace(&mut sharer.role, Role::Found);
        let Some(gave_up) = gave_up else {
            return (step, None);
        };
        self.cache.failed(&request, policy, (gave_up, last), now);
        let Role::Refreshes(old) = role else {
            return (step, None);
        };
        self.cache.keep(&request, now);
        (Step::Done, Some(ended::handed_out(old)))
    }

    /// A refresh has taken too long: the old token has to do.
    fn abandon_refresh(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
    ) -> Result<Turn, SimulateError> {
        let number = session.id.session;
        if session.is_under_way() {
            self.end_unanswered(session, now);
        }
        if let Some(send) = session.sharer().next_send.take() {
            self.event_queue.cancel(send);
        }
        if let Some(request) = self.wanted(session) {
            self.cache.release(&request, number);
            self.cache.keep(&request, now);
        }
        match mem::replace(&mut session.sharer().role, Role::Found) {
            Role::Refreshes(old) => {
                self.carry_out(session, now, Step::Done, &ended::handed_out(old))
            }
            _ => Ok(Turn::Waits),
        }
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// A refresh may not take any longer, if it is still under way.
    pub(super) fn end_refresh(
        &mut self,
        number: u32,
        operation: u32,
        now: Duration,
    ) -> Result<(), SimulateError> {
        let session = self.sessions.get(number);
        let Some(session) = session.filter(|session| session.refreshes(operation)) else {
            return Ok(());
        };
        if session.is_under_way() {
            let (slot, key) = (session.slot, session.sent().key());
            self.abandon(now, slot, key)?;
        }
        self.on(number, |world, session| {
            let turn = world.abandon_refresh(session, now)?;
            world.advance(session, now, turn)
        })
    }
}
