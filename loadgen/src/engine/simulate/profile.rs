//! The profile's file and Resource Manager in virtual time.

use std::time::Duration;

use imds_client::acquire::TransportFailure;
use imds_emulator::resource_manager::{self, Content, Listing, Operation, Refusal, Request, State};

use super::agenda::Class;
use super::session::Session;
use super::{Event, World};
use crate::record::{Answer, Asked, Attempt, Sending};
use crate::scenario::context::{Access, Bearer, Contexts, Domain};
use crate::session::course::{Heard, Managed, Query, Unmanaged};

/// A request to Resource Manager on its way: when it was sent, and what will come of it.
pub(super) type Pending = (Duration, Answer, Result<Managed, Unmanaged>);

impl World<'_> {
    /// Asks Resource Manager; the answer comes after its service time.
    pub(super) fn manage(
        &mut self,
        session: &mut Session,
        now: Duration,
        bearer: &Bearer,
        query: &Query,
    ) {
        let sending = Sending {
            asked: Asked::ResourceManager,
            path: Some(query.name()),
            retry_index: 0,
            at: now,
            waited: Duration::ZERO,
        };
        self.record.sent(session.who, &sending);
        let number = session.who.session;
        let mut rng = self.streams.manager(number, session.managed);
        session.managed += 1;
        let tenant_id = self.manager.estate().tenant_id().clone();
        let request = Request {
            operation: operation(query),
            bearer: match bearer {
                Bearer::Grant(grant) => resource_manager::Bearer::of(grant, &tenant_id),
                Bearer::Secret(_) => resource_manager::Bearer::Forged,
            },
        };
        let verdict = self.manager.arrive(now, &request, &mut rng);
        let (answer, managed) = match verdict.outcome {
            Ok(content) => (Answer::Granted, Ok(granted(content))),
            Err(refusal) => refused(&refusal),
        };
        session.pending = Some((now, answer, managed));
        let event = Event::Managed(number);
        self.agenda
            .put(now + verdict.service_time, Class::Arrival, event);
    }

    /// Resource Manager's answer has come.
    pub(super) fn managed(&mut self, session: &mut Session, now: Duration) -> Heard {
        let pending = session.pending.take();
        let (sent, answer, managed) = pending.expect("an answer is of a request");
        let attempt = Attempt {
            asked: Asked::ResourceManager,
            retry_index: 0,
            sent,
            ended: now,
            answer,
        };
        self.record.answered(session.who, &attempt);
        Heard::Managed(managed)
    }

    /// Whether the session holds the mutex at once; else it is woken when it does.
    pub(super) fn enter_mutex(&mut self, session: &Session, domain: Domain) -> bool {
        self.store.enter(domain, session.who.session)
    }

    pub(super) fn leave_mutex(&mut self, now: Duration, domain: Domain) {
        if let Some(next) = self.store.leave(domain) {
            self.agenda.put(now, Class::Arrival, Event::Wake(next));
        }
    }

    pub(super) fn open_file(&mut self, session: &Session, access: Access) -> Heard {
        let text = self.store.open(session.who.session, access);
        Heard::Opened(text.map(str::to_owned))
    }

    pub(super) fn close_file(&mut self, session: &Session, write: Option<&Contexts>) {
        self.store.close(session.who.session, write);
    }
}

fn operation(query: &Query) -> Operation<'_> {
    match query {
        Query::Tenants => Operation::Tenants,
        Query::Subscriptions => Operation::Subscriptions,
        Query::Resources(subscription, page) => Operation::Resources(Listing {
            subscription,
            from: page
                .as_ref()
                .map_or(0, |from| from.parse().expect("a page of ours")),
            ..Listing::default()
        }),
    }
}

fn granted(content: Content) -> Managed {
    match content {
        Content::Tenants => Managed::Tenants,
        Content::Subscriptions(all) => {
            let enabled = all.iter().filter(|one| one.state == State::Enabled);
            Managed::Subscriptions(enabled.map(|one| one.id.clone()).collect())
        }
        Content::Resources(page) => Managed::Resources(page.next.map(|from| from.to_string())),
        other => panic!("nobody asked for {other:?}"),
    }
}

fn refused(refusal: &Refusal) -> (Answer, Result<Managed, Unmanaged>) {
    let (status, retry_after) = match refusal {
        Refusal::Throttled { retry_after, .. } => (429, Some(*retry_after)),
        other => (other.status(), None),
    };
    (answer(status), Err(unmanaged(status, retry_after)))
}

/// How an answer without what was asked for is counted.
pub(crate) fn answer(status: u16) -> Answer {
    match status {
        429 => Answer::Refused(None),
        _ => Answer::Status(status),
    }
}

/// What a session hears of it.
pub(crate) fn unmanaged(status: u16, retry_after: Option<Duration>) -> Unmanaged {
    Unmanaged {
        kind: format!("arm_{status}"),
        retry_after,
    }
}

/// What a session hears if there is no answer.
pub(crate) fn unanswered(failure: TransportFailure) -> Unmanaged {
    Unmanaged {
        kind: format!("arm_{}", crate::record::failure::transport(failure)),
        retry_after: None,
    }
}
