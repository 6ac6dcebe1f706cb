//! What was decided about a request, in the log and in the journal.
//!
//! The log has one line for each request. The query may name identities and is left out. What is shown is
//! made only if the log takes it.

use tracing::{Level, debug};

use super::served::LetIn;
use crate::model::vm::{Admission, Refusal};
use crate::observe::observer::Recording;
use crate::wire::head::Head;
use crate::wire::protocol::Failure;
use crate::wire::redact;

/// Notes a request that was let in.
pub(super) fn let_in(head: &Head, let_in: &LetIn, recording: &mut Recording) {
    match let_in {
        LetIn::Admitted(admission) => {
            let Admission { service_time, .. } = admission;
            if let Some(path) = shown(head) {
                debug!(path, verdict = "admitted", ?service_time);
            }
            recording.admitted(admission);
        }
        LetIn::Queued(_) => {
            if let Some(path) = shown(head) {
                debug!(path, verdict = "queued");
            }
            recording.queued();
        }
    }
}

/// Notes a request that is not served.
pub(super) fn failed(head: &Head, failure: &Failure, recording: &mut Recording) {
    if let Some(path) = shown(head) {
        match failure {
            Failure::Refused(Refusal { limiter, .. }) => {
                debug!(path, verdict = "refused", %limiter);
            }
            Failure::Flaw(flaw) => debug!(path, verdict = "rejected", ?flaw),
            _ => debug!(path, verdict = "rejected", flaw = ?failure),
        }
    }
    recording.failed(failure);
}

fn shown(head: &Head) -> Option<String> {
    tracing::enabled!(Level::DEBUG).then(|| redact::path(head.path()))
}
