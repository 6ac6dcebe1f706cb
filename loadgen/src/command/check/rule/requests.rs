//! Rules about what a command asks.

use imds_emulator::journal::{Entry, Fate, StubEntry};
use imds_emulator::verify::{self, verify};

use super::{Judgement, count};
use crate::command::check::seen::{Seen, status};

/// What the emulator calls a request without `Metadata: true`: probes leave it out on purpose, and get a
/// quick 400 if the service is there.
const PROBE: &str = "MetadataHeaderMissing";
/// The first answer of Azure Arc's protocol.
const CHALLENGE: &str = "Challenge";

/// What it asks is understood. A probe without the header is, too.
#[must_use]
pub(crate) fn well_formed(seen: &Seen) -> Judgement {
    if seen.requests.is_empty() {
        let why = "no request came: does the command ask where the variables say? (--protocol, --client, {endpoint}; \
            --at-metadata-address for a program with the address built in)";
        return Judgement::of(false, format!("{why}{}", to_manager(seen)));
    }
    if seen.requests.iter().all(is_unreadable) {
        let came = count(seen.requests.len(), "request");
        let first = told_of(&seen.requests[0]);
        let told = format!("{came} came, and the HTTP layer refused all: the first got {first}");
        return Judgement::of(false, format!("{told}{}", to_manager(seen)));
    }
    let mut mistakes = seen.rejected().filter(|request| !is_expected(request));
    if let Some(mistake) = mistakes.next() {
        return Judgement::of(false, told_of(mistake));
    }
    let Some(served) = seen.served().next() else {
        let first = &seen.requests[0];
        return Judgement::of(false, format!("nothing was served: {}", told_of(first)));
    };
    let probes = seen.rejected().filter(|it| reason(it) == PROBE).count();
    let after = match probes {
        0 => String::new(),
        1 => ", after a probe without the header".to_owned(),
        probes => format!(", and {} without the header", count(probes, "probe")),
    };
    Judgement::of(true, format!("{}{after}", target(served)))
}

/// Whether the HTTP layer refused it: no HTTP, or a head that is too long.
pub(super) fn is_unreadable(request: &Entry) -> bool {
    request.outcome.verdict == Some(Fate::Unreadable)
}

/// What came to Resource Manager besides, if anything did.
fn to_manager(seen: &Seen) -> String {
    let is_unreadable = |it: &&StubEntry| it.outcome.verdict == Some(Fate::Unreadable);
    let asked = seen.manager.len();
    match (asked, seen.manager.iter().filter(is_unreadable).count()) {
        (0, _) => String::new(),
        (_, 0) => format!("; {} came to Resource Manager", count(asked, "request")),
        (_, refused) => format!(
            "; {} came to Resource Manager, of which the HTTP layer refused {refused}",
            count(asked, "request")
        ),
    }
}

/// Whether a request is faulty on purpose: a probe, or the first one of Azure Arc's protocol.
pub(crate) fn is_expected(request: &Entry) -> bool {
    [PROBE, CHALLENGE].contains(&reason(request))
}

/// How much it asks for, alone.
#[must_use]
pub(crate) fn how_many(seen: &Seen) -> Judgement {
    let tokens = |request: &&Entry| request.outcome.token_expires_in.is_some();
    let sent = count(seen.requests.len(), "request");
    let tokens = seen.served().filter(tokens).count();
    Judgement::noted(format!("{sent}, {tokens} answered with a token"))
}

/// Whether it asks again for a token that it still has.
#[must_use]
pub(crate) fn keeps_tokens(seen: &Seen) -> Judgement {
    let tokens = |request: &&Entry| request.outcome.token_expires_in.is_some();
    if seen.served().filter(tokens).count() == 0 {
        return Judgement::not_applicable("no token was asked for");
    }
    match findings(seen, verify::Rule::ValidTokenAskedAgain).as_slice() {
        [] => Judgement::noted("no token was asked for twice".to_owned()),
        again => Judgement::noted(format!(
            "{} for a token that it had: {}",
            count(again.len(), "time"),
            again[0]
        )),
    }
}

/// A request that was found faulty is not sent again as it is.
#[must_use]
pub(crate) fn is_not_repeated(seen: &Seen) -> Judgement {
    let Some(first) = seen.rejected().next() else {
        return Judgement::not_applicable("no request was found faulty: it asked for no token");
    };
    let again = findings(seen, verify::Rule::ClientErrorRetried);
    let told = match again.len() {
        0 => format!("asked once: {}", answer_to(first)),
        times => format!("sent again {}: {}", count(times, "time"), answer_to(first)),
    };
    Judgement::of(again.is_empty(), told)
}

/// What came of the requests, one after the other: at most the first twelve.
pub(super) fn summary(seen: &Seen) -> String {
    const MOST: usize = 12;
    let told = seen.requests.iter().take(MOST).map(outcome);
    let told: Vec<String> = told.collect();
    let more = seen.requests.len().saturating_sub(MOST);
    match more {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// The messages of what the emulator's own judgement finds of that kind, all requests being one client's.
pub(super) fn findings(seen: &Seen, rule: verify::Rule) -> Vec<String> {
    let findings = verify(&seen.as_of_one_client()).findings.into_iter();
    let of_rule = findings.filter(|finding| finding.rule == rule);
    of_rule.map(|finding| finding.message).collect()
}

fn outcome(request: &Entry) -> String {
    match (status(request), request.outcome.client_gone) {
        // Only a fault gives a reason to what was served.
        (Some(200..300), _) => answer_to(request),
        (Some(status), _) => status.to_string(),
        (None, true) => "abandoned".to_owned(),
        (None, false) => reason(request).to_owned(),
    }
}

fn reason(request: &Entry) -> &str {
    request.outcome.reason.as_deref().unwrap_or_default()
}

/// Of bytes that are no request there is no target.
fn told_of(request: &Entry) -> String {
    match request.method.as_str() {
        "" => answer_to(request),
        _ => format!("{} to {}", answer_to(request), target(request)),
    }
}

fn answer_to(request: &Entry) -> String {
    let answered = status(request).map_or("no answer".to_owned(), |status| status.to_string());
    match reason(request) {
        "" => answered,
        reason => format!("{answered} {reason}"),
    }
}

fn target(request: &Entry) -> String {
    format!("{} {}?{}", request.method, request.path, request.query)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::check::rule::Grade;
    use crate::command::check::seen::End;
    use crate::command::check::seen::samples::{managed, requests, seen};

    /// Requests that the HTTP layer refused.
    fn unreadable(told: &[(u64, u16)], method: &str, reason: &str) -> Seen {
        let mut requests = requests(told);
        for request in &mut requests {
            request.method = method.to_owned();
            request.outcome.verdict = Some(Fate::Unreadable);
            request.outcome.reason = Some(reason.to_owned());
        }
        seen(End::Code(1), requests)
    }

    #[test]
    fn requests_that_the_http_layer_refused_have_come() {
        let judged = well_formed(&unreadable(
            &[(0, 400), (1, 400)],
            "GET",
            "invalid HTTP header parsed",
        ));
        assert_eq!(judged.grade, Grade::Failed);
        assert_eq!(
            judged.evidence,
            "2 requests came, and the HTTP layer refused all: the first got 400 invalid HTTP header parsed \
             to GET /metadata/identity/oauth2/token?resource=r"
        );
        let reason = r"invalid HTTP method parsed; it began with \x00a";
        let mut bytes = unreadable(&[(0, 400)], "", reason);
        let mut manager = managed(1, None, 431, "");
        manager.outcome.verdict = Some(Fate::Unreadable);
        bytes.manager = vec![manager];
        assert_eq!(
            well_formed(&bytes).evidence,
            format!(
                "1 request came, and the HTTP layer refused all: the first got 400 {reason}; \
                 1 request came to Resource Manager, of which the HTTP layer refused 1"
            )
        );
    }
}
