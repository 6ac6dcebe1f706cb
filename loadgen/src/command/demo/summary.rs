//! What happened in an act, with the figures of its result: a sentence, and for a remedy a second on what it costs.

use super::part::Part;
use crate::report::length::length;
use crate::result::run::{RunResult, ThroughResult};

pub(super) fn of(part: &Part, result: &RunResult) -> String {
    let sessions = &result.sessions;
    let (total, succeeded, failed) = (sessions.total, sessions.succeeded, sessions.failed);
    let (requests, refused) = (requests(result), result.attempts.refused.total());
    let last = length(result.makespan_ms);
    match part.name {
        "herd" => format!(
            "{total} Azure CLI jobs start at once: {succeeded} get a token, {failed} fail, for IMDS refuses \
             {refused} requests and an Azure CLI command does not ask again."
        ),
        "gate" => format!(
            "The same jobs, each behind `{}`: {succeeded} succeed, and {} refused. {}",
            remedy(result),
            requests_are(refused),
            cost_of_gate(result)
        ),
        "broker" => format!(
            "The same jobs ask `{}`, to which a variable of their environment leads them: {succeeded} succeed, and {} \
             sent to IMDS. The cost: a process of the VM that gives each of its users a token, as IMDS does.",
            remedy(result),
            requests_are(requests)
        ),
        "spread" => format!(
            "The first client again, a job every fifth of a second: {succeeded} succeed, and {} refused. The cost: a \
             schedule that is kept by hand, and the last token comes after {last}.",
            requests_are(refused)
        ),
        _ => format!(
            "At once again, with a client that waits in proportion to its wait so far: {succeeded} succeed, and the last \
             token comes after {last}. The cost: each script changes its client, and IMDS gets {requests} requests."
        ),
    }
}

fn requests_are(count: u64) -> String {
    match count {
        0 => "no request is".to_owned(),
        1 => "one request is".to_owned(),
        _ => format!("{count} requests are"),
    }
}

/// What IMDS was asked: by the broker, if sessions ask that, and by the sessions otherwise.
pub(super) fn requests(result: &RunResult) -> u64 {
    let broker = result.broker.as_ref();
    broker.map_or(result.attempts.total, |requests| requests.sent)
}

/// What stands between the jobs and IMDS, if anything does: the parts have one group each.
pub(super) fn through(result: &RunResult) -> Option<&ThroughResult> {
    let mut groups = result.sessions.by_group.values();
    groups.find_map(|group| group.through.as_ref())
}

fn remedy(result: &RunResult) -> &str {
    through(result).map_or("", |through| &through.remedy)
}

fn cost_of_gate(result: &RunResult) -> String {
    let waited = through(result).and_then(|through| through.waited_ms);
    let [median, longest] = [
        waited.and_then(|waited| waited.p50),
        waited.and_then(|waited| waited.max),
    ]
    .map(length);
    format!(
        "The cost: a job waits for its turn, {median} (median) and {longest} at most, and longer where jobs take \
         longer, since each holds its place until it ends."
    )
}
