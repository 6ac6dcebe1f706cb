//! What happened in an act, in a sentence with the figures of its result.

use super::part::Part;
use crate::report::length::length;
use crate::result::run::RunResult;

pub(super) fn of(part: &Part, result: &RunResult) -> String {
    let sessions = &result.sessions;
    let (total, succeeded, failed) = (sessions.total, sessions.succeeded, sessions.failed);
    let (requests, refused) = (result.attempts.total, result.attempts.refused.total());
    let last = length(result.makespan_ms);
    match part.name {
        "herd" => format!(
            "{total} Azure CLI jobs start at once: {succeeded} get a token, {failed} fail, for IMDS refuses \
             {refused} requests and an Azure CLI command does not ask again."
        ),
        "spread" => format!(
            "The same jobs, one every fifth of a second: {succeeded} succeed, {refused} requests are refused, and \
             the last token comes after {last}."
        ),
        _ => format!(
            "At once again, with a client that waits in proportion to its wait so far: {succeeded} succeed with \
             {requests} requests, and the last token comes after {last}."
        ),
    }
}
