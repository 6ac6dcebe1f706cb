//! The tokens that sessions share in virtual time, as the processes of `imds-client token --shared-cache` do through
//! files: by the client's own decisions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;
use imds_client::acquire::{GaveUp, Outcome};
use imds_client::cache::Life;
use imds_client::shared::{Decision, FailureLife, Hold, Lease, Snapshot, TokenLife};
use imds_client::wire::TokenRequest;
use imds_emulator::vm::Grant;
use rand::Rng;

use super::ended::End;

/// What the files of a shared cache contain.
#[derive(Default)]
pub(super) struct Cache {
    tokens: BTreeMap<Arc<TokenRequest>, Item>,
    hold: Option<Hold>,
}

/// One token, for all sessions that want it.
#[derive(Default)]
struct Item {
    token: Option<(TokenLife, Grant)>,
    /// The session that asks for it. None is ever stopped, so that its lease is always renewed.
    leader: Option<u32>,
    /// By the name of the policy that gave up.
    failures: BTreeMap<String, (FailureLife, End)>,
}

impl Cache {
    /// What a session does that looks; if it is to ask, it has the lease from now on.
    pub(super) fn look(
        &mut self,
        request: &Arc<TokenRequest>,
        policy: &Policy,
        session: u32,
        now: Duration,
    ) -> Decision<Grant, End> {
        let item = self.tokens.entry(Arc::clone(request)).or_default();
        let lease = |leader| Lease::begin(u64::from(leader), now);
        let seen = Snapshot {
            token: item.token.clone(),
            lease: item.leader.map(lease),
            hold: self.hold.clone(),
            failure: item.failures.get(&policy.name).cloned(),
        };
        let decision = seen.decide(now);
        if matches!(decision, Decision::Ask | Decision::Refresh(_)) {
            item.leader = Some(session);
        }
        decision
    }

    /// A session has got a token of IMDS. That of the cache stays if it expires later.
    pub(super) fn granted(
        &mut self,
        request: &Arc<TokenRequest>,
        grant: &Grant,
        now: Duration,
        rng: &mut dyn Rng,
    ) {
        let left = grant.expires_at.saturating_sub(now);
        let life = TokenLife::new(Life::begin(now, left, rng), now);
        let item = self.tokens.entry(Arc::clone(request)).or_default();
        let kept = item
            .token
            .take()
            .and_then(|(known, grant)| Some((known.kept_beside(&life, now)?, grant)));
        item.token = kept.or_else(|| Some((life, grant.clone())));
    }

    /// An operation of a session has failed.
    pub(super) fn failed(
        &mut self,
        request: &Arc<TokenRequest>,
        policy: &Policy,
        (gave_up, last): (GaveUp, &End),
        now: Duration,
    ) {
        if is_refused(&last.outcome) {
            self.hold(Hold::after_failure(&last.outcome, now), now);
        }
        if let Some(life) = FailureLife::after(&last.outcome, gave_up, now) {
            let item = self.tokens.entry(Arc::clone(request)).or_default();
            let name = policy.name.clone();
            item.failures.insert(name, (life, last.clone()));
        }
    }

    /// A session asks again after this wait.
    pub(super) fn waits(&mut self, outcome: &Outcome, wait: Duration, now: Duration) {
        if is_refused(outcome) {
            self.hold(Hold::before_retry(wait, now), now);
        }
    }

    /// A refresh of this token has failed: it stays, and is refreshed later.
    pub(super) fn keep(&mut self, request: &Arc<TokenRequest>, now: Duration) {
        let item = self.tokens.entry(Arc::clone(request)).or_default();
        if let Some((life, _)) = &mut item.token {
            *life = life.refreshed_later(now);
        }
    }

    /// A session does not ask any more.
    pub(super) fn release(&mut self, request: &Arc<TokenRequest>, session: u32) {
        if let Some(item) = self.tokens.get_mut(request)
            && item.leader == Some(session)
        {
            item.leader = None;
        }
    }

    fn hold(&mut self, hold: Hold, now: Duration) {
        if hold.replaces(self.hold.as_ref(), now) {
            self.hold = Some(hold);
        }
    }
}

fn is_refused(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Status { status: 429, .. })
}
