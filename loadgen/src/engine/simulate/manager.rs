//! Resource Manager and the mutex of the context file in virtual time.

use std::time::Duration;

use imds_emulator::resource_manager::{self, Content, Listing, Operation, Refusal, Request, State};

use super::event::Parcel;
use super::manager_query::PendingManagerQuery;
use super::session::Session;
use super::simulation::World;
use super::turn::Turn;
use crate::engine::manager::{answer, unmanaged};
use crate::record::recorder::Recorder;
use crate::record::{Answer, Attempt, RequestKind, Sending, SessionId};
use crate::scenario::context::Domain;
use crate::session::outcome::ManagerFailure;
use crate::session::question::{ManagerQuery, Question, Suspended};
use crate::session::tokens::Bearer;

impl<'s, R: Recorder> World<'s, R> {
    /// Sends a query to Resource Manager; the answer arrives after its service time.
    pub(super) fn manage(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        bearer: &Bearer,
        query: ManagerQuery,
    ) {
        let sending = Sending {
            kind: RequestKind::ResourceManager,
            path: Some(query.name()),
            retry_index: 0,
            at: now,
            waited: Duration::ZERO,
        };
        self.record.sent(session.id, &sending);
        let number = session.id.session;
        let mut rng = self.streams.manager(number, session.managed);
        session.managed += 1;
        let tenant_id = self.manager().estate().tenant_id().clone();
        let principal = self.principal.clone();
        let request = Request {
            operation: operation(&query),
            bearer: proof(bearer, &tenant_id, principal.as_deref()),
        };
        let verdict = self.manager().arrive(now, &request, &mut rng);
        if let Err(Refusal::Throttled { scope, .. }) = &verdict.outcome {
            self.refused_by.count(scope, verdict.left);
        }
        let (answer, content) = match verdict.outcome {
            Ok(content) => (Answer::Granted, Ok(content)),
            Err(refusal) => refused(&refusal),
        };
        let pending = PendingManagerQuery {
            query,
            sent: now,
            answer,
            content,
        };
        let at = now + verdict.service_time;
        self.put_parcel(at, Parcel::Managed(number, pending));
    }

    /// Gives the session Resource Manager's answer; returns its next question.
    pub(super) fn managed(
        &mut self,
        session: &Session<'_>,
        now: Duration,
        pending: PendingManagerQuery,
    ) -> Question {
        let PendingManagerQuery {
            query,
            sent,
            answer,
            content,
        } = pending;
        let attempt = Attempt {
            kind: RequestKind::ResourceManager,
            retry_index: 0,
            sent,
            ended: now,
            answer,
        };
        self.record.answered(session.id, &attempt);
        match query {
            ManagerQuery::Tenants(script) | ManagerQuery::Subscription(_, script) => {
                script.resume(now, content.map(drop))
            }
            ManagerQuery::Subscriptions(script) => script.resume(now, content.map(enabled)),
            ManagerQuery::Resources(_, _, script) => script.resume(now, content.map(next_page)),
        }
    }

    /// Takes the mutex, or the next place in its queue.
    pub(super) fn enter_mutex(
        &mut self,
        id: SessionId,
        now: Duration,
        domain: Domain,
        script: Suspended<()>,
    ) -> Turn {
        let holds = self.store.enter(domain, (id.session, script));
        holds.map_or(Turn::Waits, |(_, script)| {
            Turn::asks(script.resume(now, ()))
        })
    }

    /// Releases the mutex and resumes the next session in its queue; what this session does next.
    pub(super) fn leave_mutex(
        &mut self,
        now: Duration,
        domain: Domain,
        script: Suspended<()>,
    ) -> Turn {
        if let Some(next) = self.store.leave(domain) {
            self.put_parcel(now, Parcel::Resume(next));
        }
        Turn::asks(script.resume(now, ()))
    }
}

/// What a bearer proves. `own` is the principal of the VM's own identity, if it is another than its settings say.
fn proof<'a>(
    bearer: &'a Bearer,
    tenant_id: &'a str,
    own: Option<&'a str>,
) -> resource_manager::Bearer<'a> {
    let Bearer::Grant(grant) = bearer else {
        return resource_manager::Bearer::Forged;
    };
    let proof = resource_manager::Bearer::of(grant, tenant_id);
    let own = own.filter(|_| grant.identity.is_system_assigned());
    own.map_or(proof, |own| proof.charged_to(own))
}

fn operation(query: &ManagerQuery) -> Operation<'_> {
    match query {
        ManagerQuery::Tenants(_) => Operation::Tenants,
        ManagerQuery::Subscriptions(_) => Operation::Subscriptions,
        ManagerQuery::Subscription(id, _) => Operation::Subscription(id),
        ManagerQuery::Resources(subscription, page, _) => Operation::Resources(Listing {
            subscription,
            from: page
                .as_ref()
                .map_or(0, |from| from.parse().expect("a page of ours")),
            ..Listing::default()
        }),
    }
}

/// The ids of the enabled subscriptions; content of another kind has none, as a live body has none.
fn enabled(content: Content) -> Vec<String> {
    let Content::Subscriptions(all) = content else {
        return Vec::new();
    };
    let enabled = all.iter().filter(|one| one.state == State::Enabled);
    enabled.map(|one| one.id.clone()).collect()
}

/// Where the next page begins; content of another kind has none, as a live body has none.
fn next_page(content: Content) -> Option<String> {
    let Content::Resources(page) = content else {
        return None;
    };
    page.next.map(|from| from.to_string())
}

fn refused(refusal: &Refusal) -> (Answer, Result<Content, ManagerFailure>) {
    let (status, retry_after) = match refusal {
        Refusal::Throttled { retry_after, .. } => (429, Some(*retry_after)),
        other => (other.status(), None),
    };
    (answer(status), Err(unmanaged(status, retry_after)))
}
